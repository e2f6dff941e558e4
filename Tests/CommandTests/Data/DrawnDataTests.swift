import Foundation
import LatentFiles
import LatentReport
import TestSupport
import Testing

@testable import vae_train

/// What is drawn of colours and of series, and the convolutional models that read them, through the program.
@Suite struct DrawnDataTests {
  /// Squares of a colour each on a dark ground, of 9 rows and 11 columns.
  private func writeColours(in folder: Folder) throws {
    var bytes: [UInt8] = []
    for image in 0..<96 {
      for pixel in 0..<99 {
        let isInside =
          (image % 5..<image % 5 + 4).contains(pixel / 11) && (image % 7..<image % 7 + 4).contains(pixel % 11)
        bytes += isInside ? [UInt8(image * 2), UInt8(255 - image * 2), UInt8(image * 37 % 256)] : [0, 10, 40]
      }
    }
    try folder.write(
      "colours.npy", NPYFile.encode(StoredArray(shape: [96, 9, 11, 3], elementType: .uint8, bytes: bytes)))
  }

  private func writeSeries(in folder: Folder) throws {
    var text = "load,heat\n"
    for row in 0..<300 { text += "\(row == 40 ? "" : "\(500 + row % 24 * 3)"),\(0.01 * Double(row % 17))\n" }
    try folder.write("series.csv", Array(text.utf8))
  }

  private func succeeds(_ arguments: [String], in folder: Folder) throws {
    let result = try Program.run(arguments, in: folder)
    #expect(result.status == 0, "\(arguments): \(result.errors)")
  }

  /// Each format comes back with the weights that it left with.
  private func travels(in folder: Folder) throws {
    let model = try SafetensorsFile(contentsOf: folder.path("run/model.safetensors"))
    for format in ["torch", "keras", "onnx", "npz"] {
      try succeeds(["export", "--model", "run", "--format", format, "--output", format], in: folder)
      try succeeds(["import", format, "--format", format, "--output", "\(format).back"], in: folder)
      let back = try SafetensorsFile(contentsOf: folder.path("\(format).back"))
      #expect(back.tensors == model.tensors && back.metadata["plan"] == model.metadata["plan"])
    }
  }

  @Test func colours() throws {
    let folder = try Folder()
    try writeColours(in: folder)
    try succeeds(
      [
        "--data", "colours.npy", "--model", "conv", "--filters", "4,6", "--epochs", "2", "--batch-size", "16",
        "--tensorboard",
        "--output", "run",
      ], in: folder)
    for name in ["reconstructions", "samples", "interpolation", "traversal", "manifold"] {
      #expect(try ImageFile.read(folder.path("run/\(name).png")).channels == .rgb, "\(name)")
    }
    let film = try #require(AnimatedPNG(try folder.bytes("run/epochs.png")))
    #expect(try film.count == 2 && film.picture(1).channels == .rgb)
    let page = try folder.text("run/report.html")
    #expect(page.contains("\"channels\": 3") && !page.contains("There is no playground"))
    for command in [
      ["encode", "--data", "colours.npy", "-o", "codes.npy"],
      ["reconstruct", "--data", "colours.npy", "-o", "r.png"], ["decode", "codes.npy", "-o", "d.png"],
    ] { try succeeds(command + ["--model", "run"], in: folder) }
    // The originals stand in the picture as they are in the file.
    let picture = try ImageFile.read(folder.path("r.png"))
    let names = try NPYFile(contentsOf: folder.path("colours.npy")).array
    let layout = GridLayout(
      columns: 10, rows: 20, cellWidth: 33, cellHeight: 27, padding: 3, bandRows: 2, bandGap: 18)
    for (row, column) in [(0, 0), (8, 10), (4, 5)] {
      let x = picture.width - layout.width + layout.x(column: 1) + 3 * column + 1
      let y = layout.y(row: 0) + 3 * row + 1
      let start = (99 + row * 11 + column) * 3
      #expect(picture[x, y].elementsEqual(names.bytes[start..<start + 3]), "\(row), \(column)")
    }
    #expect(try ImageFile.read(folder.path("d.png")).channels == .rgb)
    try travels(in: folder)
  }

  @Test func series() throws {
    let folder = try Folder()
    try writeSeries(in: folder)
    try succeeds(
      [
        "--data", "series.csv", "--window", "25", "--model", "conv1d", "--filters", "4,6", "--epochs", "3",
        "--tensorboard",
        "--output", "run",
      ], in: folder)
    let film = try #require(AnimatedPNG(try folder.bytes("run/epochs.png")))
    #expect(film.count == 3)
    let frames = try (0..<3).map { try film.picture($0) }
    #expect(Set(frames.map(\.pixels)).count == 3 && frames[0].channels == .rgb)
    let page = try folder.text("run/report.html")
    #expect(page.contains("\"load\"") && !page.contains("There is no playground"))
    try travels(in: folder)
    // A convolution of images reads no series, and says which one does.
    let wrong = try Program.run(
      ["--data", "series.csv", "--window", "25", "--model", "conv", "--output", "other"], in: folder)
    #expect(wrong.status == 64 && wrong.errors.contains("conv1d reads series"), "\(wrong.errors)")
    #expect(wrong.errorLines.count == 1)
  }

  /// The dashboard has a panel for each example: the data, what is expected, and the band's ends.
  @Test func dashboardOfSeries() {
    let panels = ["series 0, load", "series 7, load"].map {
      CurveChart.Panel(
        $0, xTitle: "step", yTitle: "",
        series: [.init("data", [1, 2, 3]), .init("expected", [3, 2, 1], color: .orange)])
    }
    var state = DashboardState()
    state.series = CurveChart(title: "", panels: panels)
    for (columns, rows) in [(40, 16), (80, 24), (132, 50)] {
      let lines = DashboardView(state, columns: columns, rows: rows, colors: .none).lines
      #expect(lines.count <= rows && lines.allSatisfy { $0.count < columns })
      let text = lines.joined(separator: "\n")
      #expect(text.contains("series 0, load") && text.contains("step 3") && text.contains("━━ expected"))
    }
  }
}
