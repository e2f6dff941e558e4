import Latent

/// Where the time of a training step goes.
package struct LayerTable: Sendable {
  /// Milliseconds of a step, of all threads together.
  struct Row: Sendable, Equatable {
    let name: String
    let forward: Double
    let backward: Double
    let other: Double

    var total: Double { forward + backward + other }
  }

  /// By falling time.
  let rows: [Row]
  /// What was measured.
  package var caption: String

  /// Rows beyond these are one.
  private static let mostRows = 24

  /// - Parameters:
  ///   - steps: training steps that were measured
  ///   - batchSize: images of a step
  package init(_ profile: Profile, steps: Int, batchSize: Int, threads: Int) {
    let milliseconds = 1000 / Double(max(steps, 1))
    let all = profile.rows.map { row in
      Row(
        name: row.name, forward: row.forward.seconds * milliseconds, backward: row.backward.seconds * milliseconds,
        other: row.other.seconds * milliseconds)
    }.filter { $0.total > 0 }.sorted { $0.total > $1.total }
    let rest = all.dropFirst(Self.mostRows)
    rows =
      all.prefix(Self.mostRows)
      + (rest.isEmpty
        ? []
        : [
          Row(
            name: "\(rest.count) smaller rows", forward: rest.reduce(0) { $0 + $1.forward },
            backward: rest.reduce(0) { $0 + $1.backward }, other: rest.reduce(0) { $0 + $1.other })
        ])
    caption =
      "\(steps == 1 ? "One" : "A") training step of \(Format.grouped(Double(batchSize))) images"
      + (steps == 1 ? "" : ", the mean of \(steps)") + ": milliseconds of "
      + (threads == 1 ? "one thread" : "all \(threads) threads together") + "."
  }
}
