import Testing

/// Options that cannot be followed: exit code 64, one line that names the option, and nothing is touched.
@Suite struct BadOptionTests {
  @Test(
    arguments: [
      ("--limit", "0"), ("--limit", "-5"), ("--limit", "many"), ("--epochs", "0"), ("--epochs", "-1"),
      ("--epochs", "1.5"), ("--batch-size", "0"), ("--batch-size", "-256"), ("--batch-size", "x"),
      ("--hidden-size", "0"), ("--hidden-size", "99999999999999999999"), ("--latent-size", "-1"),
      ("--decoder-size", "0"), ("--validation-split", "1"), ("--validation-split", "-0.1"),
      ("--validation-split", "nan"), ("--validation-split", "1.5"), ("--validation-split", "third"),
      ("--learning-rate", "0"), ("--learning-rate", "-0.001"), ("--learning-rate", "inf"), ("--learning-rate", "fast"),
      ("--seed", "-1"), ("--seed", "x"), ("--loss", "mae"), ("--beta", "-1"), ("--beta", "nan"),
      ("--preset", "reference-4"), ("--precision", "float16"), ("--threads", "0"), ("--threads", "-2"),
      ("--threads", "100000"), ("--shards", "0"), ("--shards", "two"), ("--data", ""), ("--output", ""),
    ])
  func value(option: String, value: String) throws {
    let folder = try Folder()
    let result = try Program.run([option, value], in: folder)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    let first = try #require(result.errorLines.first)
    #expect(first.hasPrefix("Error: The value '\(value)' is invalid for '\(option) <"))
    #expect(result.errors.contains("vae-train train --help"))
    #expect(folder.contents.isEmpty)
  }

  @Test func unknownOptionAndMissingValue() throws {
    let folder = try Folder()
    let unknown = try Program.run(["--epoch", "3"], in: folder)
    #expect(unknown.status == 64)
    #expect(unknown.errorLines.first?.contains("'--epoch'") == true)
    let missing = try Program.run(["--epochs"], in: folder)
    #expect(missing.status == 64)
    #expect(missing.errorLines.first?.contains("'--epochs <epochs>'") == true)
    let word = try Program.run(["trian"], in: folder)
    #expect(word.status == 64)
    #expect(folder.contents.isEmpty)
  }

  @Test func splitThatLeavesNothing() throws {
    let folder = try Folder()
    let result = try Program.train(["--limit", "2", "--validation-split", "0.9"], in: folder)
    #expect(result.status == 64)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.hasPrefix("Error: --validation-split 0.9 leaves none of 2 images to train on: "))
    #expect(folder.contents.isEmpty)
  }

  @Test func sizesBeyondTheMachine() throws {
    let folder = try Folder()
    let result = try Program.train(["--hidden-size", "1000000"], in: folder)
    #expect(result.status == 64)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains("a model of LSTM(1000000) encoder"))
    #expect(folder.contents.isEmpty)
  }

  @Test func instructionSet() throws {
    let folder = try Folder()
    let result = try Program.train([], in: folder, environment: ["LATENT_INSTRUCTION_SET": "sse9"])
    #expect(result.status == 64)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.hasPrefix("Error: LATENT_INSTRUCTION_SET is 'sse9': "))
    #expect(folder.contents.isEmpty)
  }

  /// Options that exclude each other, or that the model or the data have no use for.
  @Test(arguments: [
    (["--free-bits", "0.1", "--capacity", "5"], "--free-bits and --capacity: give one"),
    (["--capacity-epochs", "3"], "--capacity-epochs goes with --capacity"),
    (["--samples", "5", "--beta", "2"], "--samples: the importance-weighted bound takes no --beta"),
    (["--samples", "5", "--kl-warm-up", "2"], "--samples: the importance-weighted bound takes no --kl-warm-up"),
    (["--model", "conv", "--decoder-size", "9"], "--decoder-size: the decoder of this model has no hidden layer"),
    (["--model", "lstm", "--layers", "9"], "--layers goes with a model of hidden layers"),
    (["--layers", "9", "--cell", "gru"], "--cell goes with a model of recurrent layers"),
    (["--layers", "9", "--hidden-size", "9"], "--layers and --hidden-size both say"),
    (
      ["--layers", "9", "--decoder-layers", "9", "--decoder-size", "9"], "--decoder-layers and --decoder-size both say"
    ),
    (["--model", "lstm-lstm", "--decoder-layers", "9"], "--decoder-layers: the decoder of this model is recurrent"),
  ])
  func optionsThatDoNotGoTogether(_ options: [String], _ message: String) throws {
    let folder = try Folder()
    let result = try Program.run(["--data", "synthetic", "--limit", "64"] + options, in: folder)
    #expect(result.status == 64)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.hasPrefix("Error: \(message)"))
    #expect(folder.contents.isEmpty)
  }

  @Test func modelsThatTheImagesDoNotFit() throws {
    let folder = try Folder()
    try folder.write(IDX.trainImages, IDX.images(10, height: 30, width: 28))
    for (options, message) in [
      (["--conditional"], "--conditional needs labels, and")
    ] {
      let result = try Program.run(["--data", "data"] + options, in: folder)
      #expect(result.status == 64)
      #expect(result.errorLines.count == 1)
      #expect(result.errors.hasPrefix("Error: \(message)"))
    }
  }

  @Test func threads() throws {
    let folder = try Folder()
    let result = try Program.train([], in: folder, environment: ["LATENT_THREADS": "many"])
    #expect(result.status == 64)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.hasPrefix("Error: LATENT_THREADS is 'many': "))
    #expect(folder.contents.isEmpty)
  }

  @Test func helpDocumentsEveryOption() throws {
    for arguments in [["--help"], ["help"], ["train", "--help"]] {
      let result = try Program.run(arguments, in: Folder(), environment: ["COLUMNS": "200"])
      #expect(result.status == 0)
      let defaults = [
        "--data": "(default: auto)", "--limit": "(default: all)", "--epochs": "(default: 30)",
        "--batch-size": "(default: 256)", "--model": "default: lstm)", "--hidden-size": "(default: 256; mlp: 512",
        "--latent-size": "(default: 16; mlp", "--decoder-size": "(default: 256; mlp", "--kl-warm-up": "(default: none)",
        "--free-bits": "(default: none)", "--capacity": "(default: none)", "--capacity-epochs": "(default: 10)",
        "--samples": "(default: 1)", "--validation-split": "(default: 0.3)",
        "--learning-rate": "(default: 0.001)", "--loss": "default: bce)", "--beta": "(default: 1)",
        "--seed": "(default: 0)", "--preset": "(default: none)", "--precision": "default: float32)",
        "--threads": "(default: all cores)", "--shards": "(default: 8, 4 or 2, by the batch and the model)",
        "--output": "(default: runs/<date-time>)",
      ]
      for (option, text) in defaults {
        let start = try #require(result.output.range(of: "\n  \(option) <"), "\(option)")
        let entry = result.output[start.upperBound...].split(separator: "\n  --").first ?? ""
        #expect(entry.contains(text), "\(option)")
      }
      for flag in ["--force", "--quiet", "--no-progress", "--conditional"] {
        #expect(result.output.contains("\n  \(flag) "))
      }
      #expect(result.output.contains("summary"))
    }
  }
}
