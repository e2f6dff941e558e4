import LatentFiles
import TestSupport
import Testing

/// Rows of numbers without an order.
@Suite struct TableCommandTests {
  /// Nothing need be said of the model; where something is said that reads steps, the refusal names what reads rows.
  @Test func modelWithoutOptions() throws {
    let folder = try Folder()
    let rows = (0..<40).map { "\($0 % 7),\(Double($0 % 5) / 3),\($0)" }
    try folder.write("rows.csv", Array(("a,b,c\n" + rows.joined(separator: "\n") + "\n").utf8))
    let trained = try Program.run(["--data", "rows.csv", "--epochs", "1", "--output", "run"], in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(
      trained.output.contains("Dense(256, relu) encoder, 16 latent dimensions, Dense(256, relu) decoder"),
      "\(trained.output)")
    let units = try Program.run(
      ["--data", "rows.csv", "--epochs", "1", "--hidden-size", "4", "--output", "other"], in: folder)
    #expect(units.status == 64 && units.errorLines.count == 1)
    #expect(
      units.errors.contains("an example gives [3]; --model mlp reads numbers without an order"), "\(units.errors)")
  }
}
