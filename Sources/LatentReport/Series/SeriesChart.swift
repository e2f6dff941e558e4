import LatentFiles
import LatentKernels

/// Series in time as lines, a panel for each feature, beside what a model expects of them.
public struct SeriesChart: Sendable, Equatable {
  /// A feature's numbers in one example.
  public struct Line: Sendable, Equatable {
    /// What people call it, in the legend: lines of one name look alike.
    public var name: String
    /// One for each step; NaN where there is none.
    public var values: [Double]
    /// What the number lies in with some probability, below and above it; nil where that is not known.
    public var band: (low: [Double], high: [Double])?

    public init(_ name: String, _ values: [Double], band: (low: [Double], high: [Double])? = nil) {
      (self.name, self.values, self.band) = (name, values, band)
    }

    public static func == (a: Line, b: Line) -> Bool {
      a.name == b.name && a.values == b.values && a.band?.low == b.band?.low && a.band?.high == b.band?.high
    }
  }

  /// What is drawn of one example.
  public struct Block: Sendable, Equatable {
    /// Above it.
    public var title: String
    /// The lines of each feature: [D][...]
    public var features: [[Line]]
    /// Below its first and last step.
    public var ends: (first: String, last: String)

    public init(_ title: String, features: [[Line]], ends: (first: String, last: String)) {
      (self.title, self.features, self.ends) = (title, features, ends)
    }

    public static func == (a: Block, b: Block) -> Bool {
      a.title == b.title && a.features == b.features && a.ends == b.ends
    }
  }

  /// Above the chart.
  public var title: String
  /// The features' names, beside their panels: [D]
  public var features: [String]
  /// What is drawn, from left to right and then below.
  public var blocks: [Block]
  /// Blocks beside each other.
  public var columns: Int
  /// The name of the lines that the axes are made for; nil for all lines and their bands. Frames of one film have the axes
  /// of the data, which stay.
  public var axes: String?

  public init(title: String, features: [String], blocks: [Block], columns: Int = 3) {
    require(columns > 0, "SeriesChart: \(columns) columns; at least one is needed")
    require(
      blocks.allSatisfy { $0.features.count == features.count },
      "SeriesChart: blocks of \(blocks.map(\.features.count)) features, \(features.count) names")
    (self.title, self.features, self.blocks, self.columns) = (title, features, blocks, columns)
  }

  /// As much as fits into a picture.
  static let (mostFeatures, mostBlocks) = (6, 30)
}

/// The picture.
extension SeriesChart {
  private static let (panelWidth, panelHeight, left, gap) = (250.0, 84.0, 64.0, 22.0)
  private static let (head, blockHead, foot, between) = (64.0, 20.0, 22.0, 16.0)

  /// The chart as a picture.
  public func picture() -> Picture {
    let shown = Array(blocks.prefix(Self.mostBlocks))
    let features = features.prefix(Self.mostFeatures)
    let columns = max(1, min(columns, shown.count))
    let rows = max(1, (shown.count + columns - 1) / columns)
    let blockHeight =
      Self.blockHead + Double(features.count) * (Self.panelHeight + Self.between) + Self.foot
    let drawing = Drawing(
      width: 24 + Double(columns) * (Self.left + Self.panelWidth + Self.gap),
      height: Self.head + Double(rows) * blockHeight + 8, scale: PlotFrame.scale)
    let inside = drawing.width - 48
    drawing.text(
      drawing.shortened(title, to: inside, size: 19, weight: .bold), 24, 30, size: 19, .ink, weight: .bold)
    drawLegend(on: drawing, 24, 51)
    let scales = features.indices.map { scale(of: $0, shown) }
    for (number, block) in shown.enumerated() {
      let x = 24 + Self.left + Double(number % columns) * (Self.left + Self.panelWidth + Self.gap)
      let y = Self.head + Double(number / columns) * blockHeight
      draw(block, on: drawing, x: x, y: y, scales)
    }
    return drawing.picture()
  }

