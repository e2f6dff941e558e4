import Foundation
import Latent
import LatentTraining

extension World {
  /// Measures the links between the processes, one pair after the other, while the rest wait. Called by all, which all get
  /// the figures of all pairs; of more than 12 processes, those of some pairs of every one.
  ///
  ///     let links = world.measureLinks()
  ///     let slowest = links.filter { !$0.isWithinHost }.map(\.latency).max()
  ///
  /// - Parameter sizes: bytes of the messages whose rate is measured
  public func measureLinks(sizes: [Int] = [1 << 12, 1 << 16, 1 << 20, 1 << 22]) -> [LinkFigures] {
    var own: [LinkFigures] = []
    for (first, second) in LinkFigures.pairs(of: processes) {
      barrier()
      guard process == first || process == second else { continue }
      let probe = LinkProbe(carrier: carrier, other: process == first ? second : first)
      let figures = LinkFigures(
        first: first, second: second, isWithinHost: hosts[first] == hosts[second], latency: probe.latency,
        secondsPerMessage: probe.secondsPerMessage, rates: sizes.map(probe.rate(at:)))
      if process == first { own.append(figures) }
    }
    return carrier.gather(Array(try! JSONEncoder().encode(own)), as: "a measurement").flatMap {
      (try? JSONDecoder().decode([LinkFigures].self, from: Data($0))) ?? []
    }
  }

  /// Seconds in which the gradients of a step are added up: the median of this process. Called by all.
  ///
  /// - Parameters:
  ///   - elements: parameters of the model
  ///   - shards: parts of a batch
  public func measureSum(elements: Int, element: ElementType, shards: Int, on pool: WorkerPool) -> Double {
    let cut = ShardCut(shards: shards, processes: processes)
    let flat = cut[process].map { _ in Tensor(zeros: [elements], element: element).storage }
    let gradients = ShardGradients(flat, cut, process: process)
    let samples = (0..<32).map { _ in
      barrier()
      let start = monotonicSeconds()
      add(gradients, on: pool)
      return monotonicSeconds() - start
    }
    return median(Array(samples.dropFirst(4)))
  }
}
