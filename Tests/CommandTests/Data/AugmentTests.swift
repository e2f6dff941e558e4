import LatentFiles
import TestSupport
import Testing

@testable import vae_train

/// `--augment` through the program.
@Suite struct AugmentTests {
  private static let all = "shift=2,flip,noise=0.05,scale=0.1"
  private static let start = [
    "--data", "synthetic", "--limit", "120", "--model", "mlp", "--hidden-size", "8", "--latent-size", "2",
    "--batch-size", "32",
  ]

  private func weights(_ arguments: [String], _ run: String, in folder: Folder) throws -> [StoredArray] {
    let result = try Program.run(arguments, in: folder)
    #expect(result.status == 0, "\(arguments): \(result.errors)")
    let file = try SafetensorsFile(contentsOf: folder.path("\(run)/model.safetensors"))
    return try file.tensors.map { try file.array($0.name) }
  }

  /// The same bits on any threads, and of a run that goes on; others than without.
  @Test func bits() throws {
    let folder = try Folder()
    func train(_ options: [String], _ run: String) throws -> [StoredArray] {
      try weights(Self.start + options + ["--output", run], run, in: folder)
    }
    let whole = try train(["--augment", Self.all, "--epochs", "2", "--threads", "1"], "a")
    #expect(try train(["--augment", Self.all, "--epochs", "2", "--threads", "3"], "b") == whole)
    _ = try train(["--augment", Self.all, "--epochs", "1"], "c")
    #expect(try weights(["--resume=c", "--epochs", "2"], "c", in: folder) == whole)
    #expect(try train(["--epochs", "2"], "d") != whole)
    let config = String(decoding: try folder.bytes("a/config.json"), as: UTF8.self)
    #expect(config.contains("\"augment\": \"\(Self.all)\""))
    // From the record, too.
    #expect(try weights(["--config", "a/config.json", "--output", "e"], "e", in: folder) == whole)
  }

  @Test func whatCannotBeChangedSo() throws {
    let folder = try Folder()
    try folder.write("s.csv", Array(("a\n" + (0..<60).map { "\($0 % 7)\n" }.joined()).utf8))
    for (arguments, words) in [
      (["--data", "s.csv", "--window", "6", "--augment", "flip"], "series are not mirrored, and flip is for images"),
      (["--data", "s.csv", "--augment", "shift=1"], "vectors have no order in which to shift or flip"),
      (
        ["--data", "s.csv", "--scale", "none", "--loss", "poisson", "--augment", "noise=0.1"],
        "noise and scale make other numbers than the whole numbers from 0 on that --loss poisson takes"
      ),
      (
        Self.start + ["--binarize", "threshold", "--augment", "scale=0.1"],
        "noise and scale make grey of black and white"
      ),
      (Self.start + ["--augment", "turn=3"], "give shift=2,flip,noise=0.05,scale=0.1, or some of them"),
    ] {
      let result = try Program.run(arguments + ["--epochs", "1"], in: folder)
      #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
      #expect(result.errorLines.first?.hasPrefix("Error: ") == true)
    }
  }
}
