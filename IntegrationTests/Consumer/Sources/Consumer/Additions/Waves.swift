import Foundation
import Latent
import LatentData

/// Sine waves of one's own data set, made when they are asked for: series of 8 steps of 2 features.
struct Waves: Dataset {
  let name = "waves", shape = ExampleShape.series(steps: 8, features: 2)
  let numbers: Range<Int>

  var count: Int { numbers.count }

  subscript(examples: Range<Int>) -> Waves {
    Waves(numbers: numbers.lowerBound + examples.lowerBound..<numbers.lowerBound + examples.upperBound)
  }

  /// sin(a step) and cos(a step), with a = 0.1 (1 + number modulo 7)
  func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> ExampleBatch {
    let values = indices.flatMap { index -> [Double] in
      let a = 0.1 * Double(1 + (numbers.lowerBound + index) % 7)
      return (0..<8).flatMap { [sin(a * Double($0)), cos(a * Double($0))] }
    }
    return ExampleBatch(
      values: Tensor(values, shape: [indices.count, 8, 2], element: context.element),
      streams: indices.map { UInt64($0) }, noiseKey: context.noiseKey)
  }
}
