import LatentTraining
import Testing

/// Schedules whose times can be found by hand; times are whole numbers.
@Suite struct StepScheduleTests {
  @Test(arguments: [
    ([4.0], 1, 4.0), ([4], 8, 4), ([], 3, 0),
    ([1, 1, 1, 1, 1, 1, 1, 1], 2, 4), ([1, 1, 1, 1, 1, 1, 1, 1], 3, 3), ([1, 1, 1, 1, 1, 1, 1, 1], 16, 1),
    // The long task comes first, or last: workers take them in order.
    ([3, 1, 1, 1], 2, 3), ([1, 1, 1, 3], 2, 4),
    // 2 and 3 first; then 1 to who is free at 2, and 4 to who is free at 3 (both are).
    ([2, 3, 1, 4], 2, 7),
  ])
  func tasksGoToWhoIsFree(tasks: [Double], threads: Int, seconds: Double) {
    #expect(StepPhase("tasks", tasks: tasks).seconds(threads: threads) == seconds)
  }

  @Test func noMoreWorkersThanMayTakePart() {
    let phase = StepPhase("packing", count: 12, seconds: 1, mostWorkers: 4)
    #expect(phase.work == 12)
    #expect([1, 3, 4, 64].map { phase.seconds(threads: $0) } == [12, 4, 3, 3])
  }

  /// 8 shards of 10, a sum in 4 blocks of 1, and 4 that one thread does: 88 in all.
  private let step = StepSchedule(
    [
      StepPhase("alone", tasks: [4]), StepPhase("shards", count: 8, seconds: 10, isMeeting: true),
      StepPhase("sum", count: 4, seconds: 1, isMeeting: true),
    ], secondsOfMeeting: 0.5)

  @Test func phasesFollowEachOther() {
    #expect(step.work == 88)
    #expect(step.seconds(threads: 1) == 88)
    // 4, 40 and 2; a further worker in both meetings.
    #expect(step.seconds(threads: 2) == 47)
    // 4, 3 turns of shards, 2 of blocks; two further workers in both meetings.
    #expect(step.seconds(threads: 3) == 38)
    // 4, 10 and 1: more threads than shards and blocks. 7 and 3 further workers have a task.
    #expect(step.seconds(threads: 64) == 20)
  }

  /// What nobody works and what all work are the whole.
  @Test(arguments: [1, 2, 3, 8, 16]) func idleTimeIsTheRest(threads: Int) {
    let idle = step.idle(threads: threads)
    let worked = step.work / (Double(threads) * step.seconds(threads: threads))
    #expect(idle.map(\.phase) == ["alone", "shards", "sum", nil])
    #expect(idle.allSatisfy { $0.share >= 0 })
    #expect(abs(idle.reduce(worked) { $0 + $1.share } - 1) < 1e-12)
  }

  /// With 16 threads 8 shards keep half of them busy: of 16 times 10, 80 are idle.
  @Test func shardsThatAreTooFew() {
    let alone = StepSchedule([StepPhase("shards", count: 8, seconds: 10)])
    #expect(alone.idle(threads: 16).map(\.share) == [0.5, 0])
    #expect(alone.idle(threads: 8).map(\.share) == [0, 0])
  }
}
