import Latent
import LatentFiles
import LatentMPI
import LatentReport

/// The network's report for people.
struct NetworkText {
  let isMarkdown: Bool

  func text(_ network: NetworkReport, _ report: Report) -> String {
    [links(network), sum(network, report), step(network), predictions(network)].joined(separator: "\n")
  }

  /// Within a machine and between machines: the median of the pairs, and the worst one.
  private func links(_ network: NetworkReport) -> String {
    let sizes = network.links.first?.rates.map(\.bytes) ?? []
    var table = TextTable(
      ["links", "pairs", "", "latency us", "further message us"]
        + sizes.map { "GB/s each way, \(Format.bytes(Double($0)))" }, leftColumns: [0, 2])
    for (name, isWithinHost) in [("within a host", true), ("between hosts", false)] {
      let pairs = network.links.filter { $0.isWithinHost == isWithinHost }
      guard !pairs.isEmpty else { continue }
      func add(_ title: String, _ summary: ([Double]) -> Double, _ rate: ([Double]) -> Double) {
        table.add(
          [
            title == "median" ? name : "", title == "median" ? "\(pairs.count)" : "", title,
            micro(summary(pairs.map(\.latency))), micro(summary(pairs.map(\.secondsPerMessage))),
          ] + sizes.indices.map { size in Format.fixed(rate(pairs.map { $0.rates[size].bytesPerSecond }) * 1e-9, 2) })
      }
      let median: ([Double]) -> Double = { Statistics.median($0) ?? 0 }
      add("median", median, median)
      let worst = pairs.max { $0.rates.last!.bytesPerSecond > $1.rates.last!.bytesPerSecond }!
      add("worst, ranks \(worst.first) and \(worst.second)", { $0.max() ?? 0 }, { $0.min() ?? 0 })
    }
    return table.text(isMarkdown: isMarkdown)
  }

  private func sum(_ network: NetworkReport, _ report: Report) -> String {
    let share = network.measuredStep > 0 ? network.sumSeconds / network.measuredStep : 0
    return "sum of gradients, \(Format.bytes(Double(network.gradientBytes))) on \(report.ranks?.count ?? 1) ranks: "
      + "\(ms(network.sumSeconds)) ms, \(ReportText.percent(share)) of a step\n"
  }

  private func step(_ network: NetworkReport) -> String {
    var table = TextTable(["step of these ranks", "ms"])
    let predicted = network.predictedStep
    for (name, seconds) in [
      ("shards, forward and backward", predicted.computing), ("what each rank does by itself", predicted.undivided),
      ("gradients on their way", predicted.transfer), ("latency of messages", predicted.messages),
      ("predicted", predicted.total), ("measured", network.measuredStep),
    ] {
      table.add([name, ms(seconds)])
    }
    let ratio = network.measuredStep > 0 ? network.measuredStep / predicted.total : 0
    return table.text(isMarkdown: isMarkdown) + "measured over predicted: \(Format.fixed(ratio, 3))\n"
  }

  private func predictions(_ network: NetworkReport) -> String {
    let names = NetworkReport.networks.map(\.name)
    var table = TextTable(
      ["hosts"] + names.map { "one batch, \($0)" } + names.map { "batch for each, \($0)" })
    for hosts in NetworkReport.hosts {
      func cells(
        _ efficiency: KeyPath<NetworkReport.Prediction, Double>, _ step: KeyPath<NetworkReport.Prediction, StepTime>
      )
        -> [String]
      {
        names.map { name in
          network.predictions.first { $0.network == name && $0.hosts == hosts }.map {
            "\(ReportText.percent($0[keyPath: efficiency], 0)), \(ms($0[keyPath: step].total)) ms"
          } ?? ""
        }
      }
      table.add(
        ["\(hosts)"] + cells(\.sameBatchEfficiency, \.sameBatch) + cells(\.batchForEachEfficiency, \.batchForEach))
    }
    let model = network.model
    let alone = model.step(ranks: 1, link: network.link).total
    let latencies = NetworkReport.networks.map { "\(micro($0.latency)) us at \($0.name)" }.joined(separator: ", ")
    return "Predicted efficiency, and the time of a step, where one host takes \(ms(alone)) ms:\n\n"
      + table.text(isMarkdown: isMarkdown)
        + """

        assumed: a rank a host, of \(model.threads) \(model.threads == 1 ? "thread" : "threads") as fast as the slowest rank's here; \
        one batch: \(model.batchSize) examples in \(model.shards) shards, or one shard for each thread where that is more; \
        batch for each: \(model.batchSize) examples and \(model.shards) shards for each host; \
        \(Format.bytes(Double(network.gradientBytes))) of gradients and \(Format.fixed(model.exchanges, 0)) exchanges a step; \
        links full-duplex, at 94% of their speed, no congestion; latency \(latencies), and \
        \(micro(network.link.secondsPerMessage)) us for each further message, as measured here; hosts equally fast

        """
  }

  private func ms(_ seconds: Double) -> String { Format.fixed(seconds * 1e3, 2) }
  private func micro(_ seconds: Double) -> String { Format.fixed(seconds * 1e6, 1) }
}
