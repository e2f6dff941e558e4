import Latent
import LatentTraining

/// The sum over the shards of several processes, in the order of `GradientTree`.
///
/// Each process adds what lies in its own shards. What is left of the tree is then cut by elements: each process gets
/// all partial sums of its part, finishes the tree on it, and gives the result to the others. So every process sends and
/// receives about twice the gradient, however many there are, and the additions are those of one process.
package final class TreeExchange: Sendable {
  private let carrier: any Carrier
  /// Partial sums of others, kept from step to step.
  private let kept = Locked<[Storage]>([])

  package init(_ carrier: any Carrier) { self.carrier = carrier }

  package func add(_ gradients: ShardGradients, on pool: WorkerPool) {
    let plan = TreePlan(gradients.cut)
    gradients.add(plan.additions(of: carrier.process), on: pool)
    let lane = pool.profiler?.lane(0)
    lane.map { $0.mark($0.row("gradient sum")) }
    if let lane {
      // Whoever measures wants to know who waits for whom.
      _ = carrier.gather([], as: "gradients")
      lane.mark(lane.row(Profiler.waitingForRanks))
    }
    let parts = TreeExchange.parts(of: gradients.result.count, processes: carrier.processes)
    let sums = exchangePartialSums(gradients, plan, parts)
    lane.map { $0.mark($0.row(Profiler.communication)) }
    let part = parts[carrier.process]
    GradientTree.add(plan.remaining, count: part.count, on: pool) { sums[$0]! }
    lane.map { $0.mark($0.row("gradient sum")) }
    if !part.isEmpty {
      let place = gradients.result[part]
      if !place.sharesMemory(with: sums[0]!) || place.offset != sums[0]!.offset { place.assign(sums[0]!) }
    }
    exchangeResults(gradients.result, parts)
    lane.map { $0.mark($0.row(Profiler.communication)) }
  }

  /// The elements that each process finishes: whole cache lines.
  static func parts(of count: Int, processes: Int) -> [Range<Int>] {
    let lines = (count + 15) / 16
    return (0..<processes).map {
      min(count, 16 * ($0 * lines / processes))..<min(count, 16 * (($0 + 1) * lines / processes))
    }
  }

  /// Gets the partial sums of this process's part, by their first shards.
  private func exchangePartialSums(
    _ gradients: ShardGradients, _ plan: TreePlan, _ parts: [Range<Int>]
  ) -> [Int: Storage] {
    let (own, part) = (carrier.process, parts[carrier.process])
    let others = (0..<carrier.processes).filter { $0 != own }
    var sums: [Int: Storage] = [:]
    for shard in plan.partialSums(of: own) { sums[shard] = gradients[shard][part] }
    let foreign = others.flatMap { other in plan.partialSums(of: other).map { (other, shard: $0) } }
    let places = room(for: foreign.count, elements: part.count, element: gradients.result.element)
    for ((_, shard), place) in zip(foreign, places) { sums[shard] = place }
    let outgoing = others.flatMap { other in
      plan.partialSums(of: own).map { Outgoing(process: other, bytes: gradients[$0][parts[other]].bytes) }
    }
    let incoming = zip(foreign, places).map { Incoming(process: $0.0, bytes: $1.bytes) }
    withExtendedLifetime((gradients, places)) {
      carrier.exchange(outgoing.filter { !$0.bytes.isEmpty }, incoming.filter { !$0.bytes.isEmpty }, as: "gradients")
    }
    return sums
  }

  private func exchangeResults(_ result: Storage, _ parts: [Range<Int>]) {
    let (own, others) = (carrier.process, (0..<carrier.processes).filter { $0 != carrier.process })
    let part = result[parts[own]].bytes
    withExtendedLifetime(result) {
      carrier.exchange(
        part.isEmpty ? [] : others.map { Outgoing(process: $0, bytes: UnsafeRawBufferPointer(part)) },
        others.filter { !parts[$0].isEmpty }.map { Incoming(process: $0, bytes: result[parts[$0]].bytes) },
        as: "gradients")
    }
  }

  /// Memory for partial sums, the same in every step.
  private func room(for count: Int, elements: Int, element: ElementType) -> [Storage] {
    kept.withLock { kept in
      if kept.first?.element != element { kept = [] }
      for index in 0..<count where index >= kept.count || kept[index].count < elements {
        let storage = Storage(count: elements, element: element)
        if index < kept.count { kept[index] = storage } else { kept.append(storage) }
      }
      return kept.prefix(count).map { $0[0..<elements] }
    }
  }
}

/// Which additions of the tree a process can make alone, and what is left.
package struct TreePlan: Sendable {
  private let cut: ShardCut
  /// The additions of sums that lie in different processes, in the tree's order.
  package let remaining: [(into: Int, from: Int)]
  private let own: [[(into: Int, from: Int)]]
  private let partial: [[Int]]

  package init(_ cut: ShardCut) {
    self.cut = cut
    // Where several processes compute a shard, the first has it.
    let owners = (0..<cut.shards).map(cut.process(of:))
    // The process in which all of a partial sum lies; nil where it lies in several.
    var places = owners.map(Optional.some)
    var own = Array(repeating: [(into: Int, from: Int)](), count: cut.processes)
    var remaining: [(into: Int, from: Int)] = []
    var used = Set<Int>()
    for (into, from) in GradientTree.additions(of: cut.shards) {
      if let place = places[into], place == places[from] {
        own[place].append((into, from))
        used.insert(from)
      } else {
        remaining.append((into, from))
        places[into] = nil
      }
    }
    (self.own, self.remaining) = (own, remaining)
    partial = (0..<cut.processes).map { process in
      (0..<cut.shards).filter { owners[$0] == process && !used.contains($0) }
    }
  }

  /// The additions inside a process.
  package func additions(of process: Int) -> [(into: Int, from: Int)] { own[process] }

  /// The sums that a process has after them, by their first shards.
  package func partialSums(of process: Int) -> [Int] { partial[process] }
}

extension Storage {
  /// Where the elements are, as long as the memory lives.
  fileprivate var bytes: UnsafeMutableRawBufferPointer { withUnsafeMutableBytes { $0 } }
}

extension Outgoing {
  fileprivate init(process: Int, bytes: UnsafeMutableRawBufferPointer) {
    self.init(process: process, bytes: UnsafeRawBufferPointer(bytes))
  }
}
