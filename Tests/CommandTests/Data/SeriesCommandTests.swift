import LatentFiles
import TestSupport
import Testing

/// Series of one's own, from a table to a table.
@Suite struct SeriesCommandTests {
  /// A daily wave of 400 rows at every quarter of an hour, of which one is missing, and another column around 1000.
  private func writeTable(in folder: Folder) throws {
    var text = "time,wave,level\n"
    for row in 0..<400 {
      let (day, hour, minute) = (1 + row / 96, row / 4 % 24, row % 4 * 15)
      func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
      let wave = Double((row % 96) * (96 - row % 96)) / 100
      text += "2026-01-\(two(day)) \(two(hour)):\(two(minute)):00,\(wave),\(row == 50 ? "NA" : "\(1000 + row % 7)")\n"
    }
    try folder.write("plant.csv", Array(text.utf8))
  }

  @Test func aTableBecomesAModelAndATable() throws {
    let folder = try Folder()
    try writeTable(in: folder)
    let trained = try Program.run(
      ["--data", "plant.csv", "--window", "24", "--epochs", "2", "--hidden-size", "8", "--output", "run"], in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    // Lines are broken where they are long.
    let said = trained.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(said.contains("400 rows; 377 windows of 24; 1 missing values; wave: mean"))
    // 280 rows and 120: 257 windows and 97.
    #expect(said.contains("257 for training, the last 97 for validation"))
    #expect(said.contains("Gaussian with a free mean"))
    #expect(trained.output.contains("series/s") && !trained.output.contains("image"))
    let config = try folder.json("run/config.json")
    let data = try #require(config["data"] as? [String: Any])
    #expect(data["feature_names"] as? [String] == ["wave", "level"])
    let scaling = try #require(data["scaling"] as? [String: Any])
    #expect(scaling["kind"] as? String == "standard")
    // The mean of the training part's column, without the missing value.
    var sum = 0
    for row in 0..<280 where row != 50 { sum += 1000 + row % 7 }
    let level = Double(sum) / 279
    #expect(abs((scaling["offsets"] as! [Double])[1] - level) < 1e-9)

    let rows = try Program.run(["reconstruct", "--model", "run", "-o", "rows.csv"], in: folder)
    #expect(rows.status == 0, "\(rows.errors)")
    let lines = try folder.text("rows.csv").split(separator: "\n")
    #expect(lines.count == 401 && lines[0] == "time,wave,level,wave expected,level expected")
    let cells = lines[51].split(separator: ",", omittingEmptySubsequences: false)
    #expect(cells[0] == "2026-01-01 12:30:00" && cells[2].isEmpty)
    // In its own units.
    #expect(try #require(Double(cells[4])) > 900)
    for command in [
      ["evaluate"], ["doctor"], ["encode", "-o", "codes.npy"], ["picture", "samples", "-o", "s.png"],
      ["picture", "interpolation", "-o", "i.png"], ["reconstruct", "-o", "r.png"],
      ["decode", "codes.npy", "-o", "d.png"],
    ] {
      let result = try Program.run(command + ["--model", "run"], in: folder)
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    let decoded = try Program.run(["reconstruct", "--model", "run", "-o", "rows.npy"], in: folder)
    #expect(decoded.status == 0)
    let values = try NPYFile(contentsOf: folder.path("rows.npy"))
    #expect(values.tensor.shape == [377, 24, 2])
  }

  /// An array of series is read again as it was, by every command.
  @Test func arraysOfSeries() throws {
    let folder = try Folder()
    let values: [Double] = (0..<960).map { (place: Int) in Double(place * 37 % 101) / 50 }
    try NPYFile.write(StoredArray(shape: [80, 6, 2], doubles: values, as: .float32), to: folder.path("x.npy"))
    let trained = try Program.run(
      ["--data", "x.npy", "--epochs", "1", "--hidden-size", "4", "--output", "run", "--quiet"], in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(try !folder.text("run/report.html").contains("there are no test"))
    for command in [
      ["evaluate"], ["doctor"], ["encode", "-o", "codes.npy"], ["reconstruct", "-o", "again.npy"],
      ["picture", "reconstructions", "-o", "r.png"], ["report"],
    ] {
      let result = try Program.run(command + ["--model", "run"], in: folder)
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    #expect(try NPYFile(contentsOf: folder.path("again.npy")).tensor.shape == [80, 6, 2])
  }

  /// A table with holes and gaps: the model is told what is missing, trains to the same bytes on any threads, goes on where it
  /// was stopped, and all commands give it what is known.
  @Test func aMaskChannelSaysWhatIsMissing() throws {
    let folder = try Folder()
    var text = "time,a,b\n"
    for row in 0..<300 where row % 53 != 0 {
      func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
      let time = "2026-01-\(two(1 + row / 96)) \(two(row / 4 % 24)):\(two(row % 4 * 15)):00"
      text += "\(time),\(row % 9 == 4 ? "NA" : "\(row % 24)"),\(row % 5 == 2 ? "" : "\(row * row % 31)")\n"
    }
    try folder.write("plant.csv", Array(text.utf8))
    let options = [
      "--data", "plant.csv", "--window", "16", "--gaps", "missing", "--hidden-size", "6", "--batch-size", "32",
      "--shards", "3", "--quiet",
    ]
    func train(_ more: [String], status: Int32 = 0) throws {
      let result = try Program.run(options + more, in: folder)
      #expect(result.status == status, "\(more): \(result.errors)")
    }
    try train(["--mask-channel", "--epochs", "3", "--threads", "1", "--output", "run"])
    try train(["--mask-channel", "--epochs", "3", "--threads", "2", "--output", "other"])
    try train(["--epochs", "3", "--output", "blind"])
    try train(["--mask-channel", "--epochs", "2", "--output", "part"])
    let resumed = try Program.run(["--resume", "part", "--epochs", "3", "--quiet"], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    let model = try SafetensorsFile(contentsOf: folder.path("run/model.safetensors"))
    #expect(model.metadata["model"]?.hasPrefix("mask channel, LSTM(6) encoder") == true)
    #expect(model.tensors.first { $0.name == "encoder.lstm.kernel" }?.shape == [4, 24])
    for other in ["other", "part"] {
      let tensors = try SafetensorsFile(contentsOf: folder.path("\(other)/model.safetensors")).tensors
      #expect(tensors == model.tensors, "\(other)")
    }
    for command in [
      ["evaluate"], ["doctor"], ["encode", "-o", "codes.npy"], ["picture", "samples", "-o", "s.png"],
      ["reconstruct", "-o", "rows.csv"], ["export", "--format", "onnx", "-o", "onnx"],
    ] {
      let result = try Program.run(command + ["--model", "run"], in: folder)
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    let repeated = try Program.run(["--config", "run/config.json", "--output", "again", "--quiet"], in: folder)
    #expect(repeated.status == 0, "\(repeated.errors)")
    let again = try SafetensorsFile(contentsOf: folder.path("again/model.safetensors"))
    #expect(again.tensors == model.tensors)
    let refused = try Program.run(["--resume", "blind", "--mask-channel", "--epochs", "4"], in: folder)
    #expect(refused.status != 0 && refused.errorLines.count == 1, "\(refused.errors)")
  }

  @Test func whatDoesNotFitIsSaid() throws {
    let folder = try Folder()
    try writeTable(in: folder)
    for (options, words) in [
      (["--data", "plant.csv"], "has times"), (["--data", "plant.csv", "--window", "401"], "give a smaller --window"),
      (["--data", "plant.csv", "--window", "24", "--columns", "heat"], "heat"),
      (["--data", "plant.csv", "--window", "24", "--binarize", "threshold"], "--binarize"),
      (["--data", "plant.csv", "--window", "24", "--validation-split", "0.95"], "leaves none"),
    ] {
      let result = try Program.run(options + ["--output", "run"], in: folder)
      #expect(result.status != 0 && result.errorLines.count == 1, "\(options): \(result.errors)")
      #expect(result.errors.contains(words), "\(options): \(result.errors)")
    }
    #expect(folder.contents == ["plant.csv"])
  }
}
