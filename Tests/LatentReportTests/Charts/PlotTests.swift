import LatentFiles
import LatentReport
import Testing

/// Plots as pictures: what is where, by their pixels.
@Suite struct PlotTests {
  private func isWhite(_ picture: Picture, _ x: Int, _ y: Int) -> Bool { picture[x, y].allSatisfy { $0 == 255 } }

  private func isNear(_ a: some Sequence<UInt8>, _ b: some Sequence<UInt8>) -> Bool {
    zip(a, b).allSatisfy { abs(Int($0) - Int($1)) <= 22 }
  }

  /// The most frequent colours other than white and grey.
  private func colors(_ picture: Picture) -> Set<[UInt8]> {
    var counts: [[UInt8]: Int] = [:]
    for start in stride(from: 0, to: picture.pixels.count, by: 3) {
      let pixel = Array(picture.pixels[start..<start + 3])
      if pixel.max()! - pixel.min()! > 40 { counts[pixel, default: 0] += 1 }
    }
    return Set(counts.filter { $0.value > 60 }.keys)
  }

  /// A point in each corner of a grid: dots are where the axes say, and nowhere else.
  @Test func dotsAreAtTheirPlaces() throws {
    var (x, y): ([Double], [Double]) = ([], [])
    for row in 0..<4 { for column in 0..<5 { (x, y) = (x + [Double(column)], y + [Double(row) * 100]) } }
    let plot = ScatterPlot(title: "T", xTitle: "x", yTitle: "y", x: x, y: y)
    let (picture, places) = (plot.picture(), plot.places.compactMap(\.self))
    #expect(places.count == 20)
    for place in places {
      // Marks are see-through, and some lie on lines of the grid.
      #expect(isNear(picture[place.x, place.y], picture[places[0].x, places[0].y]))
      #expect(!isWhite(picture, place.x, place.y))
    }
    // Equal steps of the values are equal steps of the places; x grows to the right, y upwards.
    let (stepX, stepY) = (places[1].x - places[0].x, places[0].y - places[5].y)
    #expect(stepX > 50 && stepY > 50)
    for (index, place) in places.enumerated() {
      #expect(abs(place.x - places[0].x - index % 5 * stepX) <= 5)
      #expect(abs(places[0].y - place.y - index / 5 * stepY) <= 5)
    }
    // Half way between the points there is none, nor an axis or a line of the grid.
    let between = (x: places[0].x + stepX / 4, y: places[0].y - stepY / 4)
    #expect(isWhite(picture, between.x, between.y))
  }

  @Test func classesHaveColours() throws {
    let classes = (0..<40).map { UInt8($0 % 10) }
    let x = (0..<40).map { Double($0 % 10) }
    let y = (0..<40).map { Double($0 / 10) }
    let plot = ScatterPlot(title: "T", xTitle: "x", yTitle: "y", x: x, y: y, classes: classes)
    let (picture, places) = (plot.picture(), plot.places)
    // The legend has all colours in full, whatever lies on top of the points; one of them is a grey.
    #expect(colors(picture).count >= 9)
    // A name may cover a point of a class: what three of its four points agree on is its colour.
    var found: [[UInt8]] = []
    for label in 0..<10 {
      let pixels = try (0..<4).map { row in
        let place = try #require(places[row * 10 + label])
        return Array(picture[place.x, place.y])
      }
      found.append(try #require(pixels.first { pixel in pixels.count { isNear($0, pixel) } >= 3 }))
    }
    for (index, color) in found.enumerated() {
      #expect(found[..<index].allSatisfy { !isNear($0, color) }, "class \(index): \(found)")
    }
  }

  @Test func whatCannotBeDrawnIsLeftOut() {
    let plot = ScatterPlot(
      title: "T", xTitle: "", yTitle: "", x: [0, .nan, 1, .infinity], y: [0, 1, -.infinity, 1], classes: [0, 1, 2, 255])
    #expect(plot.places.map { $0 != nil } == [true, false, false, false])
    _ = plot.picture()
    for empty in [
      ScatterPlot(title: "", xTitle: "", yTitle: "", x: [], y: []),
      ScatterPlot(title: "a\u{0}b\n", xTitle: "", yTitle: "", x: [.nan], y: [0], classes: [3]),
    ] { #expect(empty.picture().width == plot.picture().width) }
    // More classes than the legend has room for.
    let many = (0..<256).map { Double($0) }
    _ = ScatterPlot(title: "T", xTitle: "", yTitle: "", x: many, y: many, classes: (0...255).map { $0 }).picture()
  }

  /// Bars' heights, read off the pixels below the middle of each.
  @Test func barsAreAsHighAsTheirValues() throws {
    let values = [4.0, 3, 2, 1, 0.5]
    let picture = BarChart(title: "T", yTitle: "nats", bars: values.map { .init("b", $0) }).picture()
    let blue: [UInt8] = [0x09, 0x69, 0xda]
    var columns = (0..<picture.width).map { x in
      (0..<picture.height).count { picture[x, $0].elementsEqual(blue) }
    }
    // Runs of columns with the same height are the bars.
    var heights: [Int] = []
    columns.append(0)
    var run = 0
    for x in 1..<columns.count {
      if columns[x] > 10 && columns[x] == columns[x - 1] {
        run += 1
      } else {
        if run > 20 { heights.append(columns[x - 1]) }
        run = 0
      }
    }
    #expect(heights.count == 5)
    for (height, value) in zip(heights, values) {
      #expect(abs(Double(height) / Double(heights[0]) - value / 4) < 0.01, "\(heights)")
    }
  }

  @Test func barsWithoutAHeight() {
    let none = BarChart(title: "T", yTitle: "nats", bars: [])
    let odd = BarChart(
      title: "T", yTitle: "nats", bars: [.init("a", .nan), .init("b", -1), .init("c", .infinity), .init("d", 0)])
    #expect(colors(none.picture()).isEmpty && colors(odd.picture()).isEmpty)
    _ = BarChart(title: "T", yTitle: "", bars: (0..<3000).map { .init("z\($0)", 1) }).picture()
  }

  @Test func curvesAsAPicture() {
    let chart = CurveChart.lossCurves(
      training: .init(total: [3, 2, 1], reconstruction: [2, 1, 0.5], kl: [1, 1, 0.5]),
      validation: .init(total: [4, 3, 2], reconstruction: [2, 2, 1], kl: [2, 1, 1]))
    let picture = chart.picture(width: 600, panelHeight: 200)
    #expect(picture.width == 1200)
    let found = colors(picture)
    #expect(found.contains([0x09, 0x69, 0xda]) && found.contains([0xbc, 0x4c, 0x00]), "training and validation")
  }
}
