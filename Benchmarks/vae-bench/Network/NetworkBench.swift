import Latent
import LatentCommand
import LatentMPI
import LatentRun
import LatentTraining

/// Measures links, the sum of gradients and what a step consists of.
struct NetworkBench {
  private let settings: RunSettings
  private let data: RunData
  private let world = Processes.world

  init(_ settings: RunSettings, _ data: RunData) { (self.settings, self.data) = (settings, data) }

  /// - Parameter report: of a profiled epoch, whose exchanges are counted
  func run(_ measurement: inout Measurement, _ report: Report) throws -> NetworkReport {
    let model = try StepCalibration(settings, data).model(
      measurement.plan, exchanges: exchanges(report), pool: measurement.pool)
    let measured = Statistics.median(try measurement.stepSeconds()) ?? 0
    let links = world.measureLinks()
    let sum = world.measureSum(
      elements: model.gradientBytes / settings.training.precision.element.size,
      element: settings.training.precision.element,
      shards: model.shards, on: measurement.pool)
    let (link, ranksOfAHost) = usedLink(links, message: Double(model.gradientBytes) / Double(world.processes))
    return NetworkReport(
      links: links, gradientBytes: model.gradientBytes, sumSeconds: sum, model: model, link: link,
      ranksOfAHost: ranksOfAHost, measuredStep: measured,
      predictedStep: model.step(
        ranks: world.processes, link: link, sharing: ranksOfAHost == world.processes ? 1 : ranksOfAHost),
      predictions: NetworkReport.predictions(model, secondsPerMessage: link.secondsPerMessage))
  }

  /// Exchanges of a step: each one has its wait in the profile, the sum's two have one.
  private func exchanges(_ report: Report) -> Double {
    let waits = report.rows.first { $0.name == Profiler.waitingForRanks }?.other?.calls ?? 0
    let steps = max(1, report.epoch.stepSeconds.count)
    return (Double(waits) / Double(world.processes * steps) + 1).rounded(.down)
  }

  /// The median link between machines, where there are several, and else within the one.
  private func usedLink(_ links: [LinkFigures], message: Double) -> (LinkSpeed, ranksOfAHost: Int) {
    let between = links.filter { !$0.isWithinHost }
    let used = between.isEmpty ? links : between
    func median(_ value: (LinkFigures) -> Double) -> Double { Statistics.median(used.map(value)) ?? 0 }
    let ranks = Dictionary(grouping: world.hosts) { $0 }.values.map(\.count).max() ?? 1
    return (
      LinkSpeed(
        latency: median(\.latency), secondsPerMessage: median(\.secondsPerMessage),
        bytesPerSecond: median { $0.bytesPerSecond(at: message) }), ranks
    )
  }
}
