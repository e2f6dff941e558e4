import Foundation
import LatentAnomalies
import LatentFiles
import Testing

/// The Swift half of `scripts/check-detection`, which sets the folder: measures of all files of scores, labels and alarms there
/// are written beside them.
@Suite struct DetectionExchangeTests {
  private static let folder = ProcessInfo.processInfo.environment["LATENT_DETECTION_EXCHANGE"]

  @Test(.enabled(if: folder != nil))
  func measuresAreWritten() throws {
    let folder = try #require(Self.folder)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name.hasSuffix(".csv") {
      let lines = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).split(separator: "\n")
      // The window, then score, label, alarm of each row.
      let rows = try lines.dropFirst().map { line in
        try line.split(separator: ",").map { try #require(Double($0)) }
      }
      let metrics = DetectionMetrics(
        rows.map { $0[0] }, DetectionLabels(rows.map { $0[1] != 0 }), isAlarm: rows.map { $0[2] != 0 },
        window: try #require(Int(lines[0])), period: 60)
      let results = JSON.object(
        metrics.figures.map { JSON.Member($0.name, $0.value.map(JSON.number) ?? .null) })
      try results.text.write(toFile: "\(folder)/\(name.dropLast(4)).json", atomically: true, encoding: .utf8)
    }
  }

  @Test(.enabled(if: folder != nil))
  func thresholdsAreWritten() throws {
    let folder = try #require(Self.folder)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name.hasSuffix(".scores") {
      let scores = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        .split(separator: "\n").map { try #require(Double($0)) }
      let base = scores.sorted()[Int(0.98 * Double(scores.count))]
      let excesses = scores.filter { $0 > base }.map { $0 - base }
      let results: JSON = [
        "pot=1e-4": .number(try Threshold(.peaksOverThreshold(1e-4), scores: scores).value),
        "quantile=0.999": .number(try Threshold(.quantile(0.999), scores: scores).value),
        "mad=6": .number(try Threshold(.medianDeviations(6), scores: scores).value),
        "log-likelihood": .number(ParetoTail(excesses: excesses).logLikelihood(of: excesses)),
      ]
      try results.text.write(toFile: "\(folder)/\(name.dropLast(7)).json", atomically: true, encoding: .utf8)
    }
  }
}
