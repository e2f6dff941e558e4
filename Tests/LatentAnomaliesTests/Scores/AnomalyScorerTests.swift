import Latent
import LatentAnomalies
import LatentData
import LatentTraining
import LatentVAE
import Testing

/// A model whose numbers one can compute: an element's share is its square plus its window's first number.
private struct SquareModel: ScoringModel {
  let window: Int
  let features: Int
  let element = ElementType.float64

  func scores(of windows: ExampleBatch) -> WindowScores {
    let (values, size) = (windows.values.values, window * features)
    var shares: [Double] = []
    for (place, value) in values.enumerated() { shares.append(value * value + values[place / size * size]) }
    func tensor(_ values: [Double]) -> Tensor { Tensor(values, shape: windows.values.shape, element: element) }
    let whole = (0..<windows.count).map { values[$0 * size] / 8 }
    return WindowScores(
      shares: tensor(shares), whole: Tensor(whole, shape: [windows.count], element: element),
      expected: tensor(values.map { $0 / 2 }), band: (tensor(values.map { $0 - 1 }), tensor(values.map { $0 + 1 })))
  }
}

private func wave(_ rows: Int, features: Int, times: [Double]? = nil) -> Series {
  var values: [Double] = []
  for place in 0..<rows * features { values.append(Double((place * 7919) % 613) / 100 - 3) }
  return Series(columns: (0..<features).map { "f\($0)" }, values: values, times: times)
}

/// Whether both have the same bits, or are both NaN.
func areSame(_ a: [Double], _ b: [Double]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
}

private func areSame(_ a: ScoredRows, _ b: ScoredRows) -> Bool {
  a.rows == b.rows && areSame(a.scores, b.scores) && areSame(a.shares, b.shares) && areSame(a.expected, b.expected)
    && areSame(a.low, b.low) && areSame(a.high, b.high)
}

@Suite struct AnomalyScorerTests {
  private let workers = DataParallel(threads: 2, shards: 1)

  /// Each aggregate beside loops over all windows that have a row, with missing values and a gap in the times.
  @Test(arguments: ScoreAggregate.allCases) func aggregatesAreThoseOfPlainLoops(_ aggregate: ScoreAggregate) {
    let (rows, window, features) = (61, 5, 2)
    // A gap before row 40; rows 57 to 60 are too few for a window.
    let times = (0..<rows).map { row -> Double in
      let gaps = row < 40 ? 0 : row < 57 ? 7 : 20
      return Double(row + gaps) * 60
    }
    var values = wave(rows, features: features).values
    for missing in [3, 30, 31, 50] { values[missing] = .nan }
    let series = Series(columns: ["a", "b"], values: values, times: times)
    let found = AnomalyScorer(SquareModel(window: window, features: features), aggregate: aggregate)
      .scores(of: series, on: workers)
    #expect(found.rows == 0..<rows)
    func x(_ place: Int) -> Double { values[place].isNaN ? 0 : values[place] }
    for row in 0..<rows {
      let run = row < 40 ? 0..<40 : row < 57 ? 40..<57 : 57..<rows
      let starts = (max(0, row - window + 1)...row).filter {
        run.lowerBound <= $0 && $0 + window <= run.upperBound && (aggregate != .last || $0 == row - window + 1)
      }
      let known = (0..<features).filter { !values[row * features + $0].isNaN }
      func score(_ start: Int) -> Double {
        let first = x(start * features)
        return known.reduce(first / 8) { sum, feature in
          let value = x(row * features + feature)
          return sum + value * value + first
        }
      }
      let expected: Double
      let all = starts.map(score).sorted()
      if all.isEmpty || known.isEmpty {
        #expect(found.scores[row].isNaN)
        #expect(found.expected[row * features].isNaN == all.isEmpty)
        continue
      }
      switch aggregate {
      case .last: expected = all[0]
      case .mean: expected = all.reduce(0, +) / Double(all.count)
      case .median: expected = (all[(all.count - 1) / 2] + all[all.count / 2]) / 2
      case .max: expected = all.last!
      }
      #expect(abs(found.scores[row] - expected) < 1e-12, "row \(row)")
      for feature in 0..<features {
        let place = row * features + feature
        #expect(abs(found.expected[place] - x(place) / 2) < 1e-12)
        #expect(abs(found.low[place] + 1 - x(place)) < 1e-12 && abs(found.high[place] - 1 - x(place)) < 1e-12)
        #expect(found.shares[place].isNaN == values[place].isNaN)
      }
    }
  }

  /// Chunks of windows meet without a seam.
  @Test(arguments: ScoreAggregate.allCases) func longSeriesHaveNoSeams(_ aggregate: ScoreAggregate) {
    let series = wave(8192 + 8192 + 5, features: 1)
    let scorer = AnomalyScorer(SquareModel(window: 4, features: 1), aggregate: aggregate)
    let all = scorer.scores(of: series, on: workers)
    for start in [0, 8180, 16375] {
      let part = scorer.scores(of: series[start..<min(start + 30, series.rows)], on: workers)
      let kept = 4..<part.rows.count - (aggregate == .last ? 0 : 4)
      #expect(areSame(Array(part.scores[kept]), Array(all.scores[start + kept.lowerBound..<start + kept.upperBound])))
    }
  }

  private static func saved(
    _ recipe: ModelRecipe, _ likelihood: LikelihoodKind, window: Int = 12, features: Int = 3
  ) throws -> SavedModel {
    let plan = try recipe.plan(for: .series(steps: window, features: features), likelihood: likelihood)
    return SavedModel(plan.makeModel(key: RandomKey(seed: 3)), plan: plan)
  }

  /// Rows that come one by one have the bits of all at once, whatever the model.
  @Test(arguments: ModelRecipe.named.map(\.name).filter { $0 != "conv" })
  func liveScoresAreThoseOfTheWhole(_ name: String) throws {
    let recipe = ModelRecipe.named.first { $0.name == name }!.recipe
    let times = (0..<75).map { Double($0 < 50 ? $0 : $0 + 3) }
    var values = wave(75, features: 3).values
    for missing in [70, 195, 196, 197] { values[missing] = .nan }
    let series = Series(columns: ["a", "b", "c"], values: values, times: times)
    for kind in ScoreKind.allCases {
      let model = try AutoencoderScores(Self.saved(recipe, .freeGaussian(.feature)), kind: kind, samples: 5)
      let scorer = AnomalyScorer(
        model, scaling: Scaling(.standard, offsets: [1, 2, 3], scales: [2, 3, 4]), period: 1)
      let all = scorer.scores(of: series, on: workers)
      var (live, joined) = (LiveScorer(scorer), ScoredRows(rows: 0..<0, features: 3))
      for row in 0..<75 { joined.append(live.append(Array(values[row * 3..<row * 3 + 3]), time: times[row])) }
      #expect(areSame(all, joined), "\(kind)")
      #expect(all.scores.count { !$0.isNaN } == 75 - 2 * 11 - 1)
    }
  }
}
