import Synchronization

/// A worker's place in a run whose tasks wait for each other (``Meeting``): one thread at a time computes as this worker.
///
/// Whoever comes back from waiting sits down before any task that has not begun, so that few tasks are under way at once.
final class Seat: Sendable {
  private let isTaken = Atomic<Bool>(false)
  private let returning = Atomic<Int>(0)
  private let beginning = Atomic<Int>(0)
  private let waitPoint = WaitPoint(spins: 0)

  /// Whether somebody waits for the seat, who will take the tasks that are left.
  var isAwaited: Bool {
    returning.load(ordering: .sequentiallyConsistent) > 0 || beginning.load(ordering: .sequentiallyConsistent) > 0
  }

  /// For a task that begins.
  func sit() {
    beginning.add(1, ordering: .sequentiallyConsistent)
    repeat {
      waitPoint.wait {
        !isTaken.load(ordering: .sequentiallyConsistent) && returning.load(ordering: .sequentiallyConsistent) == 0
      }
    } while isTaken.exchange(true, ordering: .sequentiallyConsistent)
    beginning.subtract(1, ordering: .sequentiallyConsistent)
  }

  /// Says that a task need not wait any longer: nothing else begins here until it sits again.
  func expect() { returning.add(1, ordering: .sequentiallyConsistent) }

  /// For a task that has waited and is expected.
  func sitAgain() {
    repeat {
      waitPoint.wait { !isTaken.load(ordering: .sequentiallyConsistent) }
    } while isTaken.exchange(true, ordering: .sequentiallyConsistent)
    returning.subtract(1, ordering: .sequentiallyConsistent)
  }

  func leave() {
    isTaken.store(false, ordering: .sequentiallyConsistent)
    waitPoint.wake()
  }
}

/// A thread for the seats of workers whose tasks wait.
final class Substitute: Sendable {
  private enum Order {
    case none, stop
    case work(task: Int, worker: Int)
  }

  private let order = Locked(Order.none)
  private let hasOrder = Atomic<Bool>(false)
  private let waitPoint = WaitPoint(spins: 0)

  /// Gives it a task to begin with; nil ends the thread.
  func begin(_ work: (task: Int, worker: Int)?) {
    order.withLock { $0 = work.map { .work(task: $0.task, worker: $0.worker) } ?? .stop }
    hasOrder.store(true, ordering: .sequentiallyConsistent)
    waitPoint.wake()
  }

  /// Waits for the next task; nil where the thread is to end.
  func next() -> (task: Int, worker: Int)? {
    waitPoint.wait { hasOrder.load(ordering: .sequentiallyConsistent) }
    hasOrder.store(false, ordering: .sequentiallyConsistent)
    if case .work(let task, let worker) = order.withLock({ $0 }) { return (task, worker) }
    return nil
  }
}
