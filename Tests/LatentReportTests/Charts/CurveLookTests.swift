import Foundation
import LatentFiles
import Testing

@testable import LatentReport

/// Whether readers tell many curves apart.
@Suite struct CurveLookTests {
  private func chart(_ count: Int) -> CurveChart {
    CurveChart(title: "", yTitle: "", series: (0..<count).map { .init("run \($0)", [1, Double($0) + 1, 2]) })
  }

  @Test func manySeriesDiffer() throws {
    let reader = try ChartReader(chart(60).svg())
    let looks = chart(60).withLooks.panels[0].series.map { "\($0.color!) \($0.dashed) \(String(describing: $0.mark))" }
    #expect(Set(looks).count == 60)
    let curves = reader.all("polyline").map { $0.attributes["class"] }
    #expect(Set(curves.prefix(10)).count == 10 && curves.prefix(10).allSatisfy { $0?.contains("dashed") == false })
    #expect(curves.prefix(10) == curves[10..<20], "colours come again")
    // From the eleventh on they have shapes, in the legend too.
    #expect(reader.all("polygon", class: "dot").count >= 2 * 30)
    #expect(curves[40...].allSatisfy { $0?.contains("dashed") == true })
    let legend = reader.all("line", class: "curve")
    #expect(legend.map { $0.attributes["class"] } == curves)
  }

  /// A name has one look in all panels, and none that somebody has chosen.
  @Test func namesKeepTheirLooks() throws {
    func panel(_ names: [String]) -> CurveChart.Panel {
      CurveChart.Panel("", yTitle: "", series: names.map { CurveChart.Series($0, [1, 2]) })
    }
    var chart = CurveChart(title: "", panels: [panel(["a", "b"]), panel(["b", "c", "a"])])
    chart.panels[0].series.append(CurveChart.Series("chosen", [1, 2], color: .orange))
    let reader = try ChartReader(chart.svg())
    let classes = reader.all("polyline").map { $0.classes[1] }
    #expect(classes[0] == classes[5] && classes[1] == classes[3] && classes[2] == "orange")
    #expect(Set(classes).count == 4)
    #expect(reader.all("text", class: "legend").map(\.text) == ["a", "b", "chosen", "c"])
  }

  @Test func manyRunsAreCompared() throws {
    let losses = CurveChart.Losses(total: [3, 2], reconstruction: [2, 1], kl: [1, 1])
    let runs = (0..<12).map { CurveChart.Run("run \($0)", training: losses, validation: losses) }
    let series = CurveChart.comparison(runs).panels[0].series
    let looks = series.map { "\($0.color!) \($0.dashed) \(String(describing: $0.mark))" }
    #expect(Set(looks).count == 24)
  }

  /// Colours as the style sheet has them: linear sRGB.
  private func colours(_ css: Substring) throws -> [String: [Double]] {
    let pattern = /\.curve\.([a-z]+) \{ stroke: #([0-9a-f]{6}); \}/
    return Dictionary(
      uniqueKeysWithValues: try css.matches(of: pattern).map { match in
        let number = try #require(Int(match.2, radix: 16))
        let parts = [16, 8, 0].map { Double(number >> $0 & 255) / 255 }
        return (String(match.1), parts.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) })
      })
  }

  private func times(_ matrix: [[Double]], _ x: [Double]) -> [Double] {
    matrix.map { zip($0, x).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// CIELAB (CIE 15, D65) of linear sRGB.
  private func lab(_ rgb: [Double]) -> [Double] {
    let xyz = times(
      [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]],
      rgb.map { min(max($0, 0), 1) })
    let f = zip(xyz, [0.95047, 1, 1.08883]).map { (value: Double, white: Double) -> Double in
      let share = value / white
      return share > 0.008856 ? cbrt(share) : 7.787 * share + 16.0 / 116
    }
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
  }

  /// Machado, Oliveira and Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency, 2009, table 1,
  /// of readers without cones of one kind.
  private static let eyes: [[[Double]]] = [
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
  ]

  @Test(arguments: [true, false])
  func colourBlindReadersTellThemApart(isLight: Bool) throws {
    let css = chart(1).svg()
    let dark = try #require(css.range(of: "@media"))
    let all = try colours(isLight ? css[..<dark.lowerBound] : css[dark.lowerBound...])
    let colours = try CurveChart.Color.distinct.map { try #require(all["\($0)"]) }
    #expect(colours.count == 10)
    let background = (isLight ? [1.0, 1, 1] : [0.0040, 0.0056, 0.0086])
    func luminance(_ rgb: [Double]) -> Double { times([[0.2126, 0.7152, 0.0722]], rgb)[0] }
    for (index, colour) in colours.enumerated() {
      let (a, b) = (luminance(colour) + 0.05, luminance(background) + 0.05)
      #expect(max(a, b) / min(a, b) >= 3, "\(CurveChart.Color.distinct[index]) is hardly seen")
      for other in colours[(index + 1)...] {
        for eye in Self.eyes {
          let (a, b) = (lab(times(eye, colour)), lab(times(eye, other)))
          let distance = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
          #expect(distance > 20, "\(CurveChart.Color.distinct[index]) \(distance)")
        }
      }
    }
  }

  /// The picture has what the SVG has.
  @Test func pictures() throws {
    let x = (0...50).map(Double.init)
    let chart = CurveChart(
      title: "t", xTitle: "x", yTitle: "y", spans: [.init("part", 20...30, color: .red)],
      series: [
        .init("a", x: x, y: x, band: .init(x.map { $0 - 9 }, x.map { $0 + 9 }), color: .teal),
        .init("b", x: x, y: x.map { 50 - $0 }, color: .navy, mark: .square),
      ])
    let picture = chart.picture()
    func count(_ matches: (Int, Int, Int) -> Bool) -> Int {
      stride(from: 0, to: picture.pixels.count, by: 3).filter {
        matches(Int(picture.pixels[$0]), Int(picture.pixels[$0 + 1]), Int(picture.pixels[$0 + 2]))
      }.count
    }
    let (curve, marks) = (count { $0 == 0x50 && $1 == 0xa0 && $2 == 0xa0 }, count { $0 == 0 && $1 == 0 && $2 == 0x88 })
    #expect(curve > 1000 && marks > curve, "\(curve) \(marks)")
    // 18% of teal, and 16% of red, on white.
    #expect(count { abs($0 - 223) < 3 && abs($1 - 238) < 3 && abs($2 - 238) < 3 } > 10_000)
    #expect(count { abs($0 - 247) < 3 && abs($1 - 220) < 3 && abs($2 - 222) < 3 } > 10_000)
  }
}
