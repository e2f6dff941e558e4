import LatentData
import LatentFiles

/// The columns of a history's table, and the lines below them. It grows with the run: a new epoch is a line at its end,
/// but where it has parts that no epoch before had.
package struct HistoryTable: Sendable {
  /// The parts of all epochs' losses, of training and of validation.
  package private(set) var parts: [String]
  /// Whether training or validation watch something else than their total.
  private(set) var watches: [Bool]
  /// The names of all epochs' metrics.
  package private(set) var metrics: [String] = []

  /// The table of no epoch.
  package init() { self.init(parts: [], watches: [false, false]) }

  init(parts: [String], watches: [Bool]) { (self.parts, self.watches) = (parts, watches) }

  /// Makes room for an epoch's losses.
  ///
  /// - Returns: whether there are new columns: lines before then have too few cells
  @discardableResult
  package mutating func add(_ record: EpochRecord) -> Bool {
    var isWider = false
    for (index, losses) in [record.training, record.validation].enumerated() {
      for part in losses?.parts ?? [] where !parts.contains(part.name) {
        parts.append(part.name)
        isWider = true
      }
      guard let losses, !watches[index], losses.watchesItsOwn else { continue }
      watches[index] = true
      isWider = true
    }
    for metric in record.metrics where !metrics.contains(metric.name) {
      metrics.append(metric.name)
      isWider = true
    }
    return isWider
  }

  /// The line of the columns' names.
  package var head: String { CSVText.line(columns.map(\.name)) + "\n" }

  /// The line of an epoch whose losses there are columns for; what it has not stays empty.
  package func line(_ record: EpochRecord) -> String {
    CSVText.line(columns.map { $0.kind.text(record) }) + "\n"
  }

  /// The columns in their order.
  var columns: [(name: String, kind: Column)] {
    var columns: [(String, Column)] = [("epoch", .epoch)]
    for (index, side) in Side.allCases.enumerated() {
      columns.append((side.rawValue + "_loss", .total(side)))
      columns += parts.map { (side.rawValue + "_" + Losses.name($0, besides: Self.others), .part(side, $0)) }
      if watches[index] { columns.append((side.rawValue + "_monitored", .monitored(side))) }
    }
    columns += metrics.map { ($0, .metric($0)) }
    columns += Rate.allCases.map { ($0.rawValue, .rate($0)) }
    return columns + [(Self.digest, .digest)]
  }

  /// What training and validation have columns for beside their parts.
  static let others: Set = ["loss", "monitored", "seconds"]
  static let digest = "weights_xxh64"

  /// Whether a metric may have this name: it is a column of its own beside all others.
  static func canBeMetric(_ name: String) -> Bool {
    !name.isEmpty && !Side.allCases.contains { name.utf8.starts(with: ($0.rawValue + "_").utf8) }
      && !HistoryTable().columns.contains { $0.name == name }
  }

  enum Side: String, CaseIterable {
    case training = "train"
    case validation
  }

  enum Rate: String, CaseIterable {
    case trainingSeconds = "train_seconds"
    case validationSeconds = "validation_seconds"
    case examplesPerSecond = "examples_per_second"
    case learningRate = "learning_rate"

    func value(_ record: EpochRecord) -> Double {
      switch self {
      case .trainingSeconds: record.trainingSeconds
      case .validationSeconds: record.validationSeconds
      case .examplesPerSecond: record.examplesPerSecond
      case .learningRate: record.learningRate
      }
    }
  }

  /// What is in a column.
  enum Column: Hashable {
    case epoch, digest
    case total(Side)
    case monitored(Side)
    case part(Side, String)
    case metric(String)
    case rate(Rate)

    /// Whose losses it has; nil where it has none.
    var side: Side? {
      switch self {
      case .total(let side), .monitored(let side), .part(let side, _): side
      case .epoch, .digest, .metric, .rate: nil
      }
    }

    /// An epoch's cell.
    func text(_ record: EpochRecord) -> String {
      func losses(_ side: Side) -> Losses? { side == .training ? record.training : record.validation }
      switch self {
      case .epoch: return "\(record.epoch)"
      case .digest: return record.weightsDigest.map { Hexadecimal.text($0) } ?? ""
      case .total(let side): return losses(side).map { "\($0.total)" } ?? ""
      case .part(let side, let name): return losses(side)?[name].map { "\($0)" } ?? ""
      case .monitored(let side):
        return losses(side).flatMap { $0.watchesItsOwn ? "\($0.monitored)" : nil } ?? ""
      case .metric(let name): return record.metrics.first { $0.name == name }.map { "\($0.value)" } ?? ""
      case .rate(let rate): return "\(rate.value(record))"
      }
    }
  }
}

extension Losses {
  /// Whether what is watched is something else than the total.
  var watchesItsOwn: Bool { monitored.bitPattern != total.bitPattern }

  /// The total and the parts under names that differ, whatever the parts are called: a part's own name, or `part_` before
  /// it where it is `total` or another name in `others`.
  package func named(total: String, besides others: Set<String> = []) -> [(name: String, value: Double)] {
    [(total, self.total)] + parts.map { (Self.name($0.name, besides: others.union([total])), $0.value) }
  }

  /// The name of a part among `others`. Where it has got `part_`, so has one that begins with `part_` of its own: no two
  /// parts come to one name.
  package static func name(_ part: String, besides others: Set<String>) -> String {
    others.contains(part) || part.utf8.starts(with: prefix.utf8) ? prefix + part : part
  }

  /// The part that ``name(_:besides:)`` gave a name to; the name itself where it gives none this one, as earlier versions
  /// did.
  static func part(_ name: String, besides others: Set<String>) -> String {
    guard name.utf8.starts(with: prefix.utf8) else { return name }
    let part = String(decoding: name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    return Losses.name(part, besides: others) == name ? part : name
  }

  private static let prefix = "part_"
}
