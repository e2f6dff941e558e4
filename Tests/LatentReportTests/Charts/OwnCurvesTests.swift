import Foundation
import LatentFiles
import Testing

@testable import LatentReport

/// Curves over numbers, logarithms and times of one's own, read back from the SVG by its tick labels.
@Suite struct OwnCurvesTests {
  /// Where labels say that values lie, by the first and the last of them.
  private func line(
    _ ticks: [ChartReader.Element], _ key: String, offset: Double = 0, value: (String) throws -> Double
  ) throws -> (Double) -> Double {
    let (first, last) = (try #require(ticks.first), try #require(ticks.last))
    try #require(ticks.count > 1, "\(ticks.map(\.text))")
    let (a, b) = (try first.number(key) + offset, try last.number(key) + offset)
    let (from, to) = (try value(first.text), try value(last.text))
    // All others lie on the same line.
    for tick in ticks {
      let place = from + (try tick.number(key) + offset - a) / (b - a) * (to - from)
      #expect(abs(place - (try value(tick.text))) < 1e-3 * abs(to - from), "\(tick.text)")
    }
    return { from + ($0 - a) / (b - a) * (to - from) }
  }

  private func number(_ text: String) throws -> Double { try #require(Double(text.filter { $0 != "," })) }

  private func logarithm(_ text: String) throws -> Double { log10(try number(text)) }

  private func xTicks(_ reader: ChartReader) -> [ChartReader.Element] { reader.all("text", class: "x-tick") }

  private func y(_ reader: ChartReader) throws -> (Double) -> Double {
    // The baseline of a label lies 4 pixels under the middle of its text.
    try line(reader.all("text", class: "y-tick"), "y", offset: -4, value: number)
  }

  @Test func numbers() throws {
    let (x, values) = ([-3.5, 0, 2, 2.25, 11], [4.0, 1, 7, 3, -2])
    let chart = CurveChart(title: "t", xTitle: "shift", yTitle: "score", series: [.init("a", x: x, y: values)])
    let reader = try ChartReader(chart.svg())
    let (placeX, placeY) = (try line(xTicks(reader), "x", value: number), try y(reader))
    let points = reader.all("polyline")[0].points
    #expect(
      zip(points, zip(x, values)).allSatisfy { abs(placeX($0.x) - $1.0) < 0.02 && abs(placeY($0.y) - $1.1) < 0.06 })
    #expect(points.count == 5 && reader.all("circle").count == 5, "few measurements are all marked")
    #expect(
      reader.all("desc").map(\.text) == [
        "shift from -3.500 to 11; score from -2.000 to 7.000. a: -2.000 score at shift 11."
      ])
  }

