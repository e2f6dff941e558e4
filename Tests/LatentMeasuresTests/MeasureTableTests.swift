import LatentMeasures
import Testing

@Suite struct MeasureTableTests {
  @Test func rowsKeepTheirOrder() {
    let table = MeasureTable("Bound", [.init("reconstruction", "225.1"), .init("kl", "16.3", "of all dimensions")])
    #expect(table.rows.map(\.name) == ["reconstruction", "kl"])
  }
}
