import Foundation
import LatentFiles
import LatentReport
import Testing

@testable import vae_train

/// What a dashboard draws, without a terminal.
@Suite struct DashboardViewTests {
  private func stack(_ count: Int, _ value: UInt8, height: Int = 28, width: Int = 28) -> ImageStack {
    ImageStack([UInt8](repeating: value, count: count * height * width), height: height, width: width)
  }

  private func state(images: Int = 10) -> DashboardState {
    let chart = CurveChart.lossCurves(
      training: .init(total: [300, 250, 200], reconstruction: [290, 240, 180], kl: [10, 10, 20]),
      validation: .init(total: [280, 260, 240], reconstruction: [270, 250, 220], kl: [10, 10, 20]))
    return DashboardState(
      title: "vae-train   out", progress: RunProgress(label: "epoch 4/9", fraction: 0.5), status: "learning rate 0.001",
      chart: chart, epochs: 9, images: (stack(images, 255), stack(images, 0)))
  }

  private func shown(_ state: DashboardState, _ columns: Int, _ rows: Int, _ colors: Terminal.Colors = .palette)
    -> ScreenEmulator
  {
    var screen = ScreenEmulator(columns: columns, rows: rows)
    screen.feed(DashboardView(state, columns: columns, rows: rows, colors: colors).lines.joined(separator: "\r\n"))
    return screen
  }

  @Test(arguments: [(40, 16), (80, 24), (81, 25), (132, 50), (300, 100), (41, 90)], [Terminal.Colors.none, .full])
  func fillsTerminalsOfAnySize(size: (Int, Int), colors: Terminal.Colors) {
    for state in [state(), state(images: 1), DashboardState()] {
      let view = DashboardView(state, columns: size.0, rows: size.1, colors: colors)
      #expect(view.lines.count <= size.1)
      for line in view.lines {
        let plain = line.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(plain.count < size.0, "'\(plain)' leaves no column free")
      }
    }
    let screen = shown(state(), size.0, size.1, colors)
    #expect(screen.unknown.isEmpty && screen.lines[0] == "vae-train   out")
    #expect(screen.lines[1].hasPrefix("epoch 4/9") && screen.text.contains("Total (−ELBO)"))
    // White pixels and black ones, as shades.
    if colors == .none { #expect(screen.text.contains("█") && !screen.text.contains("▀")) }
    if colors == .full { #expect(screen.text.contains("▀") && !screen.text.contains("█")) }
  }

  @Test func curvesAreWhereTheirValuesAre() {
    let chart = CurveChart(title: "", yTitle: "", series: [.init("a", [0, 1, 2, 3])])
    let lines = TextCurves(chart, columns: 27, rows: 8, colors: .none).lines
    // 5 rows of 20 columns: 20 by 40 dots, from the lower left to the upper right.
    let dots = lines[1...5].map { String($0.dropFirst($0.firstIndex(of: "┤")!.utf16Offset(in: $0) + 1)) }
    #expect(lines[1].hasPrefix(" 3.000┤") && lines[5].hasPrefix("     0┤") && lines[6].hasSuffix("epoch 4"))
    #expect(dots.map(\.count) == [20, 20, 20, 20, 20])
    for (row, line) in dots.enumerated() {
      // Row by row from the top: columns 16...19, 12...15, and so on.
      let drawn = line.enumerated().filter { $0.element != " " }.map(\.offset)
      #expect(!drawn.isEmpty && drawn.allSatisfy { abs($0 - (18 - 4 * row)) <= 3 }, "row \(row): \(drawn)")
    }
    #expect(dots[4].first == "⣀" || dots[4].first == "⡠" || dots[4].first == "⢀" || dots[4].first == "⡀")
    #expect(lines[7] == "━━ a   ")
  }

  @Test func gapsAndSingleEpochs() {
    func dots(_ values: [Double], epochs: Int) -> Int {
      let chart = CurveChart(title: "", yTitle: "", series: [.init("a", values)])
      return TextCurves(chart, columns: 40, rows: 10, epochs: epochs, colors: .none).lines.dropLast().joined()
        .unicodeScalars.filter { (0x2801...0x28FF).contains($0.value) }.count
    }
    #expect(dots([], epochs: 5) == 0 && dots([.nan, .infinity, 1e200], epochs: 5) == 0)
    #expect(dots([1], epochs: 5) >= 1, "a first epoch is seen")
    #expect(dots([1, 2, .nan, 2, 1], epochs: 5) < dots([1, 2, 2, 2, 1], epochs: 5))
  }

  @Test func imagesAreTheirPixels() {
    // Left half white, right half black, and a second image the other way round.
    let row: [UInt8] = [255, 255, 0, 0]
    let pixels = (0..<4).flatMap { _ in row } + (0..<4).flatMap { _ in row.reversed() }
    let images = ImageStack(pixels, height: 4, width: 4)
    #expect(TextImages(images, count: 2, rows: 2, colors: .none).lines == ["██     ██", "██     ██"])
    #expect(TextImages(images, count: 1, rows: 1, colors: .none).lines == ["█ "])
    let line = TextImages(images, count: 1, rows: 1, colors: .palette).lines[0]
    #expect(line == "\u{1B}[38;5;231;48;5;231m▀\u{1B}[38;5;16;48;5;16m▀\u{1B}[0m")
    let full = TextImages(ImageStack([10, 200] as [UInt8], height: 2, width: 1), count: 1, rows: 1, colors: .full)
      .lines[0]
    #expect(full == "\u{1B}[38;2;10;10;10;48;2;200;200;200m▀\u{1B}[0m", "the upper pixel before the lower one")
    // Colours: of two rows and two columns the means of the columns, and the nearest in the palette.
    let colours = ImageStack(
      [255, 0, 0, 245, 0, 20, 0, 130, 255, 10, 130, 255] as [UInt8], height: 2, width: 2, channels: .rgb)
    func text(_ colors: Terminal.Colors) -> String { TextImages(colours, count: 1, rows: 1, colors: colors).lines[0] }
    #expect(
      text(.full) == "\u{1B}[38;2;255;0;0;48;2;0;130;255m▀\u{1B}[38;2;245;0;20;48;2;10;130;255m▀\u{1B}[0m")
    #expect(text(.palette) == "\u{1B}[38;5;196;48;5;33m▀\u{1B}[38;5;196;48;5;33m▀\u{1B}[0m")
    #expect(text(.none).count == 2)
  }
}
