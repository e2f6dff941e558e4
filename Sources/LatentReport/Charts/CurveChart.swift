import LatentData
import LatentFiles
import LatentKernels

/// Curves over the epochs of a training run, in one or more panels side by side, drawn as SVG.
///
/// The SVG is self-contained, follows the reader's light or dark colour scheme, and says its contents in words for
/// readers who do not see it.
public struct CurveChart: Sendable, Equatable {
  /// A colour with a variant for each colour scheme, told apart by colour-blind readers as well.
  public enum Color: String, Sendable, CaseIterable {
    case blue, orange, green, purple, red, grey
  }

  /// One curve.
  public struct Series: Sendable, Equatable {
    /// What the legend calls it.
    public var name: String
    /// The value of epoch 1, 2, …; one that is not finite, or beyond ±10¹⁰⁰, leaves a gap.
    public var values: [Double]
    /// The colour of its line.
    public var color: Color
    /// Whether its line is dashed.
    public var dashed: Bool

    public init(_ name: String, _ values: [Double], color: Color = .blue, dashed: Bool = false) {
      self.name = name
      self.values = values
      self.color = color
      self.dashed = dashed
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
    /// The curves, in the legend's order.
    public var series: [Series]
    /// What of a history it shows; nil for anything else.
    var source: Source?

    public init(_ title: String, xTitle: String = "epoch", yTitle: String, series: [Series]) {
      self.title = title
      self.xTitle = xTitle
      self.yTitle = yTitle
      self.series = series
    }
  }

  /// Above all panels.
  public var title: String
  /// From left to right, row by row.
  public var panels: [Panel]
  /// Panels beside each other before a new row starts.
  public var panelsPerRow: Int

  public init(title: String, panels: [Panel], panelsPerRow: Int = 3) {
    require(panelsPerRow > 0, "CurveChart: \(panelsPerRow) panels in a row")
    self.title = title
    self.panels = panels
    self.panelsPerRow = panelsPerRow
  }

  /// A chart of one panel.
  public init(title: String, xTitle: String = "epoch", yTitle: String, series: [Series]) {
    self.init(title: title, panels: [Panel("", xTitle: xTitle, yTitle: yTitle, series: series)])
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
