import Latent
import LatentData
import LatentVAE
import TestSupport
import Testing

/// Sequences of unequal length: filled up inside, and no part of a loss.
struct PaddedSeriesTests {
  private static func series(_ lengths: [Int]) -> [Series] {
    lengths.enumerated().map { number, rows in
      Series(
        name: "s\(number)", columns: ["a", "b"],
        values: (0..<rows * 2).map { Double(number) + Double($0 * $0 % 7) / 8 })
    }
  }

  @Test func eachSeriesIsAnExample() throws {
    let series = Self.series([3, 5, 1, 4])
    let data = SeriesDataset(series, window: nil, isPadded: true)
    #expect(data.count == 4 && data.shape == .series(steps: 5, features: 2))
    let batch = data.batch([2, 0, 1], in: BatchContext(element: .float64))
    let observed = try #require(batch.observed)
    for (place, number) in [2, 0, 1].enumerated() {
      let (values, known) = (batch.values[rows: place..<place + 1].values, observed[rows: place..<place + 1].values)
      let own = series[number].values
      #expect(values == own + Array(repeating: 0, count: 10 - own.count))
      #expect(known == own.map { _ in 1 } + Array(repeating: 0, count: 10 - own.count))
    }
    // Nothing is padded where all are of one length.
    #expect(data[1..<2].batch([0], in: BatchContext()).observed == nil)
    #expect(SeriesDataset(series, window: 5).count == 1)
  }

  /// With a window, longer ones are cut and shorter ones filled up.
  @Test func windows() {
    let data = SeriesDataset(Self.series([3, 9]), window: 4, isPadded: true, stride: 4)
    #expect((0..<data.count).map { data.place(of: $0).rows } == [0..<3, 0..<4, 4..<8])
    let joined = {
      var joined = JoinedWindows(data)
      joined.append(data.batch([0, 1, 2], in: BatchContext(element: .float64)).values)
      return joined
    }()
    #expect(joined.expected(of: 0).flatMap(\.self) == data.series[0].values)
    #expect(joined.expected(of: 1).prefix(8).flatMap(\.self) == Array(data.series[1].values.prefix(16)))
    #expect(joined.expected(of: 1)[8].allSatisfy { $0.isNaN })
  }

  /// Whole sequences are kept for validation, and no row is on both sides of a cut.
  @Test func split() {
    let whole = SeriesDataset(Self.series([3, 5, 1, 4, 2, 6, 3, 3, 2, 1]), window: nil, isPadded: true)
    let parts = whole.split(validationFraction: 0.3)
    #expect((parts.training.count, parts.validation.count) == (7, 3))
    #expect(parts.validation.place(of: 0).series == 7)
    let overlapping = SeriesDataset(Self.series([20, 2]), window: 4, isPadded: true)
    let (training, validation) = overlapping.split(validationFraction: 0.5)
    #expect(training.place(of: training.count - 1).rows.upperBound <= validation.place(of: 0).rows.lowerBound)
    #expect(validation.place(of: validation.count - 1).series == 1)
  }

  /// The loss of a filled-up batch is the mean of the examples' own losses, whatever stands behind their ends.
  @Test func lossIsThatOfTheRows() throws {
    let lengths = [3, 5, 1, 4]
    let data = SeriesDataset(Self.series(lengths), window: nil, isPadded: true)
    let batch = data.batch([0, 1, 2, 3], in: BatchContext(element: .float64))
    let observed = try #require(batch.observed)
    let kind = try #require(LikelihoodKind(named: "laplace"))
    let (likelihood, numbers) = (kind.make(for: data.shape, element: .float64), 10 * kind.numbersPerElement)
    let tape = Tape()
    let output = tape.constant(
      Tensor((0..<4 * numbers).map { Double($0 % 11) / 10 }, shape: [4, numbers], element: .float64))
    func losses(_ x: Tensor) -> [Double] {
      likelihood.negativeLogLikelihoods(
        output, of: tape.constant(x.reshaped(to: [4, 10])), observed: observed.reshaped(to: [4, 10])
      ).tensor.values
    }
    let filled = zip(batch.values.values, observed.values).map { $1 == 1 ? $0 : 1e3 }
    let found = losses(batch.values)
    #expect(found == losses(Tensor(filled, shape: batch.values.shape, element: .float64)))
    // Each alone, with every element known, counts the same elements.
    let all = likelihood.negativeLogLikelihoods(
      output, of: tape.constant(batch.values.reshaped(to: [4, 10])),
      observed: Tensor(Array(repeating: 1.0, count: 40), shape: [4, 10], element: .float64)
    ).tensor.values
    #expect(abs(found[1] - all[1]) < 1e-12 && found[0] != all[0] && found[2] != all[2])
  }
}
