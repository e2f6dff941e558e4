import Foundation
import Latent
import LatentCommand
import LatentMPI

/// What one rank has measured, as it tells it to the others.
struct RankResult: Codable {
  var rank: Report.Rank
  var epoch: Report.Epoch
  var ceilings: Ceilings
  var rows: [Report.Row]
  /// Each thread's rows, added up, in seconds.
  var secondsByThread: [Double]

  /// Those of all ranks, by rank.
  func gathered(over world: World) -> [RankResult] {
    if world.processes == 1 { return [self] }
    return world.gather(Array(try! JSONEncoder().encode(self))).map {
      try! JSONDecoder().decode(RankResult.self, from: Data($0))
    }
  }
}

extension Report {
  /// The ranks' results as one: rows, rates and counts are added up, and times are those of all ranks together.
  init(_ results: [RankResult], fingerprint: Fingerprint, settings: [String: String]) {
    let threads = results.map { Double($0.secondsByThread.count) }
    var epoch = results[0].epoch
    func mean(_ value: (RankResult) -> Double) -> Double {
      zip(results, threads).reduce(0) { $0 + value($1.0) * $1.1 } / threads.reduce(0, +)
    }
    func sum(_ value: (RankResult) -> Double) -> Double { results.reduce(0) { $0 + value($1) } }
    // A mean over threads, as those of the rows are, so that they add up to it.
    epoch.wallSeconds = mean { $0.rank.wallSeconds }
    epoch.utilisation = mean { $0.epoch.utilisation * $0.rank.wallSeconds } / epoch.wallSeconds
    epoch.peakResidentBytes = results.map(\.epoch.peakResidentBytes).max()!
    epoch.allocatedBytesPerStep = sum(\.epoch.allocatedBytesPerStep)
    epoch.pageFaultsPerStep = sum(\.epoch.pageFaultsPerStep)
    epoch.trainingFlops = sum(\.epoch.trainingFlops)
    epoch.marks = results.reduce(0) { $0 + $1.epoch.marks }
    self.init(
      fingerprint: fingerprint, settings: settings, ceilings: Ceilings(together: results.map(\.ceilings)),
      epoch: epoch, rows: LayerRows(together: results.map(\.rows)).rows,
      secondsByThread: results.flatMap(\.secondsByThread))
    if results.count > 1 { ranks = results.map(\.rank) }
  }
}
