extension CurveChart {
  /// A run beside others.
  public struct Run: Sendable, Equatable {
    /// What the legend calls it.
    public var name: String
    /// The losses of its training part.
    public var training: Losses
    /// Those of its validation part; nil for a run without one.
    public var validation: Losses?

    public init(_ name: String, training: Losses, validation: Losses? = nil) {
      (self.name, self.training, self.validation) = (name, training, validation)
    }
  }

  /// Three panels, total loss, reconstruction and KL divergence, each with all runs, a colour for each: its validation loss,
  /// and dashed its training loss. After ten runs colours come again, with other marks.
  public static func comparison(
    _ runs: [Run], title: String = "Losses of several runs", unit: String = "nats per image"
  ) -> CurveChart {
    func panel(_ name: String, _ part: KeyPath<Losses, [Double]>) -> Panel {
      let series = runs.enumerated().flatMap { index, run in
        let color = Color.distinct[index % Color.distinct.count]
        let round = index / Color.distinct.count % (Mark.allCases.count)
        var training = Series(
          "\(run.name), training", run.training[keyPath: part], color: color, dashed: run.validation != nil)
        training.mark = round == 0 ? nil : Mark.allCases[round]
        guard let validation = run.validation else { return [training] }
        var other = Series("\(run.name), validation", validation[keyPath: part], color: color)
        other.mark = training.mark
        return [other, training]
      }
      return Panel(name, yTitle: unit, series: series)
    }
    return CurveChart(
      title: title,
      panels: [panel("Total", \.total), panel("Reconstruction", \.reconstruction), panel("KL divergence", \.kl)]
    )
  }
}
