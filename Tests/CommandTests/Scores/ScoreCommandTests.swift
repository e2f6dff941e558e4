import Foundation
import LatentFiles
import TestSupport
import Testing

/// `vae-train score`, from a table to alarms.
@Suite struct ScoreCommandTests {
  /// Two waves, a row a minute; from `faults` on, the first feature stands still for 12 rows.
  static func table(_ rows: Int, faults: [Int] = [], swapped: Bool = false, period: Int = 1, labels: Bool = false)
    -> [UInt8]
  {
    var text = swapped ? "level,time,wave" : "time,wave,level"
    text += labels ? ",anomaly\n" : "\n"
    for row in 0..<rows {
      let minutes = row * period
      func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
      let time = "2026-01-\(two(1 + minutes / 1440)) \(two(minutes / 60 % 24)):\(two(minutes % 60)):00"
      let isFault = faults.contains { ($0..<$0 + 12).contains(row) }
      let wave = isFault ? 30.0 : Double((row % 24) * (24 - row % 24)) / 10 + Double(row * 7919 % 101) / 100
      let level = 1000 + (row * 31) % 7
      text += swapped ? "\(level),\(time),\(wave)" : "\(time),\(wave),\(level)"
      text += labels ? ",\(isFault ? 1 : 0)\n" : "\n"
    }
    return Array(text.utf8)
  }

  /// A folder of the test's own with a model of such a table in `run`.
  static func trained() throws -> Folder {
    let (whole, folder) = (try model.get(), try Folder())
    for name in ["plant.csv", "run"] {
      try FileManager.default.copyItem(atPath: whole.path(name), toPath: folder.path(name))
    }
    return folder
  }

  /// Trained once for all tests.
  private static let model = Result { try train() }

  private static func train() throws -> Folder {
    let folder = try Folder()
    try folder.write("plant.csv", table(2000))
    let result = try Program.run(
      [
        "--data", "plant.csv", "--window", "12", "--model", "mlp", "--layers", "32", "--latent-size", "4", "--epochs",
        "8",
        "--batch-size", "64", "--learning-rate", "0.005", "--output", "run", "--quiet",
      ], in: folder)
    try #require(result.status == 0, "\(result.errors)")
    return folder
  }

  @Test func aFaultBecomesAnEventAndRowsThatFollowGetTheSameBits() throws {
    let folder = try Self.trained()
    try folder.write("today.csv", Self.table(400, faults: [200]))
    let scored = try Program.run(
      ["score", "--model", "run", "--data", "today.csv", "-o", "today", "--cooldown", "6"], in: folder)
    #expect(scored.status == 0, "\(scored.errors)")
    // 600 rows are too few for a quantile of 0.999.
    #expect(scored.output.contains("mad=6.0"), "\(scored.output)")
    let lines = try folder.text("today/scores.csv").split(separator: "\n").map(String.init)
    #expect(lines.count == 401)
    #expect(
      lines[0] == "time,wave,wave expected,wave low,wave high,wave score,level,level expected,level low,level high,"
        + "level score,score,anomaly")
    for line in lines[1...11] { #expect(line.hasSuffix(",,,,,,,") == false && line.hasSuffix(",")) }
    let alarms = lines.indices.dropFirst().filter { lines[$0].hasSuffix(",1") }
    #expect(!alarms.isEmpty && alarms.allSatisfy { (201...224).contains($0) }, "\(alarms)")
    let alone = try Program.run(
      ["score", "--model", "run", "--data", "today.csv", "-o", "alone.csv", "--threads", "1"], in: folder)
    #expect(alone.status == 0, "\(alone.errors)")
    #expect(try folder.text("alone.csv") == folder.text("today/scores.csv"))
    let events = try folder.text("today/events.csv").split(separator: "\n")
    #expect(events[0] == "start,end,peak,rows,score,features")
    #expect(events.count == 2 && events[1].hasPrefix("2026-01-01 03:2") && events[1].contains("wave"))

    for input in ["today.csv", "swapped.csv"] {
      if input == "swapped.csv" { try folder.write(input, Self.table(400, faults: [200], swapped: true)) }
      let followed = try Program.run(
        ["score", "--model", "run", "--follow"], in: folder, shell: "\"$@\" < \(input)")
      #expect(followed.status == 0, "\(followed.errors)")
      #expect(followed.output == (try folder.text("today/scores.csv")), "\(input)")
    }
    // Without the line of names.
    let tail = try Program.run(
      ["score", "--model", "run", "--follow"], in: folder, shell: "tail -n 50 today.csv | \"$@\"")
    #expect(tail.status == 0, "\(tail.errors)")
    let last = tail.output.split(separator: "\n").map(String.init)
    #expect(last.count == 51 && last[12...].elementsEqual(lines[362...]))
  }

