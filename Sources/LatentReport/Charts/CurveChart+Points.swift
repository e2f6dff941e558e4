import LatentFiles

/// A point of a curve, with what it lies in where that is known.
struct CurvePoint: Equatable {
  var x: Double
  var y: Double
  var band: (low: Double, high: Double)?

  static func == (a: CurvePoint, b: CurvePoint) -> Bool {
    a.x == b.x && a.y == b.y && a.band?.low == b.band?.low && a.band?.high == b.band?.high
  }
}

extension CurveChart.Series {
  /// The unbroken pieces of the curve.
  func runs(_ xAxis: CurveChart.XAxis = .linear, _ yAxis: CurveChart.YAxis = .linear) -> [[CurvePoint]] {
    let points = values.indices.map { index -> CurvePoint? in
      let (x, y) = (place(index), values[index])
      guard xAxis.isDrawn(x), yAxis.isDrawn(y) else { return nil }
      guard let band, index < band.low.count, yAxis.isDrawn(band.low[index]), yAxis.isDrawn(band.high[index]) else {
        return CurvePoint(x: x, y: y)
      }
      return CurvePoint(x: x, y: y, band: (band.low[index], band.high[index]))
    }
    return points.split { $0 == nil }.map { $0.map { $0! } }
  }

  /// Where a value lies along the horizontal axis.
  func place(_ index: Int) -> Double {
    guard let x else { return Double(index + 1) }
    return index < x.count ? x[index] : .nan
  }

  /// Values of a series that are all drawn. Of longer ones a chart shows, of neighbours, the first, the least, the greatest
  /// and the last: no more of them can be seen.
  static let mostValues = 4000

  /// The curve with no more values than are drawn; with gaps, and the last value, where they were.
  var thinned: CurveChart.Series {
    guard values.count > Self.mostValues else { return self }
    let size = (4 * values.count + Self.mostValues - 1) / Self.mostValues
    var kept: [Int] = []
    for start in stride(from: 0, to: values.count, by: size) {
      let part = start..<min(start + size, values.count)
      var chosen: Set = [part.lowerBound, part.upperBound - 1]
      let drawn = part.filter { CurveChart.YAxis.linear.isDrawn(values[$0]) }
      for index in [
        drawn.min { values[$0] < values[$1] }, drawn.max { values[$0] < values[$1] },
        part.first { !CurveChart.YAxis.linear.isDrawn(values[$0]) },
      ] {
        if let index { chosen.insert(index) }
      }
      kept += chosen.sorted()
    }
    var series = self
    (series.values, series.x) = (kept.map { values[$0] }, kept.map(place))
    if let band {
      let inBand = kept.map { $0 < band.low.count }
      series.band = CurveChart.Band(
        zip(kept, inBand).map { $1 ? band.low[$0] : .nan }, zip(kept, inBand).map { $1 ? band.high[$0] : .nan })
    }
    return series
  }
}
