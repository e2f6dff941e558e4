import LatentKernels
import Testing

@Suite struct LongWorkTests {
  @Test func isHeardWhereItIsFollowed() {
    let heard = Locked<[WorkProgress]>([])
    @Sendable func hear(_ progress: WorkProgress) { heard.withLock { $0.append(progress) } }
    let result = LongWork.following(hear) {
      let work = LongWork("counting", total: 2)
      work.advance(to: 1)
      work.advance(to: 2)
      return 7
    }
    #expect(result == 7)
    #expect(heard.withLock { $0 } == (0...2).map { WorkProgress(label: "counting", done: $0, total: 2) })
    // Nobody follows any more.
    LongWork("counting", total: 1).advance(to: 1)
    #expect(heard.withLock { $0.count } == 3)
  }

  /// Workers have no task of their own, but the work that was begun before them is still heard.
  @Test func isHeardFromWorkers() {
    let heard = Locked<[Int]>([])
    @Sendable func hear(_ progress: WorkProgress) { heard.withLock { $0.append(progress.done) } }
    LongWork.following(hear) {
      let work = LongWork("tasks", total: 8)
      WorkerPool(threads: 2).run(tasks: 8) { task, _ in work.advance(to: task + 1) }
    }
    #expect(Set(heard.withLock { $0 }) == Set(0...8))
  }
}
