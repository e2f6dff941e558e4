import Latent
import Testing

@testable import LatentData

@Suite struct SeriesDatasetTests {
  /// Row r of a series has the values 10 r and 10 r + 1.
  private func series(_ rows: Int, from first: Int = 0, times: [Double]? = nil, labels: [UInt8]? = nil) -> Series {
    Series(
      name: "s\(first)", columns: ["a", "b"],
      values: (first..<first + rows).flatMap { (row: Int) -> [Double] in [Double(10 * row), Double(10 * row + 1)] },
      times: times, labels: labels)
  }

  /// The first value of each window tells where it begins.
  private func beginnings(_ data: SeriesDataset) -> [Double] {
    (0..<data.count).map { data.originals([$0]).values[0] }
  }

  @Test func windowsFollowEachOther() {
    let data = SeriesDataset([series(6)], window: 3)
    #expect(data.count == 4)
    #expect(data.shape == .series(steps: 3, features: 2))
    #expect(beginnings(data) == [0, 10, 20, 30])
    #expect(data.originals([2]).values == [20, 21, 30, 31, 40, 41])
    #expect(beginnings(SeriesDataset([series(8)], window: 3, stride: 2)) == [0, 20, 40])
    #expect(SeriesDataset([series(2)], window: 3).count == 0)
  }

  @Test func windowsNeverCrossSeries() {
    let data = SeriesDataset([series(4), series(2, from: 50), series(3, from: 100)], window: 3)
    #expect(beginnings(data) == [0, 10, 1000])
    #expect(data.place(of: 2).series == 2)
    #expect(data.place(of: 1).rows == 1..<4)
  }

  @Test func aGapEndsAWindow() {
    // A minute from row to row, and ten of them once.
    let times = [0.0, 60, 120, 720, 780, 840, 900]
    let data = SeriesDataset([series(7, times: times)], window: 3)
    #expect(beginnings(data) == [0, 30, 40])
    #expect(series(7, times: times).period == 60)
    // Every row is on its own where a second is the period.
    #expect(SeriesDataset([series(7, times: times)], window: 2, period: 1).count == 0)
  }

  @Test func aGapIsFilled() throws {
    let filled = try #require(
      series(4, times: [0, 60, 240, 300], labels: [0, 1, 0, 1]).filled(period: nil, limit: 10))
    #expect(filled.times == [0, 60, 120, 180, 240, 300])
    #expect(filled.labels == [0, 1, 0, 0, 0, 1])
    #expect(filled.values.map { $0.isNaN ? -1 : $0 } == [0, 1, 10, 11, -1, -1, -1, -1, 20, 21, 30, 31])
    #expect(series(4, times: [0, 60, 240, 300]).filled(period: nil, limit: 1) == nil)
    let batch = SeriesDataset([filled], window: 3).batch([1], in: BatchContext(element: .float64))
    #expect(batch.values.values == [10, 11, 0, 0, 0, 0])
    #expect(batch.observed?.values == [1, 1, 0, 0, 0, 0])
    #expect(batch.labels == [1])
  }

  @Test func aSplitCutsInTime() {
    // Rows 0..<7 and 7..<10 of one, 0..<14 and 14..<20 of the other.
    let data = SeriesDataset([series(10), series(20, from: 100)], window: 3)
    let (training, validation) = data.split(validationFraction: 0.3)
    let (before, behind): ([Int], [Int]) = (Array(0...4) + Array(100...111), [7] + Array(114...117))
    #expect(beginnings(training).map { Int($0) / 10 } == before)
    #expect(beginnings(validation).map { Int($0) / 10 } == behind)
    let erased = AnyDataset(data).split(validationFraction: 0.3)
    #expect((erased.training.count, erased.validation.count) == (training.count, validation.count))
    #expect(data.split(validationFraction: 0).validation.count == 0)
  }

  @Test func scalingIsThatOfTheTrainingPart() {
    let data = SeriesDataset([series(10)], window: 3)
    let (training, validation) = data.split(validationFraction: 0.3)
    let scaling = Scaling(.minmax, of: training)
    #expect(scaling.offsets == [0, 1])
    #expect(scaling.scales == [60, 60])
    #expect(validation.scaled(by: scaling).originals([0]).values.last == 90.0 / 60)
    let batch = validation.scaled(by: scaling).batch([0], in: BatchContext(element: .float64))
    #expect(scaling.undone(batch.values).values.map { $0.rounded() } == [70, 71, 80, 81, 90, 91])
    // Rows between windows are no part of them.
    #expect(SeriesDataset([series(8)], window: 2, stride: 3).columns()[0] == [0, 10, 30, 40, 60, 70])
  }

  @Test func scaledWindowsAreThoseRowsInEveryElementType() {
    let whole = SeriesDataset([series(50)], window: 7)
    let scaling = Scaling(.standard, of: whole)
    let data = whole.scaled(by: scaling)
    for element in [ElementType.float32, .float64] {
      let batch = data.batch([3, 40, 0][...], in: BatchContext(element: element))
      var expected: [Double] = []
      for row in [3, 40, 0].flatMap({ Array($0..<$0 + 7) }) {
        for feature in 0..<2 {
          expected.append((Double(10 * row + feature) - scaling.offsets[feature]) / scaling.scales[feature])
        }
      }
      #expect(batch.values.shape == [3, 7, 2])
      let rounded = element == .float32 ? expected.map { Double(Float($0)) } : expected
      #expect(batch.values.values == rounded)
      #expect(batch.observed == nil)
      #expect(batch.streams == [3, 40, 0])
    }
  }

  @Test func checksumsTellWindowsApart() {
    let data = SeriesDataset([series(9)], window: 3)
    #expect(data.sha256 != SeriesDataset([series(9)], window: 4).sha256)
    #expect(data.sha256 != SeriesDataset([series(9)], window: 3, stride: 2).sha256)
    #expect(data.sha256 != SeriesDataset([series(9, from: 1)], window: 3).sha256)
    #expect(data.sha256 == SeriesDataset([series(9)], window: 3, name: "other").sha256)
  }
}