  private func draw(_ block: Block, on drawing: Drawing, x: Double, y: Double, _ scales: [AxisScale]) {
    drawing.text(
      drawing.shortened(block.title, to: Self.panelWidth, size: 12, weight: .bold), x, y + 13, size: 12, .ink,
      weight: .bold)
    var top = y + Self.blockHead
    for (feature, scale) in scales.enumerated() {
      let bottom = top + Self.panelHeight
      func place(_ value: Double) -> Double { bottom - min(max(scale.position(value), 0), 1) * Self.panelHeight }
      for tick in scale.ticks {
        drawing.line([(x, place(tick.value)), (x + Self.panelWidth, place(tick.value))], .grid)
        drawing.text(tick.label, x - 6, place(tick.value) + 4, size: 11, .text, .end)
      }
      if features.count > 1 {
        drawing.text(
          drawing.shortened(features[feature], to: Self.panelWidth - 8, size: 11), x + 4, top + 11, size: 11, .text,
          halo: .white)
      }
      for line in block.features[feature] {
        draw(line, on: drawing, x: x, place, look(of: line.name))
      }
      drawing.line([(x, bottom), (x + Self.panelWidth, bottom)], .axis)
      top = bottom + Self.between
    }
    let below = top - Self.between + 15
    drawing.text(drawing.shortened(block.ends.first, to: Self.panelWidth / 2, size: 11), x, below, size: 11, .text)
    drawing.text(
      drawing.shortened(block.ends.last, to: Self.panelWidth / 2, size: 11), x + Self.panelWidth, below, size: 11,
      .text,
      .end)
  }

  private func draw(
    _ line: Line, on drawing: Drawing, x left: Double, _ place: (Double) -> Double, _ color: Color
  ) {
    func points(_ values: [Double]) -> [[(x: Double, y: Double)]] {
      let step = Self.panelWidth / Double(max(values.count - 1, 1))
      return values.indices.split { !values[$0].isFinite }.map { run in
        run.map { (left + step * Double($0), place(values[$0])) }
      }
    }
    if let band = line.band {
      for (low, high) in zip(points(band.low), points(band.high)) {
        drawing.area(low + high.reversed(), color, opacity: 0.2)
      }
    }
    for run in points(line.values) {
      if run.count == 1 { drawing.mark(.circle, run[0].x, run[0].y, radius: 1.5, color) }
      drawing.line(run, color, width: 1.3, isRound: true)
    }
  }

  /// One for a feature in all blocks, so that they can be compared.
  private func scale(of feature: Int, _ blocks: [Block]) -> AxisScale {
    let values = blocks.flatMap { $0.features[feature] }.filter { axes == nil || $0.name == axes }.flatMap {
      $0.values + (axes == nil ? $0.band.map { $0.low + $0.high } ?? [] : [])
    }
    let drawn = values.filter { $0.isFinite && $0.magnitude <= AxisScale.largestValue }
    return AxisScale.covering(drawn.min() ?? 0, drawn.max() ?? 1, maximumTicks: 4)
  }

  /// The names of the lines, in the order in which they come.
  private var names: [String] {
    var names: [String] = []
    for line in blocks.lazy.flatMap(\.features).joined() where !names.contains(line.name) { names.append(line.name) }
    return names
  }

  private func look(of name: String) -> Color {
    let place = names.firstIndex(of: name) ?? 0
    return names.count == 1 ? .plain : place == 0 ? .ink : MarkLook(class: place).color
  }

  private func drawLegend(on drawing: Drawing, _ x: Double, _ y: Double) {
    guard names.count > 1 else { return }
    var x = x
    for name in names {
      drawing.line([(x, y - 4), (x + 18, y - 4)], look(of: name), width: 2)
      drawing.text(name, x + 24, y, size: 12, .text)
      x += 24 + drawing.width(of: name, size: 12) + 22
    }
  }
}