  @Test func logarithms() throws {
    let x = (0...30).map { pow(10, -5 + Double($0) / 7) }
    let values = x.map { 3 / $0 } + [-1]
    let chart = CurveChart(
      title: "t", xTitle: "learning rate", yTitle: "loss", xAxis: .logarithmic, yAxis: .logarithmic,
      series: [.init("a", x: x + [1], y: values), .init("b", x: [0, 1e-3, 1e-2], y: [5, 1e4, 1e3])])
    let reader = try ChartReader(chart.svg())
    let placeX = try line(xTicks(reader), "x", value: logarithm)
    let placeY = try line(reader.all("text", class: "y-tick"), "y", offset: -4, value: logarithm)
    let curves = reader.all("polyline")
    // What is not positive has no place on such an axis.
    #expect(curves.map(\.points.count) == [31, 2])
    for (point, (a, b)) in zip(curves[0].points, zip(x, values)) {
      #expect(abs(placeX(point.x) - log10(a)) < 0.003 && abs(placeY(point.y) - log10(b)) < 0.01)
    }
    let words = try #require(reader.all("desc").first?.text)
    #expect(
      words.contains("learning rate from 1.0e-05 to 0.1931, logarithmic; loss from 15.54 to 300,000, logarithmic."))
  }

  @Test(arguments: [(3.0, 4.0), (1, 1), (0.2, 900), (1e-90, 1e90), (5e-7, 6e-7), (99, 101)])
  func anyLogarithmsAreCovered(low: Double, high: Double) {
    for count in 3...10 {
      let scale = AxisScale.logarithmic(low, high, maximumTicks: count, isCovered: true)
      #expect(scale.lower <= low && scale.upper >= high && scale.upper > scale.lower)
      #expect((2...count).contains(scale.ticks.count), "\(scale.ticks)")
      #expect(zip(scale.ticks, scale.ticks.dropFirst()).allSatisfy { $0.value < $1.value })
      let open = AxisScale.logarithmic(low, high, maximumTicks: count, isCovered: false)
      #expect(open.ticks.allSatisfy { $0.value >= open.lower * 0.999999 && $0.value <= open.upper * 1.000001 })
    }
  }

  @Test func times() throws {
    let start = 1_709_208_000.0  // 2024-02-29 12:00:00
    let x = (0..<200).map { start + 3600 * Double($0) }
    let values = x.indices.map { sin(Double($0) / 10) }
    let chart = CurveChart(title: "t", yTitle: "load", xAxis: .dates, series: [.init("a", x: x, y: values)])
    let reader = try ChartReader(chart.svg())
    let calendar = DateFormatter()
    calendar.timeZone = TimeZone(identifier: "UTC")
    calendar.locale = Locale(identifier: "en_US_POSIX")
    calendar.dateFormat = "yyyy-MM-dd"
    let placeX = try line(xTicks(reader), "x") { try #require(calendar.date(from: $0)).timeIntervalSince1970 }
    let points = reader.all("polyline")[0].points
    #expect(zip(points, x).allSatisfy { abs(placeX($0.x) - $1) < 30 * 60 })
    let words = try #require(reader.all("desc").first?.text)
    #expect(words.contains("times from 2024-02-29 12:00:00 to 2024-03-08 19:00:00; load from"))
    #expect(words.hasSuffix("load at 2024-03-08 19:00:00."))
    // Dates are such seconds.
    let dates = x.map { Date(timeIntervalSince1970: $0) }
    #expect(CurveChart.Series("a", at: dates, y: values) == chart.panels[0].series[0])
    #expect(CurveChart.Span("s", dates[0]...dates[9]) == CurveChart.Span("s", x[0]...x[9]))
    // Of one day, its ticks are times of the day, and the day stands below.
    let day = CurveChart(
      title: "t", yTitle: "", xAxis: .dates, series: [.init("a", x: Array(x.prefix(10)), y: values.dropLast(190))])
    let short = try ChartReader(day.svg())
    #expect(xTicks(short).allSatisfy { $0.text.count == 5 && $0.text.contains(":") })
    #expect(short.all("text", class: "x-title").map(\.text) == ["2024-02-29"])
  }

  @Test func spansAndBands() throws {
    let x = (0...100).map(Double.init)
    let band = CurveChart.Band(x.map { $0 - 5 }, x.map { $0 + 10 })
    let chart = CurveChart(
      title: "t", xTitle: "step", yTitle: "y",
      spans: [.init("warm-up", 0...40), .init("alarm", 70...71), .init("alarm", 90...400), .init("beyond", 200...300)],
      series: [.init("mean", x: x, y: x, band: band)])
    let reader = try ChartReader(chart.svg())
    let (placeX, placeY) = (try line(xTicks(reader), "x", value: number), try y(reader))
    let spans = reader.all("rect").filter { $0.classes.first == "span" }
    // Those of the legend come first.
    let places = try spans.suffix(3).map {
      (placeX(try $0.number("x")), placeX(try $0.number("x") + $0.number("width")))
    }
    for (place, expected) in zip(places, [(0.0, 40.0), (70, 71), (90, 100)]) {
      #expect(abs(place.0 - expected.0) < 0.05 && abs(place.1 - expected.1) < 0.05)
    }
    #expect(spans.count == 6, "three in the panel, three in the legend")
    #expect(spans[3].classes[1] != spans[4].classes[1] && spans[4].classes == spans[5].classes)
    #expect(reader.all("text", class: "span-name").map(\.text) == ["warm-up", "alarm"], "where there is room")
    #expect(reader.all("text", class: "legend").map(\.text) == ["mean", "warm-up", "alarm", "beyond"])
    let area = try #require(reader.all("polygon", class: "band").first).points
    #expect(area.count == 202)
    for (index, point) in area.enumerated() {
      let at = index <= 100 ? Double(index) : Double(201 - index)
      let value = index <= 100 ? at + 10 : at - 5
      #expect(abs(placeX(point.x) - at) < 0.05 && abs(placeY(point.y) - value) < 0.4)
    }
    let words = try #require(reader.all("desc").first?.text)
    #expect(
      words.contains("Shaded: warm-up from 0 to 40, alarm from 70 to 71, alarm from 90 to 400, beyond from 200 to 300.")
    )
    #expect(words.contains("mean: 100.00 y at step 100, between 95.00 and 110.00."))
  }

  @Test func bandsHaveGapsOfTheirOwn() throws {
    let x = (0..<9).map(Double.init)
    let low = [0, 0, .nan, 0, 0, .infinity, 0, 0, 0]
    let chart = CurveChart(title: "", yTitle: "", series: [.init("a", x: x, y: x, band: .init(low, x.map { $0 + 1 }))])
    let reader = try ChartReader(chart.svg())
    #expect(reader.all("polygon", class: "band").map(\.points.count) == [4, 4, 6])
    #expect(reader.all("polyline").map(\.points.count) == [9])
  }

  @Test func programmersMistakesStop() async {
    await #expect(processExitsWith: .failure) { _ = CurveChart.Series("a", x: [1, 2], y: [1]) }
    await #expect(processExitsWith: .failure) { _ = CurveChart.Band([1, 2], [1]) }
    await #expect(processExitsWith: .failure) { _ = PageSection.Part.table("t", columns: ["a", "b"], rows: [["1"]]) }
  }

  /// What is drawn of a long curve has its peaks and its end.
  @Test func longCurves() throws {
    var values = (0..<100_000).map { sin(Double($0) / 5000) }
    (values[12_345], values[77_777], values[99_999]) = (30, -20, 5)
    values[50_000] = .nan
    let chart = CurveChart(
      title: "", xTitle: "step", yTitle: "", series: [.init("a", x: values.indices.map(Double.init), y: values)])
    let reader = try ChartReader(chart.svg())
    let (placeX, placeY) = (try line(xTicks(reader), "x", value: number), try y(reader))
    let curves = reader.all("polyline")
    #expect(curves.count == 2, "the gap stays")
    let points = curves.flatMap(\.points).map { (x: placeX($0.x), y: placeY($0.y)) }
    #expect((2000...5001).contains(points.count))
    for (x, y) in [(12_345.0, 30.0), (77_777, -20), (99_999, 5)] {
      #expect(points.contains { abs($0.x - x) < 40 && abs($0.y - y) < 0.1 }, "\(x)")
    }
    #expect(
      reader.all("desc").map(\.text) == ["step from 0 to 99,999; y from -20.00 to 30.00. a: 5.000 at step 99,999."])
  }
}
