import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE

/// What a page needs to draw decoded series, or the numbers of vectors, as lines in the units of the data.
struct PageSeries: Sendable {
  /// T, a vector's numbers being in a row
  let steps: Int
  /// Of which as many as have room are drawn: [D]
  let features: [String]
  /// What turns a decoded number into its unit: [D] each
  let (offsets, scales): ([Double], [Double])
  /// The least and the greatest number that a feature's axis shows, in its unit: [D] each
  let (low, high): ([Double], [Double])
  /// What 90% of what is expected lies in; nil where the page can't tell.
  let band: Band?

  /// How far from a decoded number, before it has its unit.
  enum Band: Sendable {
    /// Below and above it, the same everywhere: [D] each.
    case everywhere(below: [Double], above: [Double])
    /// By the second number that the decoder gives for an element, at so many of them a step apart.
    case bySecond(first: Double, step: Double, below: [Double], above: [Double])
  }

  /// - Parameter examples: that give the axes their ends; nil where there are none
  init(_ saved: SavedModel, _ plan: ModelPlan, examples: (any Dataset)?) {
    let example = saved.example
    if case .vector(let size) = example {
      (steps, features) = (size, ["value"])
    } else {
      steps = example.steps
      let names = saved.featureNames.flatMap { $0.count == example.features ? $0 : nil }
      features = names ?? (example.features == 1 ? ["value"] : (0..<example.features).map { "feature \($0)" })
    }
    let (count, scaling) = (features.count, saved.scaling)
    // The numbers of a vector may have units of their own.
    let units = scaling.map { $0.features == example.features ? $0.features : 0 } ?? 0
    let all = units > 0 ? scaling! : nil
    offsets = all?.offsets ?? Array(repeating: 0, count: example.features)
    scales = all?.scales ?? Array(repeating: 1, count: example.features)
    band = Self.band(saved, plan)
    var (low, high) = (
      Array(repeating: Double.infinity, count: count), Array(repeating: -Double.infinity, count: count)
    )
    if let examples {
      let values = saved.inUnits(examples.originals(Array(0..<min(examples.count, max(20, 1 << 21 / example.count)))))
        .values
      for (place, value) in values.enumerated() where value.isFinite {
        low[place % count] = min(low[place % count], value)
        high[place % count] = max(high[place % count], value)
      }
    }
    for feature in 0..<count where !(low[feature] < high[feature]) {
      let middle = low[feature].isFinite ? low[feature] : offsets[feature]
      (low[feature], high[feature]) = (middle - 3 * scales[feature], middle + 3 * scales[feature])
    }
    (self.low, self.high) = (low, high)
  }

  /// From the likelihood itself: of a place that it only moves, or of a table.
  private static func band(_ saved: SavedModel, _ plan: ModelPlan) -> Band? {
    let (likelihood, example) = (saved.model.likelihood, saved.example)
    guard plan.likelihood.link == .identity else { return nil }
    func interval(_ output: Tensor) -> (low: [Double], high: [Double]) {
      let band = likelihood.interval(output, probability: 0.9)
      return (band.low.values, band.high.values)
    }
    switch plan.likelihood.numbersPerElement {
    case 1:
      let band = interval(Tensor(zeros: [1, example.count], element: saved.element))
      return .everywhere(
        below: Array(band.low.prefix(example.features)), above: Array(band.high.prefix(example.features)))
    case 2:
      let (first, step, count) = (-15.0, 0.25, 101)
      guard count * example.count <= 1 << 22 else { return nil }
      let output = (0..<count * example.count * 2).map { place -> Double in
        place.isMultiple(of: 2) ? 0 : first + step * Double(place / (2 * example.count))
      }
      let band = interval(Tensor(output, shape: [count, 2 * example.count], element: saved.element))
      func column(_ values: [Double]) -> [Double] { (0..<count).map { values[$0 * example.count] } }
      return .bySecond(first: first, step: step, below: column(band.low), above: column(band.high))
    default: return nil
    }
  }

  /// What `series.js` reads.
  var json: JSON {
    func numbers(_ values: [Double]) -> JSON { .array(values.map { .number($0) }) }
    let bandJSON: JSON =
      switch band {
      case .everywhere(let below, let above): ["below": numbers(below), "above": numbers(above)]
      case .bySecond(let first, let step, let below, let above):
        ["first": .number(first), "step": .number(step), "below": numbers(below), "above": numbers(above)]
      case nil: .null
      }
    return [
      "steps": .integer(steps), "features": .array(features.map { .string($0) }), "offsets": numbers(offsets),
      "scales": numbers(scales), "low": numbers(low), "high": numbers(high), "band": bandJSON,
    ]
  }
}
