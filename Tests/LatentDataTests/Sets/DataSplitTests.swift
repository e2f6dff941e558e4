import Latent
import LatentData
import TestSupport
import Testing

/// Examples that are learned from, for validation, and kept apart.
struct DataSplitTests {
  private static let numbers = TensorDataset(Tensor((0..<100).map(Double.init), shape: [100, 1]))

  private static func images(_ count: Int) -> ImageDataset {
    ImageDataset(
      name: "numbered", height: 1, width: 2, pixels: (0..<count).flatMap { [UInt8($0), UInt8(2 * $0 % 256)] },
      labels: (0..<count).map { UInt8($0 % 7) })
  }

  private static func values(_ data: some Dataset) -> [Double] {
    data.batch(Array(0..<data.count)[...], in: BatchContext(element: .float64)).values.values
  }

  @Test func inOrder() {
    let parts = DataSplit(validation: 0.2, test: 0.1).parts(of: Self.numbers)
    #expect(Self.values(parts.training) == (0..<70).map(Double.init))
    #expect(Self.values(parts.validation) == (70..<90).map(Double.init))
    #expect(Self.values(parts.test) == (90..<100).map(Double.init))
  }

  /// Nothing is in two parts, nothing is lost, and other seeds draw other parts.
  @Test func shuffled() {
    func parts(_ seed: UInt64) -> [[Double]] {
      let parts = DataSplit(validation: 0.2, test: 0.1, shuffleSeed: seed).parts(of: Self.numbers)
      return [parts.training, parts.validation, parts.test].map(Self.values)
    }
    let (first, second) = (parts(1), parts(2))
    #expect(first.map(\.count) == [70, 20, 10])
    #expect(first.joined().sorted() == (0..<100).map(Double.init))
    #expect(first.allSatisfy { $0 == $0.sorted() } && first[1] != (70..<90).map(Double.init))
    #expect(first != second && first == parts(1))
  }

  /// Windows on images that are not neighbours, and parts of such windows, have the pixels and labels of theirs.
  @Test func chosenImages() throws {
    let all = Self.images(50)
    let chosen = try #require(all.chosen([40, 3, 17, 3, 9]).base as? ImageDataset)
    let some = try #require(chosen[1..<5].chosen([3, 0]).base as? ImageDataset)
    for (images, numbers) in [(chosen, [40, 3, 17, 3, 9]), (some, [9, 3]), (chosen[2..<4], [17, 3])] {
      #expect(images.count == numbers.count && images.labels == numbers.map { UInt8($0 % 7) })
      let bytes = images.withPixels(of: 0..<images.count) { Array($0) }
      #expect(bytes == numbers.flatMap { all.image($0) })
      #expect(Self.values(images) == bytes.map { Double($0) * (1 / 255.0) })
      #expect(images.originals([1, 0]).values == all.originals([numbers[1], numbers[0]]).values)
    }
  }

  /// A data set of one's own needs nothing for it.
  @Test func examplesOfOnesOwn() {
    struct Squares: Dataset {
      var numbers = 0..<10
      let name = "squares", shape = ExampleShape.vector(size: 1)
      var count: Int { numbers.count }
      var labels: [UInt8]? { numbers.map { UInt8($0) } }
      subscript(examples: Range<Int>) -> Squares {
        Squares(numbers: numbers.lowerBound + examples.lowerBound..<numbers.lowerBound + examples.upperBound)
      }
      func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> ExampleBatch {
        let values = indices.map { Double((numbers.lowerBound + $0) * (numbers.lowerBound + $0)) }
        return ExampleBatch(
          values: Tensor(values, shape: [indices.count, 1], element: context.element),
          streams: indices.map(UInt64.init), noiseKey: context.noiseKey)
      }
    }
    let chosen = Squares().chosen([9, 2, 5])
    #expect(Self.values(chosen) == [81, 4, 25] && chosen.labels == [9, 2, 5])
    #expect(Self.values(chosen[1..<3]) == [4, 25])
    let parts = DataSplit(validation: 0.3, test: 0.3, shuffleSeed: 0).parts(of: Squares())
    #expect([parts.training, parts.validation, parts.test].map(\.count) == [4, 3, 3])
  }

  /// A series is cut in time, at the same rows whether there is a test or not; no row is in two parts.
  @Test func series() throws {
    let series = Series(columns: ["x"], values: (0..<100).map(Double.init))
    let data = SeriesDataset([series], window: 10)
    let parts = DataSplit(validation: 0.2, test: 0.1).parts(of: data)
    func rows(_ data: AnyDataset) throws -> [Int] {
      let windows = try #require(data.base as? SeriesDataset)
      return Set((0..<windows.count).flatMap { windows.place(of: $0).rows }).sorted()
    }
    #expect(try rows(parts.training) == Array(0..<70))
    #expect(try rows(parts.validation) == Array(70..<90))
    #expect(try rows(parts.test) == Array(90..<100))
    let shuffled = DataSplit(validation: 0.2, test: 0.1, shuffleSeed: 5).parts(of: data)
    #expect([shuffled.training, shuffled.validation, shuffled.test].map(\.count) == [63, 18, 10])
  }
}
