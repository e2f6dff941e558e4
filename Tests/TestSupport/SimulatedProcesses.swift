import Foundation
import Latent
import LatentTraining

/// Processes that share batches and examples, on threads of this one, each with models and workers of its own. None waits for
/// longer than a minute.
public final class SimulatedProcesses: Sendable {
  private let count: Int

  /// - Parameter count: at least 1
  public init(_ count: Int) { self.count = count }

  /// What `body` gives in each process; it gets the process's sum, which adds along the tree. Ends the program where a
  /// message has not been read.
  public func run<Result: Sendable>(_ body: @escaping @Sendable (any GradientSum) -> Result) -> [Result] {
    let (results, mail) = Mail.run(processes: count) { [count] process, mail in
      body(SimulatedProcess(processes: count, process: process, mail: mail))
    }
    precondition(mail.isEmpty, "a message has not been read")
    return results
  }
}

/// One of several processes that add along the tree.
private struct SimulatedProcess: GradientSum {
  let processes: Int
  let process: Int
  let mail: Mail

  func add(_ gradients: ShardGradients, on pool: WorkerPool) {
    let cut = gradients.cut
    for (into, from) in GradientTree.additions(of: cut.shards) {
      switch (cut.process(of: into), cut.process(of: from)) {
      case (process, process): gradients.add([(into, from)], on: pool)
      case (process, let other):
        let part = Storage(count: gradients.result.count, element: gradients.result.element)
        receive(part, from: other)
        gradients[into].assign(.add, gradients[into], part)
      case (let other, process): send(gradients[from], to: other)
      default: break
      }
    }
    let first = cut.process(of: 0)
    if process == first {
      for other in 0..<processes where other != first { send(gradients.result, to: other) }
    } else {
      receive(gradients.result, from: first)
    }
  }

  func gather(_ found: [[UInt8]], over cut: ShardCut) -> [[UInt8]] {
    for (shard, bytes) in zip(cut[process], found) where cut.process(of: shard) == process {
      for other in 0..<processes where other != process { mail.send(bytes, from: process, to: other) }
    }
    return (0..<cut.shards).map { shard in
      let owner = cut.process(of: shard)
      return owner == process
        ? found[shard - cut[process].lowerBound] : mail.receive(from: owner, to: process)
    }
  }

  private func send(_ values: Storage, to other: Int) {
    mail.send(values.withUnsafeBytes { Array($0) }, from: process, to: other)
  }

  private func receive(_ values: Storage, from other: Int) {
    let bytes = mail.receive(from: other, to: process)
    values.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
  }
}
