import LatentFiles
import LatentKernels

/// Points in the plane, coloured by their class.
///
/// Each class has its name in the legend and at its middle. Colours can be told apart by colour-blind readers; from ten
/// classes on shapes differ too.
public struct ScatterPlot: Sendable, Equatable {
  /// Above the plot.
  public var title: String
  /// Below the title: what has been drawn, and how.
  public var subtitle: String
  /// Below the horizontal axis.
  public var xTitle: String
  /// Beside the vertical axis.
  public var yTitle: String
  /// N first coordinates; a point with one that is not finite is left out.
  public let x: [Double]
  /// N second coordinates.
  public let y: [Double]
  /// The class of each point; nil for none.
  public let classes: [UInt8]?
  /// What the classes are called, by their numbers; those beyond are called by them.
  public var names: [String] = []
  /// Whether the axes have numbers.
  public var hasHorizontalTicks = true
  /// Whether the vertical axis has.
  public var hasVerticalTicks = true

  public init(
    title: String, subtitle: String = "", xTitle: String, yTitle: String, x: [Double], y: [Double],
    classes: [UInt8]? = nil
  ) {
    require(
      x.count == y.count && classes?.count ?? x.count == x.count,
      "ScatterPlot: \(x.count) and \(y.count) coordinates, \(classes?.count ?? 0) classes"
        + "; there must be as many of all")
    (self.title, self.subtitle, self.xTitle, self.yTitle) = (title, subtitle, xTitle, yTitle)
    (self.x, self.y, self.classes) = (x, y, classes)
  }

  /// The plot as a picture.
  public func picture() -> Picture {
    let drawing = Drawing(width: PlotFrame.width, height: PlotFrame.height, scale: PlotFrame.scale)
    let legend = ClassLegend(classes.map { Set($0).sorted() } ?? [], names: names, on: drawing)
    let shown = x.indices.filter { isDrawn($0) }
    let frame = frame(on: drawing, shown, legendWidth: legend.width)
    if shown.isEmpty {
      drawing.text(
        "no points", (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2, size: 14, .text, .middle)
    }
    let radius = shown.count > 4000 ? 1.6 : shown.count > 1000 ? 2.2 : 3
    let plain = MarkLook(class: 0)
    // In an order that favours no class: that of the points.
    for index in shown {
      let look = classes.map { MarkLook(class: Int($0[index])) }
      drawing.mark(
        (look ?? plain).shape, frame.placeX(x[index]), frame.placeY(y[index]), radius: radius,
        look?.color ?? .plain, opacity: 0.8)
    }
    drawNames(legend, shown, on: drawing, frame)
    legend.draw(on: drawing, x: frame.right + 20, y: frame.top)
    return drawing.picture()
  }

  /// The pixel of ``picture()`` in the middle of each point's mark; nil for a point that is left out.
  package var places: [(x: Int, y: Int)?] {
    let drawing = Drawing(width: PlotFrame.width, height: PlotFrame.height, scale: PlotFrame.scale)
    let legend = ClassLegend(classes.map { Set($0).sorted() } ?? [], names: names, on: drawing)
    let frame = frame(on: drawing, x.indices.filter { isDrawn($0) }, legendWidth: legend.width)
    return x.indices.map { index in
      guard isDrawn(index) else { return nil }
      return (Int(frame.placeX(x[index]) * PlotFrame.scale), Int(frame.placeY(y[index]) * PlotFrame.scale))
    }
  }

  private func isDrawn(_ index: Int) -> Bool {
    x[index].magnitude <= AxisScale.largestValue && y[index].magnitude <= AxisScale.largestValue
  }

  /// The name of each class at the middle of its points, moved up or down where it would cover another.
  private func drawNames(_ legend: ClassLegend, _ shown: [Int], on drawing: Drawing, _ frame: PlotFrame) {
    let (size, height) = (15.0, 18.0)
    var placed: [(x: Double, y: Double, width: Double)] = []
    for label in legend.labels {
      let own = shown.filter { classes?[$0] == label }
      guard !own.isEmpty else { continue }
      let name = legend.name(of: label)
      let middle = frame.placeY(median(own.map { self.y[$0] })) + 5
      let width = drawing.width(of: name, size: size, weight: .bold)
      let x = min(max(frame.placeX(median(own.map { self.x[$0] })), frame.left + width / 2), frame.right - width / 2)
      func isFree(_ y: Double) -> Bool {
        placed.allSatisfy { abs($0.y - y) >= height || abs($0.x - x) >= ($0.width + width) / 2 + 4 }
      }
      let steps = (0...12).map { Double($0) * height / 2 }
      let y = steps.flatMap { [middle + $0, middle - $0] }.first(where: isFree) ?? middle
      placed.append((x, y, width))
      drawing.text(
        name, x, y, size: size, MarkLook(class: Int(label)).color.darkened, .middle, weight: .bold, halo: .white)
    }
  }

  private func frame(on drawing: Drawing, _ shown: [Int], legendWidth: Double) -> PlotFrame {
    func scale(_ values: [Double], _ hasTicks: Bool) -> AxisScale? {
      guard let low = shown.map({ values[$0] }).min(), let high = shown.map({ values[$0] }).max() else { return nil }
      if hasTicks { return AxisScale.covering(low, high, maximumTicks: 8) }
      let margin = high > low ? 0.04 * (high - low) : 1
      return AxisScale(lower: low - margin, upper: high + margin, ticks: [])
    }
    return PlotFrame(
      on: drawing, title: title, subtitle: subtitle, xTitle: xTitle, yTitle: yTitle,
      x: scale(x, hasHorizontalTicks), y: scale(y, hasVerticalTicks), legendWidth: legendWidth)
  }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// The classes of a plot, one below the other.
private struct ClassLegend {
  let labels: [UInt8]
  let width: Double
  private let names: [String]
  private static let rowHeight = 21.0
  private static let most = 24

  init(_ labels: [UInt8], names: [String], on drawing: Drawing) {
    (self.labels, self.names) = (labels, names)
    let widest = labels.map { drawing.width(of: ClassLegend.name(of: $0, names), size: 14) }.max() ?? 0
    width = labels.isEmpty ? 0 : min(widest, 160) + 40
  }

  func name(of label: UInt8) -> String { ClassLegend.name(of: label, names) }

  private static func name(of label: UInt8, _ names: [String]) -> String {
    Int(label) < names.count ? names[Int(label)] : "\(label)"
  }

  func draw(on drawing: Drawing, x: Double, y: Double) {
    for (row, label) in labels.prefix(ClassLegend.most).enumerated() {
      let (look, middle) = (MarkLook(class: Int(label)), y + (Double(row) + 0.5) * ClassLegend.rowHeight)
      drawing.mark(look.shape, x + 6, middle, radius: 5, look.color)
      drawing.text(
        drawing.shortened(name(of: label), to: 160, size: 14), x + 18, middle + 5, size: 14, .text)
    }
    if labels.count > ClassLegend.most {
      let y = y + (Double(ClassLegend.most) + 0.5) * ClassLegend.rowHeight
      drawing.text("and \(labels.count - ClassLegend.most) more", x, y + 5, size: 14, .text)
    }
  }
}
