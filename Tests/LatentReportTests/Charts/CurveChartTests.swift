import Foundation
import LatentFiles
import LatentReport
import Testing

@Suite struct CurveChartTests {
  private func chart(_ series: CurveChart.Series...) -> CurveChart {
    CurveChart(title: "Loss", yTitle: "nats", series: series)
  }

  /// Reads the values off the picture, by its own tick labels, and compares them with those that went in.
  @Test func curvesGoThroughTheirValues() throws {
    let training = (1...30).map { 226 + 120 * exp(-Double($0) / 4) + sin(Double($0)) }
    let validation = training.map { $0 * 1.02 - 1 }
    let reader = try ChartReader(
      chart(.init("training", training), .init("validation", validation, color: .orange, dashed: true)).svg())
    let (x, y) = try reader.axes()
    let curves = reader.all("polyline")
    #expect(curves.count == 2)
    for (curve, values) in zip(curves, [training, validation]) {
      #expect(curve.points.count == 30)
      for (index, (point, value)) in zip(curve.points, values).enumerated() {
        // Coordinates have two decimals; 200 pixels show about 120 nats.
        #expect(abs(x(point.x) - Double(index + 1)) < 0.001)
        #expect(abs(y(point.y) - value) < 0.01)
      }
    }
    #expect(curves[0].classes == ["curve", "blue"])
    #expect(curves[1].classes == ["curve", "orange", "dashed"])
    #expect(
      reader.all("text", class: "end").map(\.text).sorted()
        == [training, validation].map {
          String(format: "%.2f", $0.last!)
        }.sorted())
    #expect(reader.all("text", class: "legend").map(\.text) == ["training", "validation"])
    #expect(reader.all("text", class: "x-title").map(\.text) == ["epoch"])
    #expect(reader.all("text", class: "y-title").map(\.text) == ["nats"])
  }

  @Test func valuesThatAreNotFiniteLeaveGaps() throws {
    let values = [9, 8, .nan, 7, .infinity, 6, 5, 4, 1e200, -.infinity]
    let reader = try ChartReader(chart(.init("a", values)).svg())
    let (x, _) = try reader.axes()
    #expect(reader.all("polyline").map { $0.points.map { x($0.x).rounded() } } == [[1, 2], [6, 7, 8]])
    // A lone epoch and the last one drawn are dots.
    #expect(try reader.all("circle").map { x(try $0.number("cx")).rounded() } == [4, 8])
    #expect(reader.all("text", class: "end").map(\.text) == ["4.000"])
    #expect(reader.all("desc").map(\.text) == ["a: 4.000 nats at epoch 8."])
  }

  @Test func oneEpochIsADotInTheMiddle() throws {
    let reader = try ChartReader(chart(.init("a", [5])).svg())
    #expect(reader.all("polyline").isEmpty)
    let dot = try #require(reader.all("circle").first)
    let tick = try #require(reader.all("text", class: "x-tick").first)
    #expect(try dot.number("cx") == tick.number("x"))
    #expect(tick.text == "1")
    let axis = try #require(reader.all("line", class: "axis").first)
    #expect(try abs(2 * dot.number("cx") - axis.number("x1") - axis.number("x2")) < 0.02)
  }

  @Test(arguments: [0, 300, -7, 1e-30, 1e99, 123_456_789.5])
  func constantCurvesLieInside(value: Double) throws {
    let reader = try ChartReader(chart(.init("a", Array(repeating: value, count: 9))).svg())
    let grid = try reader.all("line", class: "grid").map { try $0.number("y1") }
    #expect(grid.count >= 3)
    let heights = Set(reader.all("polyline")[0].points.map(\.y))
    #expect(heights.count == 1 && heights.allSatisfy { $0 > grid.min()! && $0 < grid.max()! })
    let (_, y) = try reader.axes()
    #expect(abs(y(heights.first!) - value) <= abs(value) * 0.001)
  }

  @Test func nothingToDraw() throws {
    for series in [[], [CurveChart.Series("a", [])], [CurveChart.Series("a", [.nan, .infinity])]] {
      let reader = try ChartReader(CurveChart(title: "", yTitle: "", series: series).svg())
      #expect(reader.all("text", class: "no-data").map(\.text) == ["no data"])
      #expect(reader.all("polyline").isEmpty && reader.all("circle").isEmpty)
    }
    #expect(try ChartReader(CurveChart(title: "", panels: []).svg()).all("g").isEmpty)
  }

  @Test func extremesStayInsideThePicture() throws {
    let reader = try ChartReader(
      chart(.init("a", [1e100, -1e100, 0, 1e-300]), .init("b", [1e-9, 2e-9]), .init("c", [1e15, 1e15 + 1])).svg())
    let points = reader.all("polyline").flatMap(\.points)
    #expect(points.count == 8)
    #expect(points.allSatisfy { (0...960).contains($0.x) && (0...400).contains($0.y) })
  }

  @Test func namesAreEscaped() throws {
    let name = "a <b> & \"c\" 'd' ]]> \u{1}"
    let svg = CurveChart(title: name, xTitle: name, yTitle: name, series: [.init(name, [1, 2])]).svg()
    let reader = try ChartReader(svg)
    let expected = "a <b> & \"c\" 'd' ]]> \u{FFFD}"
    for place in ["title", "legend", "x-title", "y-title"] {
      #expect(reader.all("text", class: Substring(place)).map(\.text) == [expected])
    }
    #expect(reader.all("title").map(\.text) == [expected])
    #expect(reader.all("svg").map { $0.attributes["aria-label"] } == [expected])
  }

  @Test func endLabelsDoNotCoverEachOther() throws {
    for last in [[5, 5, 5, 5], [0, 0.01, 9.99, 10], [10, 10, 10, 0], [0, 0, 0, 0.1]] as [[Double]] {
      let series = zip(last, CurveChart.Color.allCases).map { CurveChart.Series("\($1)", [0, 10, $0], color: $1) }
      let reader = try ChartReader(CurveChart(title: "", yTitle: "", series: series).svg())
      let heights = try reader.all("text", class: "end").map { try $0.number("y") }.sorted()
      #expect(heights.count == 4)
      for (a, b) in zip(heights, heights.dropFirst()) { #expect(b - a >= 13.98) }
      let axis = try #require(try reader.all("line", class: "axis").first?.number("y1"))
      #expect(heights.last! <= axis + 5)
    }
  }
}
