/// What carries messages between processes: MPI, or whatever a test makes of threads.
///
/// The processes exchange in the same order, one exchange at a time. A carrier that can't deliver ends the process.
package protocol Carrier: Sendable {
  /// How many processes there are.
  var processes: Int { get }
  /// The number of this one, from 0.
  var process: Int { get }

  /// Sends and receives, and returns when all has arrived. Messages of one process to another arrive in their order.
  ///
  /// - Parameter purpose: for people who wait, such as `gradients`
  func exchange(_ outgoing: [Outgoing], _ incoming: [Incoming], as purpose: String)
}

/// Bytes for another process. They stay where they are until the exchange is over.
package struct Outgoing {
  package let process: Int
  package let bytes: UnsafeRawBufferPointer
}

/// A place for the bytes of another process, which sends as many.
package struct Incoming {
  package let process: Int
  package let bytes: UnsafeMutableRawBufferPointer
}

extension Carrier {
  private var others: [Int] { (0..<processes).filter { $0 != process } }

  /// Gives bytes to all processes, and returns those of all in their order.
  package func gather(_ own: [UInt8], as purpose: String) -> [[UInt8]] {
    if processes == 1 { return [own] }
    // What is short comes with its length; the rest of what is long comes after it.
    let size = 1 << 10
    let room = size - 8
    var head = withUnsafeBytes(of: UInt64(own.count).littleEndian, Array.init)
    head += own.prefix(room)
    head += [UInt8](repeating: 0, count: size - head.count)
    var heads = [UInt8](repeating: 0, count: size * processes)
    head.withUnsafeBytes { head in
      heads.withUnsafeMutableBytes { heads in
        exchange(
          others.map { Outgoing(process: $0, bytes: head) },
          others.map {
            Incoming(process: $0, bytes: UnsafeMutableRawBufferPointer(rebasing: heads[size * $0..<size * ($0 + 1)]))
          },
          as: purpose)
      }
    }
    var all = (0..<processes).map { other in
      if other == process { return own }
      let head = heads[size * other..<size * (other + 1)]
      let count = head.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      return Array(head.dropFirst(8).prefix(count)) + [UInt8](repeating: 0, count: max(0, count - room))
    }
    let isLong = others.filter { all[$0].count > room }
    if own.count > room || !isLong.isEmpty { exchangeTails(of: &all, from: room, isLong, as: purpose) }
    return all
  }

  private func exchangeTails(of all: inout [[UInt8]], from room: Int, _ isLong: [Int], as purpose: String) {
    let own = all[process]
    var tails = isLong.map { [UInt8](repeating: 0, count: all[$0].count - room) }
    own.withUnsafeBytes { own in
      let outgoing =
        own.count > room
        ? others.map { Outgoing(process: $0, bytes: UnsafeRawBufferPointer(rebasing: own[room...])) } : []
      withBytes(of: &tails) { places in
        exchange(outgoing, zip(isLong, places).map { Incoming(process: $0, bytes: $1) }, as: purpose)
      }
    }
    for (other, tail) in zip(isLong, tails) { all[other].replaceSubrange(room..., with: tail) }
  }

  private func withBytes(of arrays: inout [[UInt8]], _ body: ([UnsafeMutableRawBufferPointer]) -> Void) {
    func next(_ index: Int, _ places: [UnsafeMutableRawBufferPointer]) {
      if index == arrays.count { return body(places) }
      // One after the other: each array lends its bytes while the next are asked.
      var array = arrays[index]
      arrays[index] = []
      array.withUnsafeMutableBytes { next(index + 1, places + [$0]) }
      arrays[index] = array
    }
    next(0, [])
  }
}
