import Latent
import LatentTraining

/// The least and the largest number of some examples: what processes that share the examples give each other.
struct Extremes: Gatherable, Equatable {
  var least: Double
  var largest: Double

  init(of values: [Double]) { (least, largest) = (values.min() ?? .nan, values.max() ?? .nan) }

  func write(to message: inout ShardMessage) {
    least.write(to: &message)
    largest.write(to: &message)
  }

  init(from message: inout ShardMessage) {
    least = Double(from: &message)
    largest = Double(from: &message)
  }
}
