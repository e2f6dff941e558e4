import LatentData
import LatentFiles
import LatentKernels

/// Curves in one or more panels side by side, drawn as SVG or as a picture: over the epochs of a training run, or over
/// numbers or times of their own.
///
///     let losses = CurveChart(
///       title: "Losses", yTitle: "nats",
///       series: [.init("training", [3, 2, 1.5]), .init("validation", [3.1, 2.2, 1.9])])
///     let sweep = CurveChart(
///       title: "Learning rates", xTitle: "learning rate", yTitle: "error", xAxis: .logarithmic,
///       series: [.init("five seeds", x: [1e-4, 1e-3, 1e-2], y: [0.3, 0.1, 0.4], band: .init([0.2, 0.1, 0.3], [0.4, 0.2, 0.6]))])
///
/// The SVG is self-contained, follows the reader's light or dark colour scheme, and says its contents in words for
/// readers who do not see it.
public struct CurveChart: Sendable, Equatable {
  /// One curve.
  public struct Series: Sendable, Equatable {
    /// What the legend calls it.
    public var name: String
    /// Its values; one that is not finite, or beyond ±10¹⁰⁰, leaves a gap, and so does one that is not positive on a
    /// logarithmic axis.
    public var values: [Double]
    /// Where along the horizontal axis each value lies, in seconds since 1970 where that is of times; nil for epoch 1, 2, …
    public var x: [Double]?
    /// What the values lie in, with some probability; nil where that is not known.
    public var band: Band?
    /// The colour of its line. Nil for one that tells it apart from the chart's other series: all of one name have the same.
    public var color: Color?
    /// Whether its line is dashed.
    public var dashed: Bool
    /// What is drawn at some of its points, and at its end; nil for a dot at the end alone.
    public var mark: Mark?

    /// A curve over epochs.
    ///
    /// - Parameter values: of epoch 1, 2, …
    public init(_ name: String, _ values: [Double], color: Color? = nil, dashed: Bool = false) {
      (self.name, self.values, self.color, self.dashed) = (name, values, color, dashed)
    }

    /// A curve through points of one's own.
    ///
    /// - Parameters:
    ///   - x: where the values lie, in the order in which the line goes through them; seconds since 1970 on an axis of times
    ///   - y: as many values
    ///   - band: what each of them lies in
    public init(
      _ name: String, x: [Double], y: [Double], band: Band? = nil, color: Color? = nil, dashed: Bool = false,
      mark: Mark? = nil
    ) {
      require(
        x.count == y.count,
        "CurveChart.Series: \(name) has \(x.count) places and \(y.count) values"
          + "; there must be as many of both")
      self.init(name, y, color: color, dashed: dashed)
      (self.x, self.band, self.mark) = (x, band, mark)
    }
  }

  /// One pair of axes with its curves.
  public struct Panel: Sendable, Equatable {
    /// Above the axes.
    public var title: String
    /// Below the horizontal axis.
    public var xTitle: String
    /// Beside the vertical axis.
    public var yTitle: String
    /// What the horizontal axis is divided into.
    public var xAxis: XAxis
    /// What the vertical axis is divided into.
    public var yAxis: YAxis
    /// Parts of the horizontal axis that are shaded.
    public var spans: [Span]
    /// The curves, in the legend's order.
    public var series: [Series]
    /// What of a history it shows; nil for anything else.
    var source: Source?

    /// - Parameter xTitle: "epoch" where left out, and nothing where the series have places of their own
    public init(
      _ title: String, xTitle: String? = nil, yTitle: String, xAxis: XAxis = .linear, yAxis: YAxis = .linear,
      spans: [Span] = [], series: [Series]
    ) {
      self.title = title
      self.xTitle = xTitle ?? (series.contains { $0.x != nil } ? "" : "epoch")
      self.yTitle = yTitle
      (self.xAxis, self.yAxis, self.spans, self.series) = (xAxis, yAxis, spans, series)
    }
  }

  /// Above all panels.
  public var title: String
  /// From left to right, row by row.
  public var panels: [Panel]
  /// Panels beside each other before a new row starts.
  public var panelsPerRow: Int

  public init(title: String, panels: [Panel], panelsPerRow: Int = 3) {
    require(panelsPerRow > 0, "CurveChart: \(panelsPerRow) panels in a row; at least one is needed")
    self.title = title
    self.panels = panels
    self.panelsPerRow = panelsPerRow
  }

  /// A chart of one panel.
  ///
  /// - Parameter xTitle: "epoch" where left out, and nothing where the series have places of their own
  public init(
    title: String, xTitle: String? = nil, yTitle: String, xAxis: XAxis = .linear, yAxis: YAxis = .linear,
    spans: [Span] = [], series: [Series]
  ) {
    self.init(
      title: title,
      panels: [Panel("", xTitle: xTitle, yTitle: yTitle, xAxis: xAxis, yAxis: yAxis, spans: spans, series: series)])
  }

  /// Writes the SVG to `path`, whole or not at all.
  public func write(to path: String) throws(FileError) {
    try AtomicFile.write(Array(svg().utf8), to: path)
  }
}

extension CurveChart {
  /// The parts of a variational auto-encoder's loss after each epoch, in nats per image.
  public struct Losses: Sendable, Equatable {
    /// The negative evidence lower bound.
    public var total: [Double]
    /// The negative log-likelihood of the image given its code.
    public var reconstruction: [Double]
    /// The Kullback-Leibler divergence of the code from the prior.
    public var kl: [Double]

    public init(total: [Double], reconstruction: [Double], kl: [Double]) {
      self.total = total
      self.reconstruction = reconstruction
      self.kl = kl
    }
  }

  /// Three panels, total loss, reconstruction and KL divergence, each with training against validation.
  ///
  /// - Parameter validation: nil for a run without validation images.
  public static func lossCurves(
    training: Losses, validation: Losses? = nil, title: String = "Loss, training and validation",
    unit: String = "nats per image"
  ) -> CurveChart {
    func panel(_ name: String, _ part: KeyPath<Losses, [Double]>) -> Panel {
      var series = [Series("training", training[keyPath: part], color: .blue)]
      if let validation {
        series.append(Series("validation", validation[keyPath: part], color: .orange, dashed: true))
      }
      return Panel(name, yTitle: unit, series: series)
    }
    return CurveChart(
      title: title,
      panels: [
        panel("Total (−ELBO)", \.total), panel("Reconstruction", \.reconstruction), panel("KL divergence", \.kl),
      ])
  }
}
