import Synchronization
import Testing

@testable import LatentKernels

/// Tasks of a run that wait for each other.
@Suite struct MeetingTests {
  /// Every task gets what all have given, in order, in every round; more tasks than workers make no difference.
  @Test(arguments: [1, 2, 3, 5], [1, 2, 3, 8, 33])
  func everybodyHearsEverybody(threads: Int, members: Int) {
    let pool = WorkerPool(threads: threads)
    for _ in 0..<20 {
      let meeting = Meeting<[Int]>(members: members)
      let wrong = Atomic<Int>(0)
      pool.runMeeting(tasks: members) { member, worker in
        for round in 0..<4 {
          let all =
            members == 1
            ? [[0, round]] : meeting.exchange([member, round], from: member, worker: worker, of: pool, as: "test")
          if all != (0..<members).map({ [$0, round] }) { wrong.add(1, ordering: .relaxed) }
        }
        meeting.leave(as: "test")
      }
      #expect(wrong.load(ordering: .relaxed) == 0)
    }
  }

  /// One task at a time computes as a worker, even where others of its tasks wait; and few are under way at once.
  @Test(arguments: [1, 2, 4])
  func workersAreDistinct(threads: Int) {
    let (groups, members) = (40, 6)
    let pool = WorkerPool(threads: threads)
    let meetings = (0..<groups).map { _ in Meeting<Int>(members: members) }
    let busy = (0..<threads).map { _ in Flag() }
    let clashes = Atomic<Int>(0)
    let under = Atomic<Int>(0)
    let most = Atomic<Int>(0)
    let runs = (0..<groups * members).map { _ in Flag() }
    pool.runMeeting(tasks: groups * members) { task, worker in
      if runs[task].value.exchange(true, ordering: .relaxed) { clashes.add(1, ordering: .relaxed) }
      let now = under.add(1, ordering: .relaxed).newValue
      _ = most.max(now, ordering: .relaxed)
      for round in 0..<3 {
        if busy[worker].value.exchange(true, ordering: .relaxed) { clashes.add(1, ordering: .relaxed) }
        var sum = round
        for number in 0..<2000 { sum = sum &* 31 &+ number }
        busy[worker].value.store(false, ordering: .relaxed)
        let all = meetings[task / members].exchange(
          sum, from: task % members, worker: worker, of: pool, as: "test")
        if Set(all).count != 1 { clashes.add(1, ordering: .relaxed) }
      }
      meetings[task / members].leave(as: "test")
      under.subtract(1, ordering: .relaxed)
    }
    #expect(clashes.load(ordering: .relaxed) == 0)
    #expect(runs.allSatisfy { $0.value.load(ordering: .relaxed) })
    // Those of one group, and of the next that had begun. With more workers, one that the system holds up holds up its
    // group, and the others go on.
    if threads == 1 { #expect(most.load(ordering: .relaxed) <= 2 * members) }
  }

  /// Runs of both kinds, one after the other, with tasks of which some finish long before others.
  @Test func runsOfBothKinds() {
    let pool = WorkerPool(threads: 3)
    for run in 0..<300 {
      let count = Atomic<Int>(0)
      if run % 3 == 0 {
        pool.run(tasks: 7) { _, _ in count.add(1, ordering: .relaxed) }
      } else {
        let meeting = Meeting<Int>(members: 7)
        pool.runMeeting(tasks: 7) { member, worker in
          for _ in 0..<run % 4 { _ = meeting.exchange(1, from: member, worker: worker, of: pool, as: "test") }
          meeting.leave(as: "test")
          count.add(1, ordering: .relaxed)
        }
      }
      #expect(count.load(ordering: .relaxed) == 7)
    }
  }

  private final class Flag: Sendable { let value = Atomic<Bool>(false) }
}
