import CLatentKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where threads wait for a condition: they spin a little, then sleep.
final class WaitPoint: @unchecked Sendable {
  private let sleepers = Atomic<Int>(0)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  private let spins: Int

  /// - Parameter spins: before a waiting thread sleeps, of some 10 nanoseconds each
  init(spins: Int) {
    self.spins = spins
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Returns when the condition holds, which is read from sequentially consistent atomics.
  func wait(until isDone: () -> Bool) {
    for _ in 0..<spins {
      if isDone() { return }
      latent_spin_pause()
    }
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while !isDone() { pthread_cond_wait(condition, mutex) }
    sleepers.subtract(1, ordering: .relaxed)
    pthread_mutex_unlock(mutex)
  }

  /// Lets those who wait look again: called after a change that makes their condition true.
  func wake() {
    // A thread that is about to sleep has either counted itself, or will see the change that brought us here.
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}
