import LatentData
import LatentFiles

extension History {
  /// A table with a line for each epoch: its number, losses in nats per example, seconds, examples per second, learning
  /// rate, and the weights' digest in hexadecimal digits. Numbers are written so that reading them gives the same doubles
  /// back.
  ///
  /// The parts that any epoch has are columns after `train_loss` and `validation_loss`, empty where an epoch has not got
  /// them, as all of validation's are without a validation part. The column of a part `kl` is `train_kl`; parts that are
  /// called `loss`, `monitored` or `seconds`, or begin with `part_`, get `part_` before their name. Where something else
  /// than the total is watched (``Losses/monitored``), that is a column as well. Metrics are columns under their own names,
  /// after the losses. What needs quotes is quoted (RFC 4180).
  public var csv: String {
    let table = table
    return table.head + epochs.map { table.line($0) }.joined()
  }

  /// The columns of ``csv``.
  package var table: HistoryTable {
    epochs.reduce(into: HistoryTable()) { $0.add($1) }
  }

  /// The history of a table that ``csv`` wrote, with or without digests; nil for any other text. A last line that was cut
  /// off, as a run that is killed may leave it, does not count.
  public init?(csv: String) {
    self.init()
    var rest = ArraySlice(csv.utf8)
    guard let head = CSVText.takeLine(&rest)?.cells, let columns = Self.columns(head) else { return nil }
    while !rest.isEmpty {
      guard let line = CSVText.takeLine(&rest) else { return nil }
      if line.cells == [""] { continue }
      guard let record = Self.record(line.cells, columns) else {
        if line.isFinished { return nil }
        return
      }
      append(record)
    }
  }

  /// What is in the columns of these names; nil where they are not those of a history.
  private static func columns(_ names: [String]) -> [HistoryTable.Column]? {
    let fixed = HistoryTable(parts: [], watches: [true, true]).columns
    let known = Dictionary(uniqueKeysWithValues: fixed.map { ($0.name, $0.kind) })
    var columns: [HistoryTable.Column] = []
    for name in names {
      if let kind = known[name] {
        columns.append(kind)
        continue
      }
      guard let side = HistoryTable.Side.allCases.first(where: { name.utf8.starts(with: ($0.rawValue + "_").utf8) })
      else {
        guard HistoryTable.canBeMetric(name) else { return nil }
        columns.append(.metric(name))
        continue
      }
      let rest = String(decoding: name.utf8.dropFirst(side.rawValue.utf8.count + 1), as: UTF8.self)
      columns.append(.part(side, Losses.part(rest, besides: HistoryTable.others)))
    }
    let optional: Set<HistoryTable.Column> = [.digest, .monitored(.training), .monitored(.validation)]
    let isWhole = Set(fixed.map(\.kind)).subtracting(optional).isSubset(of: columns)
    return isWhole && Set(columns).count == columns.count ? columns : nil
  }

  /// The epoch of a line; nil where a cell is missing, or is not what its column has.
  private static func record(_ cells: [String], _ columns: [HistoryTable.Column]) -> EpochRecord? {
    guard cells.count == columns.count else { return nil }
    var numbers: [HistoryTable.Column: Double] = [:]
    var (epoch, digest): (Int?, UInt64?)
    for (column, cell) in zip(columns, cells) where !cell.isEmpty {
      switch column {
      case .epoch: epoch = Int(cell)
      case .digest:
        digest = Hexadecimal.number(cell)
        if digest == nil { return nil }
      default:
        guard let number = Double(cell) else { return nil }
        numbers[column] = number
      }
    }
    func losses(_ side: HistoryTable.Side) -> Losses? {
      guard let total = numbers[.total(side)] else { return nil }
      let parts = columns.compactMap { column -> (String, Double)? in
        guard case .part(side, let name) = column, let value = numbers[column] else { return nil }
        return (name, value)
      }
      return Losses(total: total, parts: parts, monitored: numbers[.monitored(side)])
    }
    let rates = HistoryTable.Rate.allCases.compactMap { numbers[.rate($0)] }
    let validation = losses(.validation)
    // Parts belong to a total.
    let isWhole = validation != nil || !numbers.keys.contains { $0.side == .validation }
    guard let epoch, let training = losses(.training), rates.count == 4, isWhole else { return nil }
    let metrics = columns.compactMap { column -> MetricValue? in
      guard case .metric(let name) = column, let value = numbers[column] else { return nil }
      return MetricValue(name: name, value: value)
    }
    return EpochRecord(
      epoch: epoch, training: training, validation: validation, trainingSeconds: rates[0],
      validationSeconds: rates[1], examplesPerSecond: rates[2], learningRate: rates[3], weightsDigest: digest,
      metrics: metrics)
  }

  /// A line of JSON for each epoch, with the numbers of ``csv`` under the same names; what is not finite is null (JSON
  /// Lines).
  public var jsonLines: String { epochs.map(\.jsonLine).joined() }
}

extension EpochRecord {
  /// Its line of JSON, with a line break.
  package var jsonLine: String {
    func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }
    func losses(_ losses: Losses?) -> String {
      guard let losses else { return "null" }
      var members = losses.named(total: "loss", besides: HistoryTable.others)
      if losses.watchesItsOwn { members.append(("monitored", losses.monitored)) }
      return "{" + members.map { "\(JSONText.quoted($0.name)):\(number($0.value))" }.joined(separator: ",") + "}"
    }
    let rates = HistoryTable.Rate.allCases.map { "\"\($0.rawValue)\":\(number($0.value(self)))" }
    let measured = metrics.map { "\(JSONText.quoted($0.name)):\(number($0.value))" }.joined(separator: ",")
    return "{\"epoch\":\(epoch),\"train\":\(losses(training)),\"validation\":\(losses(validation)),"
      + (metrics.isEmpty ? "" : "\"metrics\":{\(measured)},") + rates.joined(separator: ",")
      + ",\"\(HistoryTable.digest)\":"
      + (weightsDigest.map { JSONText.quoted(Hexadecimal.text($0)) } ?? "null") + "}\n"
  }
}
