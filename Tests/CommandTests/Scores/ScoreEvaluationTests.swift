import LatentFiles
import TestSupport
import Testing

/// `vae-train score --evaluate`, and what is written for people.
@Suite struct ScoreEvaluationTests {
  private static func figure(_ name: String, in output: String) throws -> [Substring] {
    let line = try #require(output.split(separator: "\n").first { $0.hasPrefix(name + "  ") }, "\(output)")
    return line.dropFirst(name.count).split(separator: " ")
  }

  @Test func labelsOfAColumnAndOfAFileOfIntervalsSayTheSame() throws {
    let folder = try ScoreCommandTests.trained()
    try folder.write("labelled.csv", ScoreCommandTests.table(600, faults: [200, 400], labels: true))
    try folder.write("plain.csv", ScoreCommandTests.table(600, faults: [200, 400]))
    try folder.write(
      "known.csv",
      Array("start,end\n2026-01-01 03:20:00,2026-01-01 03:31:00\n2026-01-01 06:40:00,2026-01-01 06:51:00\n".utf8))
    try folder.write(
      "known.json",
      Array(
        #"{"a/plain.csv": [["2026-01-01 03:20:00", "2026-01-01 03:31:00"], ["2026-01-01 06:40:00", "2026-01-01 06:51:00"]]}"#
          .utf8))
    let score = ["score", "--model", "run", "--evaluate", "--cooldown", "4"]
    let column = try Program.run(score + ["--data", "labelled.csv", "-o", "seen", "--tensorboard", "logs"], in: folder)
    #expect(column.status == 0, "\(column.errors)")
    #expect(column.output.contains("2 anomalies in 24 of 589 rows with a score"), "\(column.output)")
    for method in ["model", "moving Gaussian", "PCA residual", "last value"] { #expect(column.output.contains(method)) }
    let area = try #require(Double(try Self.figure("AUC-PR", in: column.output)[0]))
    #expect(area > 0.2 && area <= 1, "\(column.output)")
    #expect(try Self.figure("anomalies missed", in: column.output)[0] == "0")
    func table(_ output: String) -> Substring {
      output[output.range(of: "measure")!.lowerBound..<output.range(of: "longest delay")!.lowerBound]
    }
    for file in ["known.csv", "known.json"] {
      let known = try Program.run(score + ["--data", "plain.csv", "--labels", file], in: folder)
      #expect(known.status == 0, "\(known.errors)")
      #expect(table(known.output) == table(column.output), "\(file)")
    }

    let page = try folder.text("seen/report.html")
    #expect(page.contains("AUC-PR") && page.contains("point-adjusted F1 of random alarms"))
    #expect(try folder.bytes("seen/scores.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let events = try #require(JSON(try folder.bytes("seen/events.json")))
    guard case .array(let list) = events else { throw Fault() }
    #expect(!list.isEmpty)
    let logs = try #require(AtomicFile.names(in: folder.path("logs")))
    #expect(logs.count == 1 && logs[0].contains("tfevents"))
  }

  private struct Fault: Error {}

  /// Intervals of a series without times are numbers of its rows, whatever its features.
  @Test func intervalsOfRowsWithoutTimes() throws {
    let folder = try Folder()
    let rows = (0..<200).map { "\(Double($0 % 10)),\($0 == 150 ? 90 : $0 % 7)\n" }
    try folder.write("rows.csv", Array(("a,b\n" + rows.joined()).utf8))
    try folder.write("known.csv", Array("start,end\n148,152\n".utf8))
    let trained = try Program.run(
      [
        "--data", "rows.csv", "--window", "4", "--model", "mlp", "--layers", "8", "--latent-size", "2", "--epochs", "1",
        "--output", "run", "--quiet",
      ], in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let result = try Program.run(
      ["score", "--model", "run", "--data", "rows.csv", "--evaluate", "--labels", "known.csv"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("1 anomaly in 5 of 197 rows with a score"), "\(result.output)")
  }

  @Test func whatCanNotBeEvaluatedEndsInOneLine() throws {
    let folder = try ScoreCommandTests.trained()
    try folder.write("labelled.csv", ScoreCommandTests.table(300, labels: true))
    try folder.write("plain.csv", ScoreCommandTests.table(300))
    try folder.write("early.csv", Array("start,end\n2025-01-01 03:20:00,2025-01-01 03:31:00\n".utf8))
    try folder.write("backwards.csv", Array("start,end\n2026-01-01 03:20:00,2026-01-01 03:11:00\n".utf8))
    try folder.write("others.json", Array(#"{"a/other.csv": [["2026-01-01 03:20:00", "2026-01-01 03:31:00"]]}"#.utf8))
    for (options, words) in [
      (["--data", "labelled.csv"], "of no row"), (["--data", "plain.csv"], "no column of labels"),
      (["--data", "plain.csv", "--labels", "early.csv"], "labels that never occur"),
      (["--data", "plain.csv", "--labels", "backwards.csv"], "line 2"),
      (["--data", "plain.csv", "--labels", "others.json"], "plain.csv"),
      (["--data", "plain.csv", "--labels", "none.csv"], "none.csv"),
    ] {
      let result = try Program.run(["score", "--model", "run", "--evaluate", "-o", "out.csv"] + options, in: folder)
      #expect(
        result.status != 0 && result.errorLines.count == 1 && result.errors.contains(words),
        "\(options): \(result.errors)")
      #expect(throws: (any Error).self) { try folder.bytes("out.csv") }
    }
  }
}
