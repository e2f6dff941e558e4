import Foundation
import LatentMPI
import Synchronization

/// Carries messages between threads that stand for processes. Nobody waits longer than a minute.
final class Post: @unchecked Sendable {  // the lock orders all that is shared
  private let condition = NSCondition()
  private var boxes: [[[[UInt8]]]]
  /// Bytes that were sent, and messages.
  private(set) var bytes = 0
  private(set) var messages = 0

  init(processes: Int) {
    boxes = Array(repeating: Array(repeating: [], count: processes), count: processes)
  }

  func send(_ message: [UInt8], from sender: Int, to receiver: Int) {
    condition.lock()
    boxes[sender][receiver].append(message)
    bytes += message.count
    messages += 1
    condition.broadcast()
    condition.unlock()
  }

  func receive(from sender: Int, to receiver: Int) -> [UInt8] {
    condition.lock()
    defer { condition.unlock() }
    let deadline = Date(timeIntervalSinceNow: 60)
    while boxes[sender][receiver].isEmpty {
      if !condition.wait(until: deadline) { fatalError("\(receiver) got no message of \(sender) within a minute") }
    }
    return boxes[sender][receiver].removeFirst()
  }

  var isEmpty: Bool { boxes.allSatisfy { $0.allSatisfy(\.isEmpty) } }
}

/// One of several threads that stand for processes.
struct ThreadCarrier: Carrier {
  let processes: Int
  let process: Int
  let post: Post

  func exchange(_ outgoing: [Outgoing], _ incoming: [Incoming], as purpose: String) {
    for message in outgoing { post.send(Array(message.bytes), from: process, to: message.process) }
    for place in incoming {
      let message = post.receive(from: place.process, to: process)
      precondition(message.count == place.bytes.count, "\(message.count) bytes for a place of \(place.bytes.count)")
      place.bytes.copyBytes(from: message)
    }
  }

  /// What each of so many processes makes of its part, on threads of their own.
  static func run<Result: Sendable>(
    _ processes: Int, _ body: @escaping @Sendable (ThreadCarrier) -> Result
  ) -> (results: [Result], post: Post) {
    let post = Post(processes: processes)
    let results = Mutex([Result?](repeating: nil, count: processes))
    let done = DispatchGroup()
    for process in 0..<processes {
      done.enter()
      Thread.detachNewThread {
        let result = body(ThreadCarrier(processes: processes, process: process, post: post))
        results.withLock { $0[process] = result }
        done.leave()
      }
    }
    precondition(done.wait(timeout: .now() + 120) == .success, "the processes wait for each other")
    return (results.withLock { $0.map { $0! } }, post)
  }
}
