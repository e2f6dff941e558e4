import Foundation
import Testing

@testable import LatentRun

/// While a run is on, its folder is its own.
@Suite struct FolderLockTests {
  private let folder: Folder

  init() throws {
    folder = try Folder()
    #expect(try Program.train(["--output", "out", "--quiet"], in: folder).status == 0)
    // What the run is about to write.
    try folder.write("out/.latent-1.tmp", [1])
    try folder.write("out/checkpoints/.latent-2.tmp", [1])
  }

  private func contents() throws -> [String: [UInt8]] {
    try folder.contents.reduce(into: [:]) { files, name in files[name] = (try? folder.bytes(name)) ?? [] }
  }

  @Test func nobodyElseWritesThere() throws {
    let lock = open(folder.path("out"), O_RDONLY)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX) == 0)
    let before = try contents()
    let model = ["--model", "out"]
    for arguments in [
      ["--resume=out"], ["--resume", "out", "--epochs", "9"], ["--data", "synthetic", "--output", "out", "--force"],
      ["--data", "synthetic", "--output", "out"], ["report"] + model,
      ["picture", "samples"] + model + ["-o", "out/more.png"],
      ["picture", "samples"] + model + ["-o", "out/samples.png", "--force"],
      ["evaluate"] + model + ["--json", "out/more.json"], ["encode"] + model + ["-o", "out/more.npy"],
      ["reconstruct"] + model + ["-o", "out/checkpoints/more.npy"],
      ["export"] + model + ["--format", "npz", "-o", "./out/../out/more.npz"],
      ["import", "out/model.safetensors", "--format", "safetensors", "-o", folder.path("out/more.safetensors")],
      ["compare", "out", "out", "-o", "out/more.svg"],
    ] {
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == 1 && result.errorLines.count == 1, "\(arguments): \(result.errors)")
      #expect(
        result.errors.contains("run is writing into the folder '") && result.errors.contains("out'"), "\(result.errors)"
      )
      #expect(try contents() == before, "\(arguments)")
    }
    let bench = try Program.bench(["--json", "out/more.json"], in: folder)
    #expect(bench.status == 1 && bench.errors.contains("run is writing into the folder"), "\(bench.errors)")
    // Looking is free, and so are other places.
    for arguments in [
      ["doctor"] + model, ["compare", "out", "out"], ["report"] + model + ["-o", "page.html"],
      ["picture", "curves"] + model,
    ] {
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
    }
    for (name, bytes) in before { #expect(try name == "out" || (try? folder.bytes(name)) ?? [] == bytes, "\(name)") }
  }

  /// A run that is over is tidied up when it goes on, and not before that is certain.
  @Test func remainsGoWithTheNextRun() throws {
    let refused = try Program.run(["--resume=out", "--seed", "2"], in: folder)
    #expect(refused.status == 1 && folder.contents.contains("out/.latent-1.tmp"))
    #expect(try Program.run(["--resume=out", "--epochs", "3"], in: folder).status == 0)
    #expect(!folder.contents.contains { $0.contains(".latent-") })
  }

  /// The lock knows a run by this file.
  @Test func theRecordsName() { #expect(RunFolder.File.config.rawValue == "config.json") }
}
