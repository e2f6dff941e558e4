import LatentFiles
import LatentReport
import LatentRun
import LatentTraining

/// Runs side by side: what they were given where it differs, and what came of it.
struct ComparisonTable {
  private(set) var lines: [String] = []

  init(_ runs: [ComparedRun]) {
    var rows: [[String]] = [[""] + runs.map(\.name)]
    func add(_ title: String, _ value: (ComparedRun) -> String) { rows.append([title] + runs.map(value)) }
    var names: [String] = []
    for run in runs.dropFirst() {
      names += RunRecord.differing(runs[0].record.texts, run.record.texts).filter { !names.contains($0) }
    }
    // What is long is said otherwise, by the data's name and limit, or by the sentence below.
    for name in names where !["data.sha256", "data.provenance"].contains(name) {
      add(name) { Self.shortened($0.value(of: name)) }
    }
    add("status") { "\($0.record.status)".withoutControls }
    add("epochs done") { "\($0.history.epochs.count)" }
    if runs.contains(where: { $0.record.results?.parameters != nil }) {
      add("parameters") { $0.record.results?.parameters.map { Format.grouped(Double($0)) } ?? "-" }
    }
    add("seconds per epoch") { run in
      let seconds = run.history.seconds
      return Format.measure(seconds / Double(run.history.epochs.count))
    }
    add("images/s, last epoch") { Format.grouped($0.history.last!.examplesPerSecond) }
    add("best epoch") { $0.best.map { "\($0.epoch)" } ?? "-" }
    var parts: [String] = []
    for part in runs.flatMap({ $0.history.table.parts }) where !parts.contains(part) {
      parts.append(part)
    }
    func losses(_ title: String, _ losses: (ComparedRun) -> Losses?) {
      guard runs.contains(where: { losses($0) != nil }) else { return }
      add(title) { losses($0).map { Format.fixed($0.total, 2) } ?? "-" }
      for part in parts { add("  \(part.withoutControls)") { losses($0)?[part].map { Format.fixed($0, 2) } ?? "-" } }
    }
    losses("validation, best") { $0.best?.validation }
    losses("validation, last") { $0.history.last?.validation }
    losses("training, last") { $0.history.last?.training }
    lines = Self.aligned(rows)
  }

  private static func shortened(_ text: String) -> String { text.count > 36 ? text.prefix(35) + "…" : text }

  /// The first column from the left, all others to the right.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.map { row in
      let cells = zip(row, widths).dropFirst().map { "  " + EpochTable.padded($0, $1) }
      return row[0] + String(repeating: " ", count: widths[0] - row[0].count) + cells.joined()
    }
  }
}
