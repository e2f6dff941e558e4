import Foundation
import LatentCommand
import LatentData

/// A file of SKAB: eight sensors of a testbed, a row each second, with one experiment that goes wrong.
struct SKABFile: Sendable {
  /// Its name below `data`: `valve1/0.csv`
  let name: String
  let series: Series
  /// Whether each row is part of the anomaly.
  let isAnomaly: [Bool]

  /// SKAB's rule: rows that a detector may learn, which are not scored.
  static let learned = 400

  /// The files of the leaderboard, in the order of their names: all but the one without an anomaly.
  static func all(in folder: String) throws -> [SKABFile] {
    let data = "\(folder)/data"
    guard let folders = try? FileManager.default.contentsOfDirectory(atPath: data) else {
      throw Failure("\(data) can't be read: give the folder of SKAB with --skab")
    }
    let names = folders.filter { $0 != "anomaly-free" }.sorted().flatMap { part -> [String] in
      let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(data)/\(part)")) ?? []
      return files.filter { $0.hasSuffix(".csv") }.sorted().map { "\(part)/\($0)" }
    }
    return try names.map { try SKABFile($0, in: data) }
  }

  /// A line has a time, the sensors, and whether the row is anomalous and whether that changes.
  private init(_ name: String, in data: String) throws {
    self.name = name
    let path = "\(data)/\(name)"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw Failure("\(path) can't be read") }
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
    }
    let columns = lines.first.map { Array($0.dropFirst().dropLast(2)) } ?? []
    let rows = try lines.dropFirst().map { cells in
      let numbers = cells.dropFirst().compactMap { Double($0) }
      guard !columns.isEmpty, cells.count == columns.count + 3, numbers.count == columns.count + 2 else {
        throw Failure("\(path): '\(cells.joined(separator: ";"))' is not a time and \(columns.count + 2) numbers")
      }
      return numbers
    }
    guard rows.count > Self.learned else { throw Failure("\(path) has \(rows.count) rows; more than 400 are needed") }
    series = Series(name: name, columns: columns, values: rows.flatMap { $0.dropLast(2) })
    isAnomaly = rows.map { $0[columns.count] == 1 }
  }
}
