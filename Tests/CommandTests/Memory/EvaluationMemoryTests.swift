#if os(Linux)
  import Foundation
  import LatentFiles
  import TestSupport
  import Testing

  /// Measures, pictures and the page need no more memory than the training before them, whatever the images' size.
  @Suite struct EvaluationMemoryTests {
    /// IDX files of grey ramps.
    private func write(_ part: String, count: Int, side: Int, to folder: Folder) throws {
      let pixels = (0..<count * side * side).map { (place: Int) -> UInt8 in
        let (row, column) = (place / side, place % side)
        return UInt8(truncatingIfNeeded: row + column * (row / side))
      }
      try folder.write("data/\(part)-images-idx3-ubyte", IDXFile.header(sizes: [count, side, side]) + pixels)
      try folder.write(
        "data/\(part)-labels-idx1-ubyte", IDXFile.header(sizes: [count]) + (0..<count).map { UInt8($0 % 10) })
    }

    @Test(.disabled(if: isSanitized))
    func isThatOfTraining() throws {
      let folder = try Folder()
      try write("train", count: 16, side: 128, to: folder)
      try write("t10k", count: 160, side: 128, to: folder)
      let child = try Program.start(
        [
          "--data", "data", "--model", "conv", "--hidden-size", "16", "--epochs", "1", "--output", "out",
          "--no-progress",
          "--threads", "2",
        ], in: folder)
      let process = child.process
      var (training, whole) = (0, 0)
      try Deadline.wait(for: "the run's end") {
        let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        if let peak = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) {
          whole = max(whole, peak)
          // The first file that is written after training.
          if !FileManager.default.fileExists(atPath: folder.path("out/model.safetensors")) { training = whole }
        }
        return !process.isRunning
      }
      #expect(child.exitStatus == 0)
      #expect(folder.contents.contains("out/report.html"))
      // A busy machine lets this test look late: some of what training takes is then seen with what comes after it.
      #expect(training > 100_000, "KiB in training: \(training)")
      #expect(Double(whole) < 1.3 * Double(training), "KiB in training: \(training), and in all: \(whole)")
    }
  }
#endif
