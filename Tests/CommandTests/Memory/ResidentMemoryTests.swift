#if os(Linux)
  import Foundation
  import TestSupport
  import Testing

  /// Nothing piles up, however long a run is: not in tapes and workspaces, nor in checkpoints and histories.
  @Suite struct ResidentMemoryTests {
    /// Of each epoch the least resident memory counts, without what a checkpoint takes while it is written. The allocator
    /// is told to give back at once what is freed: what it keeps for later has nothing to do with the program.
    @Test(.disabled(if: isSanitized))
    func isFlatFromEpochTwoToFifty() throws {
      let folder = try Folder()
      let tunables = "glibc.malloc.arena_max=1:glibc.malloc.mmap_threshold=131072:glibc.malloc.trim_threshold=131072"
      let child = try Program.start(
        [
          "--data", "synthetic", "--limit", "1000", "--epochs", "50", "--hidden-size", "64", "--output", "out",
          "--no-progress", "--threads", "2",
        ], in: folder, environment: ["GLIBC_TUNABLES": tunables])
      let process = child.process
      var least: [Int: Int] = [:]
      try Deadline.wait(for: "the end of the run") {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let epoch = ((try? folder.text("out/history.csv")) ?? "").count { $0 == "\n" } - 1
        // A process that ends has no memory any more.
        if pages > 0 && process.isRunning { least[epoch] = min(least[epoch] ?? .max, pages) }
        return !process.isRunning
      }
      try child.wait()
      #expect(process.terminationStatus == 0)
      let (first, last) = (least[2] ?? least[3], least[49] ?? least[48])
      let growth = Double(try #require(last)) / Double(try #require(first))
      #expect(growth < 1.02, "pages in each epoch: \(least.sorted { $0.key < $1.key }.map(\.value))")
    }
  }
#endif
