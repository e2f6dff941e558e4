import LatentAnomalies
import Testing

@Suite struct ScoredRowsTests {
  @Test func rowsOfWhichNothingIsKnownHaveNoNumbers() {
    let rows = ScoredRows(rows: 3..<7, features: 2)
    #expect(rows.scores.count == 4 && rows.shares.count == 8)
    for numbers in [rows.scores, rows.expected, rows.low, rows.high, rows.shares] {
      #expect(numbers.allSatisfy { $0.isNaN })
    }
  }
}
