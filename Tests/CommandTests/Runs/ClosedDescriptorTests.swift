import Foundation
import LatentTraining
import Testing

/// Programs that are started without standard input, output or error.
@Suite struct ClosedDescriptorTests {
  private static let options = [
    "--data", "synthetic", "--limit", "20", "--hidden-size", "4", "--epochs", "1", "--tensorboard", "--measure",
    "--save-best",
  ]

  /// What is printed lands in no file.
  @Test func everyFileIsWhole() throws {
    let folder = try Folder()
    #expect(try Program.run(Self.options + ["--output", "whole"], in: folder).status == 0)
    for closed in 1..<8 {
      let name = "out\(closed)"
      let parts = [(1, "<&-"), (2, ">&-"), (4, "2>&-")].filter { closed & $0.0 != 0 }.map(\.1)
      let result = try Program.run(
        Self.options + ["--output", name], in: folder, shell: "exec \"$@\" " + parts.joined(separator: " "))
      #expect(result.status == 0, "\(parts): \(result.errors)")
      let files = folder.contents.filter { $0.hasPrefix(name + "/") }
      let whole = folder.contents.filter { $0.hasPrefix("whole/") }
      // The names of event files have the time and the process in them.
      #expect(files.count == whole.count)
      for file in files where !FileManager.default.fileExists(atPath: folder.path(file) + "/") {
        let bytes = try folder.bytes(file)
        let other = "whole/" + file.dropFirst(name.count + 1)
        if file.contains("checkpoint-") {
          // It has a checksum of its own.
          _ = try Checkpoint(contentsOf: folder.path(file))
        } else if file.contains("events.out") {
          #expect(Self.isRecords(bytes), "\(parts): \(file)")
        } else if [".safetensors", ".png", "digests.csv", ".svg"].contains(where: file.hasSuffix) {
          #expect(try bytes == folder.bytes(other), "\(parts): \(file)")
        } else if file.hasSuffix(".json") {
          #expect(try folder.json(file)["status"] as? String == "finished", "\(parts): \(file)")
        } else {
          // Times differ; what was printed would be more lines.
          let lines = try folder.text(other).count { $0 == "\n" }
          #expect(bytes.count { $0 == UInt8(ascii: "\n") } == lines, "\(parts): \(file)")
        }
      }
    }
  }

  @Test func benchmarks() throws {
    let folder = try Folder()
    let result = try Program.run(
      [
        "--data", "synthetic", "--limit", "64", "--hidden-size", "4", "--threads", "1", "--json", "a.json", "--csv",
        "a.csv",
        "--trace", "t.json",
      ], in: folder, shell: "exec \"$@\" <&- >&- 2>&-", program: "vae-bench")
    #expect(result.status == 0)
    #expect(try folder.json("a.json")["epoch"] is [String: Any])
    #expect(try !folder.json("t.json").isEmpty)
    let table = try folder.text("a.csv")
    #expect(table.hasPrefix("row,pass,seconds,") && !table.contains("processor"))
  }

  /// TFRecords from the first byte to the last: a length, its checksum, so many bytes and theirs.
  private static func isRecords(_ bytes: [UInt8]) -> Bool {
    var position = 0
    while position + 12 <= bytes.count {
      let length = bytes[position..<position + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard length < bytes.count else { return false }
      position += 16 + Int(length)
    }
    return position == bytes.count && !bytes.isEmpty
  }
}
