import Latent
import LatentData
import LatentFiles
import TestSupport
import Testing

/// A data set and a source that Latent has never heard of, written as a client writes them.
@Suite struct OwnSourceTests {
  /// Step t of walk n is at n + t / 10.
  private struct Walks: Dataset {
    let name = "walks"
    let shape = ExampleShape.series(steps: 3, features: 1)
    var numbers: Range<Int>

    var count: Int { numbers.count }
    subscript(examples: Range<Int>) -> Walks {
      Walks(numbers: numbers.lowerBound + examples.lowerBound..<numbers.lowerBound + examples.upperBound)
    }
    func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> ExampleBatch {
      let values = indices.flatMap { index in (0..<3).map { Double(numbers.lowerBound + index) + Double($0) / 10 } }
      return ExampleBatch(
        values: Tensor(values, shape: [indices.count, 3, 1], element: context.element),
        streams: indices.map(UInt64.init), noiseKey: context.noiseKey)
    }
  }

  private struct WalkSource: ExampleSource {
    static let usage = "walks"
    let description = "walks"

    init?(_ text: String) { if text != "walks" { return nil } }
    func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> Walks {
      if part == .test { throw .unreadable(file: "walks", reason: "there are none for testing") }
      return Walks(numbers: 0..<min(reading.limit ?? 10, 10))
    }
  }

  @Test func isFoundByItsName() throws {
    let kinds = [WalkSource.self] + DataSource.kinds
    let source = try #require(DataSource("walks", among: kinds))
    #expect(source.source is WalkSource && source.path == nil && source.description == "walks")
    #expect(DataSource("walks")?.source is IDXSource)
    #expect(DataSource("synthetic", among: kinds) == DataSource(SyntheticDigitsSource()))
    #expect(
      DataSource.usage(of: kinds)
        == "walks, auto, fashion-mnist, synthetic, a .npy or .npz file, a .safetensors file, a .csv or .tsv file or a folder of them, a folder of PNG or JPEG images, or an IDX file or a folder of them"
    )
    #expect(try source.load().count == 10)
    #expect(throws: DataError.unreadable(file: "walks", reason: "there are none for testing")) {
      try source.load(.test)
    }
    let error = #expect(throws: DataError.self) { try source.loadImages() }
    let help = "holds series of 3 steps of 1 features, and this takes grey images, whose pixels are bytes"
    #expect(error == .anotherFormat(path: "walks", help: help))
  }

  /// What the protocol gives for nothing.
  @Test func isADataset() throws {
    let walks = try #require(WalkSource("walks")).load(limit: 8)
    let (training, validation) = walks.split(validationFraction: 0.25)
    #expect(training.count == 6 && validation.numbers == 6..<8 && walks.dropFirst(3).prefix(2).numbers == 3..<5)
    #expect(validation.batch([1], in: BatchContext(element: .float64)).values.values == [7, 7.1, 7.2])
    #expect(walks.provenance == "walks" && walks.labels == nil && walks.elementsPerExample == 3)
    #expect("\(walks)" == "walks: 8 series of 3 steps of 1 features")
    #expect(walks.sha256 == AnyDataset(walks).sha256 && walks.sha256.count == 64)
    #expect(walks.sha256 != walks.dropFirst(1).prefix(7).sha256)
    #expect(walks.originals([2]).values == walks.firstBatch(3).values.rows([2]).values)
  }

  @Test func anyDataset() {
    let tensors = TensorDataset([Tensor((0..<12).map(Double.init), shape: [4, 3])], labels: [3, 1, 2, 0])
    let any = AnyDataset(AnyDataset(tensors))
    #expect(any.base is TensorDataset && any.shape == .vector(size: 3) && any.labels == [3, 1, 2, 0])
    let part = any[1..<3]
    #expect(part.labels == [1, 2] && part.batch([1], in: BatchContext()).values.values == [6, 7, 8])
  }
}