  /// Rows that are left out count as missing ones, where the model has learned so, in a file as well as live.
  @Test func gapsAreFilledAsInTraining() throws {
    let folder = try Folder()
    var lines = String(decoding: Self.table(900), as: UTF8.self).split(separator: "\n").map(String.init)
    lines.removeSubrange(500..<503)
    lines.removeSubrange(700..<740)
    try folder.write("gaps.csv", Array((lines.joined(separator: "\n") + "\n").utf8))
    let trained = try Program.run(
      [
        "--data", "gaps.csv", "--window", "12", "--gaps", "missing", "--mask-channel", "--model", "mlp", "--layers",
        "16",
        "--latent-size", "2", "--epochs", "2", "--output", "run", "--quiet",
      ], in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let scored = try Program.run(["score", "--model", "run", "--data", "gaps.csv", "-o", "out.csv"], in: folder)
    #expect(scored.status == 0, "\(scored.errors)")
    let rows = try folder.text("out.csv").split(separator: "\n")
    #expect(rows.count == lines.count && rows[500].hasSuffix(",0"), "\(rows[500])")
    let followed = try Program.run(["score", "--model", "run", "--follow"], in: folder, shell: "\"$@\" < gaps.csv")
    #expect(followed.output == (try folder.text("out.csv")), "\(followed.errors)")
  }

  @Test func whatCanNotBeScoredEndsInOneLine() throws {
    let folder = try Self.trained()
    try folder.write("slow.csv", Self.table(100, period: 5))
    try folder.write("short.csv", Self.table(11))
    try folder.write("other.csv", Array("time,heat,level\n2026-01-01 00:00:00,1,2\n".utf8))
    try folder.write(
      "empty.csv", Array(("time,wave,level\n" + (10..<40).map { "2026-01-01 00:\($0):00,NA,\n" }.joined()).utf8))
    for (data, words) in [
      ("slow.csv", ["300 seconds", "60", "resample"]), ("short.csv", ["no 12 rows", "11"]),
      ("other.csv", ["wave"]), ("empty.csv", ["missing"]), ("nothing.csv", ["nothing.csv"]),
    ] {
      let result = try Program.run(["score", "--model", "run", "--data", data, "-o", "out.csv"], in: folder)
      #expect(result.status != 0 && result.errorLines.count == 1, "\(data): \(result.errors)")
      for word in words { #expect(result.errors.contains(word), "\(data): \(result.errors)") }
      #expect(throws: (any Error).self) { try folder.bytes("out.csv") }
    }
    for (options, words) in [
      (["--threshold", "pot=0.5"], "0.02"), (["--threshold", "quantile=0.99999"], "100,000"),
      (["--threshold", "loud"], "quantile=0.999"), (["--follow", "--aggregate", "mean"], "have not come yet"),
      (["-o", "scores.txt"], ".csv"), (["--events", "events.txt"], ".json"),
    ] {
      let result = try Program.run(
        ["score", "--model", "run"] + (options.contains("--follow") ? [] : ["--data", "plant.csv"]) + options,
        in: folder)
      #expect(result.status != 0 && result.errors.contains(words), "\(options): \(result.errors)")
    }
  }

  /// Other scores than the one that the model's file knows are found again from the run's data.
  @Test func everyScoreAndAggregateHasAThreshold() throws {
    let folder = try Self.trained()
    try folder.write("today.csv", Self.table(300, faults: [150]))
    for options in [
      ["--score", "reconstruction"], ["--score", "kl"], ["--score", "squared-error"], ["--score", "mixed"],
      ["--aggregate", "mean"], ["--aggregate", "median"], ["--aggregate", "max"], ["--samples", "3"],
      ["--threshold", "7"],
    ] {
      let result = try Program.run(
        ["score", "--model", "run", "--data", "today.csv", "-o", "out.csv", "--force"] + options, in: folder)
      #expect(result.status == 0, "\(options): \(result.errors)")
      let rows = try folder.text("out.csv").split(separator: "\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let scores = rows.map { Double($0[11]) }
      #expect(scores[12...280].allSatisfy { $0 != nil }, "\(options)")
      let highest = (12..<280).max { scores[$0]! < scores[$1]! }!
      #expect((148...174).contains(highest), "\(options): row \(highest)")
    }
    // Without its data, only what the file keeps can be judged.
    try folder.move("plant.csv", to: "gone.csv")
    let kept = try Program.run(["score", "--model", "run", "--data", "today.csv"], in: folder)
    #expect(kept.status == 0, "\(kept.errors)")
    let other = try Program.run(["score", "--model", "run", "--data", "today.csv", "--score", "kl"], in: folder)
    #expect(other.status != 0 && other.errorLines.count == 1 && other.errors.contains("plant.csv"), "\(other.errors)")
  }

  @Test func theDoctorSeesDrift() throws {
    let folder = try Self.trained()
    let text = String(decoding: Self.table(300), as: UTF8.self)
    try folder.write("same.csv", Array(text.utf8))
    try folder.write("higher.csv", Array(text.replacing(",10", with: ",20").utf8))
    let same = try Program.run(["doctor", "--model", "run", "--data", "same.csv"], in: folder)
    #expect(same.status == 0 && same.output.contains("no drift"), "\(same.output) \(same.errors)")
    let higher = try Program.run(["doctor", "--model", "run", "--data", "higher.csv"], in: folder)
    #expect(higher.status == 0 && higher.output.contains("train again"), "\(higher.output) \(higher.errors)")
    #expect(higher.output.contains("level has a mean of 2000"), "\(higher.output)")
  }
}
