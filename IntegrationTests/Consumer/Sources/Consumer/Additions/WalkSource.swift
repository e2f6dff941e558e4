import Latent
import LatentData
import LatentFiles

/// Random walks of 20 steps, drawn when they are asked for.
struct Walks: Dataset {
  let seed: UInt64
  let numbers: Range<Int>

  let name = "walks"
  let shape = ExampleShape.series(steps: 20, features: 1)
  var count: Int { numbers.count }

  subscript(examples: Range<Int>) -> Walks {
    Walks(
      seed: seed, numbers: numbers.lowerBound + examples.lowerBound..<numbers.lowerBound + examples.upperBound)
  }

  func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> ExampleBatch {
    let values = indices.flatMap { index -> [Double] in
      let key = RandomKey(seed: seed).child(UInt64(numbers.lowerBound + index))
      var place = 0.0
      return Initializer.uniform(-0.5...0.5)(shape: [20], key: key, element: .float64).values.map { step in
        place += step
        return place
      }
    }
    return ExampleBatch(
      values: Tensor(values, shape: [indices.count, 20, 1], element: context.element),
      streams: indices.map(UInt64.init), noiseKey: context.noiseKey)
  }
}

/// `walks`: a source of this package, found by its name among those of Latent.
struct WalkSource: ExampleSource {
  static let usage = "walks"
  let description = "walks"

  init?(_ text: String) { if text != Self.usage { return nil } }

  func load(_ part: DatasetPart, limit: Int?, seed: UInt64) throws(DataError) -> Walks {
    let first = part == .training ? 0 : 1000
    return Walks(seed: seed, numbers: first..<first + min(limit ?? 1000, 1000))
  }
}
