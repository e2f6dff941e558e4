import LatentFiles
import TestSupport
import Testing

@testable import vae_train

/// Data that a likelihood can't take end a run, and whatever looks at a model, in one line.
@Suite struct OutsideDataTests {
  private static let small = ["--model", "mlp", "--hidden-size", "4", "--latent-size", "1", "--epochs", "1", "--quiet"]

  private func write(_ name: String, _ values: [String], in folder: Folder) throws {
    try folder.write(name, Array(("a,b\n" + values.joined(separator: "\n") + "\n").utf8))
  }

  @Test func trainingAndEvaluation() throws {
    let folder = try Folder()
    let counts = (0..<20).map { "\($0 % 4),\($0 % 3)" }
    try write("counts.csv", counts, in: folder)
    try write("half.csv", Array(counts[..<17]) + ["3,2.5", "", "1,1"], in: folder)
    try write("more.csv", Array(counts[..<7]) + ["4,1"], in: folder)
    try write("unit.csv", (0..<20).map { "0.\($0 % 9),\($0 == 11 ? "1.25" : "1")" }, in: folder)
    func message(_ arguments: [String], status: Int32) throws -> String {
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == status && result.errorLines.count == 1 && result.output.isEmpty, "\(result.errors)")
      return result.errors
    }
    for (loss, file, words) in [
      (
        "poisson", "half.csv",
        "--loss poisson: it takes whole numbers from 0 on, and example 17 (from 0) of 'half.csv' has 2.5: "
      ),
      (
        "categorical-4", "more.csv",
        "it takes whole numbers from 0 to 3, and example 7 (from 0) of 'more.csv' has 4.0: "
      ),
      ("bce", "unit.csv", "it takes numbers from 0 to 1, and example 11 (from 0) of 'unit.csv' has 1.25: "),
      ("continuous-bernoulli", "unit.csv", "it takes numbers from 0 to 1, and example 11 "),
      ("discretized-logistic-2", "unit.csv", "it takes bytes, read as 0, 1/255, ... 1, and example 1 "),
    ] {
      let text = try message(["--data", file, "--scale", "none", "--loss", loss] + Self.small, status: 64)
      #expect(text.contains(words) && text.contains("give other data, or a loss for any numbers"), "\(text)")
    }
    // Standard scaling makes other numbers of counts, and is not usual for them.
    #expect(
      try Program.run(["--data", "counts.csv", "--loss", "poisson", "--output", "counts"] + Self.small, in: folder)
        .status == 0)
    let scaled = try message(
      ["--data", "counts.csv", "--scale", "standard", "--loss", "poisson"] + Self.small, status: 64)
    #expect(
      scaled.contains("(0.0 before it was scaled): numbers were scaled, which --scale none leaves out"), "\(scaled)")
    let bytes = try message(["--data", "synthetic", "--limit", "40", "--loss", "poisson"] + Self.small, status: 64)
    #expect(bytes.contains("give bytes as whole numbers of another type"), "\(bytes)")
    // What is trained is asked for the same.
    #expect(
      try Program.run(
        ["--data", "counts.csv", "--loss", "categorical-4", "--output", "run"] + Self.small,
        in: folder
      ).status == 0)
    #expect(try Program.run(["evaluate", "--model", "run", "--data", "counts.csv"], in: folder).status == 0)
    for command in ["evaluate", "encode", "doctor"] {
      let text = try message(
        [command, "--model", "run", "--data", "more.csv"] + (command == "encode" ? ["--output", "z.npy"] : []),
        status: 1)
      #expect(
        text.contains("the model's likelihood is categorical-4: it takes whole numbers from 0 to 3, and example 7"))
    }
  }
}
