import LatentTraining
import TestSupport
import Testing

@testable import LatentReport

/// Curves of a run's history: losses, their parts, metrics.
@Suite struct HistoryChartTests {
  private func history(_ parts: [String], _ metrics: [String], validates: Bool = true) throws -> History {
    let sides = ["train"] + (validates ? ["validation"] : [])
    var names = ["epoch"]
    for side in sides { names += (["loss"] + parts).map { "\(side)_\($0)" } }
    names += metrics
    if !validates { names.append("validation_loss") }
    names += ["train_seconds", "validation_seconds", "examples_per_second", "learning_rate"]
    var csv = names.joined(separator: ",") + "\n"
    for epoch in 1...3 {
      let cells = names.enumerated().map { (column: Int, name: String) -> String in
        if name == "validation_loss" && !validates { return "" }
        return name == "epoch" ? "\(epoch)" : "\(100 * column + epoch)"
      }
      csv += cells.joined(separator: ",") + "\n"
    }
    return try #require(History(csv: csv))
  }

  @Test func losssesAndMetrics() throws {
    let chart = CurveChart(
      try history(["kl", "reconstruction"], ["mean_error"]), title: "t", unit: "nats", total: "All")
    #expect(chart.panels.map(\.title) == ["All", "Reconstruction", "KL divergence", "Mean error"])
    #expect(chart.panels.map(\.yTitle) == ["nats", "nats", "nats", ""])
    #expect(chart.panels[1].series.map(\.values) == [[301, 302, 303], [601, 602, 603]])
    #expect(
      chart.panels[3].series.map(\.name) == ["validation"] && chart.panels[3].series[0].values == [701, 702, 703])
  }

  /// Of another model there is what its loss has; without a validation part metrics are of training.
  @Test func anyModel() throws {
    let chart = CurveChart(try history(["hinge"], ["f1"], validates: false), title: "t", unit: "", total: "Loss")
    #expect(chart.panels.map(\.title) == ["Loss", "Hinge", "F1"])
    #expect(chart.panels.map { $0.series.map(\.name) } == [["training"], ["training"], ["training"]])
  }

  /// A chart that grows is that of the whole history.
  @Test func grows() throws {
    let whole = try history(["kl", "reconstruction"], ["accuracy"])
    var first = History()
    first.append(whole.epochs[0])
    var chart = CurveChart(first, title: "t", unit: "nats", total: "All")
    for record in whole.epochs.dropFirst() { chart.append(record) }
    #expect(chart == CurveChart(whole, title: "t", unit: "nats", total: "All"))
    // What an epoch has not is a gap.
    chart.append(try history([], [], validates: false).epochs[0])
    let last = chart.panels.flatMap(\.series).map { $0.values[3] }
    #expect(last[0] == 101 && last.dropFirst().allSatisfy(\.isNaN))
  }
}
