import Foundation
import LatentAnomalies
import LatentFiles
import Testing

/// With the files of the Numenta Anomaly Benchmark, whose folder `scripts/check-detection NAB` sets.
@Suite struct NABTests {
  private static let folder = ProcessInfo.processInfo.environment["LATENT_NAB"]

  /// The results of its detector windowedGaussian: `realKnownCause/nyc_taxi.csv` and the file's path.
  private static func results() throws -> [(series: String, path: String)] {
    let root = try #require(folder) + "/results/windowedGaussian"
    return try FileManager.default.contentsOfDirectory(atPath: root).sorted().flatMap { part in
      (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(part)").sorted().map { file in
        ("\(part)/\(file.replacingOccurrences(of: "windowedGaussian_", with: ""))", "\(root)/\(part)/\(file)")
      }) ?? []
    }
  }

  @Test(.enabled(if: folder != nil))
  func movingGaussianGivesThePublishedScores() throws {
    var (rows, largest) = (0, 0.0)
    for (series, path) in try Self.results() {
      let table = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
      let cells = try table.map { line in try line.split(separator: ",")[1...2].map { try #require(Double($0)) } }
      var baseline = MovingGaussian(features: 1)
      for (row, score) in baseline.score(cells.map { $0[0] }).scores.enumerated().dropFirst() {
        largest = max(largest, abs(score - cells[row][1]))
      }
      #expect(largest < 1e-9, "\(series)")
      rows += cells.count
    }
    print("moving Gaussian: \(rows) rows of NAB's results, the largest difference is \(largest)")
    #expect(rows > 300_000)
  }

  @Test(.enabled(if: folder != nil))
  func intervalsGiveThePublishedLabels() throws {
    var (rows, series) = (0, 0)
    for (name, path) in try Self.results() {
      let file = try SeriesFile(contentsOf: path)
      let intervals = try IntervalFile(
        contentsOf: #require(Self.folder) + "/labels/combined_windows.json", series: name)
      let labels = try DetectionLabels(intervals.intervals, times: #require(file.times))
      #expect(labels == DetectionLabels(try #require(file.labels)), "\(name)")
      (rows, series) = (rows + labels.count, series + 1)
    }
    print("labels: \(rows) rows of \(series) series are as published")
    #expect(series == 58)
  }
}
