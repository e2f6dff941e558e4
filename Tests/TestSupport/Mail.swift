import Foundation
import Synchronization

/// Messages between threads that stand for processes, of which nobody waits for longer than a minute.
public final class Mail: @unchecked Sendable {  // the lock orders all that is shared
  private let condition = NSCondition()
  private var boxes: [[[[UInt8]]]]
  /// Bytes that the processes have sent each other.
  public private(set) var bytes = 0

  /// The last place, `processes`, is the test's.
  private init(processes: Int) {
    boxes = Array(repeating: Array(repeating: [], count: processes + 1), count: processes + 1)
  }

  /// What `body` gives in each of so many processes, on threads of their own, and their mail.
  public static func run<Result: Sendable>(
    processes: Int, _ body: @escaping @Sendable (_ process: Int, Mail) -> Result
  ) -> (results: [Result], mail: Mail) {
    let mail = Mail(processes: processes)
    let results = Mutex([Result?](repeating: nil, count: processes))
    let threads = (0..<processes).map { process in
      Thread {
        let result = body(process, mail)
        results.withLock { $0[process] = result }
        mail.send([], from: process, to: processes)
      }
    }
    for thread in threads {
      // As much as a main thread has.
      thread.stackSize = 8 << 20
      thread.start()
    }
    for process in 0..<processes { _ = mail.receive(from: process, to: processes) }
    return (results.withLock { $0.map { $0! } }, mail)
  }

  public func send(_ message: [UInt8], from sender: Int, to receiver: Int) {
    condition.lock()
    boxes[sender][receiver].append(message)
    bytes += message.count
    condition.broadcast()
    condition.unlock()
  }

  public func receive(from sender: Int, to receiver: Int) -> [UInt8] {
    condition.lock()
    defer { condition.unlock() }
    let deadline = Date(timeIntervalSinceNow: 60)
    while boxes[sender][receiver].isEmpty {
      if !condition.wait(until: deadline) { fatalError("\(receiver) got no message of \(sender) within a minute") }
    }
    return boxes[sender][receiver].removeFirst()
  }

  /// Whether all messages have been received.
  public var isEmpty: Bool { boxes.allSatisfy { $0.allSatisfy(\.isEmpty) } }
}
