import Latent
import Testing

@testable import vae_bench

/// What vae-bench reads of the marks of a thread that trains.
@Suite struct StepTraceTests {
  private typealias Mark = StepTrace.Mark

  private static func mark(_ row: String, _ seconds: Double, isPass: Bool = false) -> StepTrace.Mark {
    StepTrace.Mark(row: row, isPass: isPass, seconds: seconds)
  }

  private static func shard(_ seconds: Double) -> [StepTrace.Mark] {
    [
      mark("data and shuffle", 1), mark("encoder.lstm", seconds - 3, isPass: true), mark("loss", 1, isPass: true),
      mark(Profiler.unattributed, 1),
    ]
  }

  private static func step(_ shards: [Double]) -> [StepTrace.Mark] {
    shards.flatMap { shard($0) }
      + [
        mark(Profiler.waiting, 0.5), mark(Profiler.unattributed, 1.5), mark("gradient sum", 3), mark("gradient sum", 4),
        mark(Profiler.unattributed, 0.5), mark("optimizer", 5), mark(Profiler.unattributed, 1),
      ]
  }

  /// An epoch: its order, three whole steps and a last one of fewer shards.
  private let trace = StepTrace(
    [mark("data and shuffle", 7), mark(Profiler.unattributed, 9)] + step([20, 10, 12]) + step([22, 10, 10])
      + step([21, 11, 10]) + step([5, 4]))

  @Test func stepsOfAnEpoch() {
    #expect(trace.steps.map(\.shards) == [[20, 10, 12], [22, 10, 10], [21, 11, 10], [5, 4]])
    #expect(trace.steps.allSatisfy { $0.alone == 3.5 }, "the epoch's order is of no step")
    let runs = [StepTrace.Run(name: "gradient sum", tasks: [3, 4]), StepTrace.Run(name: "optimizer", tasks: [5])]
    #expect(trace.steps.allSatisfy { $0.runs == runs })
  }

  /// The usual first shard takes 21, the others 10: 11 are packing, in pieces for the three that have a shard.
  @Test func usualStep() throws {
    let schedule = try #require(trace.schedule(pieces: 11, secondsOfMeeting: 0.25))
    #expect(schedule.phases.map(\.name) == ["between", "packing", "shards", "gradient sum", "optimizer"])
    #expect(schedule.phases[1].tasks == Array(repeating: 1, count: 11) && schedule.phases[1].mostWorkers == 3)
    #expect(schedule.phases[2].tasks == [10, 10, 10])
    // 3.5, 11, 30, 7 and 5.
    #expect(schedule.work == 56.5)
    // 3.5, 4 turns of pieces, 10, the longer block of 4, 5; two, one and no further workers to call.
    #expect(schedule.seconds(threads: 64) == 27.25)
  }

  @Test func nothingToRead() {
    #expect(StepTrace([]).schedule(pieces: 1, secondsOfMeeting: 0) == nil)
    #expect(StepTrace([Mark(row: "optimizer", isPass: false, seconds: 1)]).steps.isEmpty)
  }
}
