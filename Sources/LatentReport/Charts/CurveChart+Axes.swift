import LatentFiles
import LatentKernels

extension CurveChart {
  /// What a panel's horizontal axis is divided into.
  public enum XAxis: Sendable, Equatable {
    /// Numbers at even distances; whole epochs where no series has places of its own.
    case linear
    /// Positive numbers at even distances of their logarithms.
    case logarithmic
    /// Times, in seconds since 1970, written as a file writes them.
    case time(TimeFormat)

    /// Times, in seconds since 1970, written as 2014-04-01 00:05:00 in universal time.
    public static var dates: XAxis { .time(.calendar) }
  }

  /// What a panel's vertical axis is divided into.
  public enum YAxis: Sendable, Equatable {
    /// Numbers at even distances.
    case linear
    /// Positive numbers at even distances of their logarithms.
    case logarithmic
  }

  /// A part of a panel's horizontal axis that is shaded over its whole height, such as a warm-up or an anomaly.
  public struct Span: Sendable, Equatable {
    /// What the legend calls it, and what stands in it where there is room: spans of one name look alike.
    public var name: String
    /// From where to where: epochs, numbers, or seconds since 1970, as the axis has them.
    public var x: ClosedRange<Double>
    /// Nil for grey, or for one that tells it apart from spans of other names.
    public var color: Color?

    public init(_ name: String, _ x: ClosedRange<Double>, color: Color? = nil) {
      (self.name, self.x, self.color) = (name, x, color)
    }
  }

  /// What a curve's values lie in, such as an interval of confidence or the least and the greatest of several runs.
  public struct Band: Sendable, Equatable {
    /// The lower end for each value; one that is not finite leaves a gap.
    public var low: [Double]
    /// The upper end for each value.
    public var high: [Double]

    public init(_ low: [Double], _ high: [Double]) {
      require(low.count == high.count, "CurveChart.Band: \(low.count) lower ends and \(high.count) upper ends")
      (self.low, self.high) = (low, high)
    }
  }
}

extension CurveChart.XAxis {
  /// A place on the axis in words.
  func text(_ value: Double) -> String {
    if case .time(let format) = self { return format.text(of: value) }
    return value == value.rounded() && value.magnitude < 1e15 ? Format.grouped(value) : Format.measure(value)
  }

  func isDrawn(_ value: Double) -> Bool {
    value.magnitude <= AxisScale.largestValue && (self != .logarithmic || value >= AxisScale.smallestPositive)
  }
}

extension CurveChart.YAxis {
  func isDrawn(_ value: Double) -> Bool {
    value.magnitude <= AxisScale.largestValue && (self != .logarithmic || value >= AxisScale.smallestPositive)
  }

  func scale(_ low: Double, _ high: Double) -> AxisScale {
    self == .logarithmic ? .logarithmic(low, high, isCovered: true) : .covering(low, high)
  }
}

extension CurveChart.Panel {
  /// The panel's axes and shaded parts in words; nil where it is plainly one of epochs.
  var description: String? {
    let points = series.flatMap { $0.runs(xAxis, yAxis) }.joined()
    let isPlain = xAxis == .linear && yAxis == .linear && spans.isEmpty && !series.contains { $0.x != nil }
    guard !isPlain, let first = points.first else { return nil }
    var (x, y) = (first.x...first.x, first.y...first.y)
    for point in points {
      x = min(x.lowerBound, point.x)...max(x.upperBound, point.x)
      y = min(y.lowerBound, point.y)...max(y.upperBound, point.y)
    }
    func axis(_ name: String, _ from: String, _ to: String, isLogarithmic: Bool) -> String {
      "\(name) from \(from) to \(to)" + (isLogarithmic ? ", logarithmic" : "")
    }
    let isTime = if case .time = xAxis { true } else { false }
    var words =
      (title.isEmpty ? "" : "\(title): ")
      + axis(
        xTitle.isEmpty ? (isTime ? "times" : "x") : xTitle, xAxis.text(x.lowerBound), xAxis.text(x.upperBound),
        isLogarithmic: xAxis == .logarithmic) + "; "
      + axis(
        yTitle.isEmpty ? "y" : yTitle, Format.measure(y.lowerBound), Format.measure(y.upperBound),
        isLogarithmic: yAxis == .logarithmic) + "."
    if !spans.isEmpty {
      let shown = spans.prefix(Self.mostSpans).map {
        "\($0.name) from \(xAxis.text($0.x.lowerBound)) to \(xAxis.text($0.x.upperBound))"
      }
      let rest = spans.count - shown.count
      words += " Shaded: " + shown.joined(separator: ", ") + (rest > 0 ? ", and \(rest) more" : "") + "."
    }
    return words
  }

  /// Those that are named in words.
  private static let mostSpans = 8
}
