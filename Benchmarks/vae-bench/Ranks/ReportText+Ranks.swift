import Latent
import LatentFiles
import LatentReport

extension ReportText {
  /// A line for each rank, and how far they are apart.
  func ranks(_ report: Report) -> String {
    guard let ranks = report.ranks, !ranks.isEmpty else { return "" }
    var table = TextTable(
      [
        "rank", "host", "threads", "shards", "images", "computing s", "communication s", "waiting s", "computing",
        "communication", "waiting", "peak memory",
      ], leftColumns: [0, 1])
    for rank in ranks {
      func share(_ seconds: Double) -> String { Self.percent(seconds / rank.wallSeconds) }
      table.add([
        "\(rank.rank)", rank.host, "\(rank.threads)", "\(rank.shards)", Format.grouped(Double(rank.images)),
        Format.fixed(rank.computingSeconds, 3), Format.fixed(rank.communicationSeconds, 3),
        Format.fixed(rank.waitingSeconds, 3), share(rank.computingSeconds), share(rank.communicationSeconds),
        share(rank.waitingSeconds), Format.bytes(Double(rank.peakResidentBytes)),
      ])
    }
    let slowest = ranks.max { $0.computingSeconds < $1.computingSeconds }!
    let mean = ranks.reduce(0) { $0 + $1.computingSeconds } / Double(ranks.count)
    let wall = ranks.reduce(0) { $0 + $1.wallSeconds }
    func part(_ value: (Report.Rank) -> Double) -> String { Self.percent(ranks.reduce(0) { $0 + value($1) } / wall) }
    return table.text(isMarkdown: isMarkdown)
      + "rank \(slowest.rank) computes longest, \(Format.fixed(slowest.computingSeconds, 3)) s: "
      + "\(Self.percent(slowest.computingSeconds / mean - 1)) above the mean; communication takes "
      + "\(part(\.communicationSeconds)) of the ranks' time, waiting for other ranks \(part(\.waitingSeconds))\n"
  }
}
