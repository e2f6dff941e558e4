import LatentMPI
import Testing

/// The estimate of a step's time, against sums by hand.
@Suite struct StepModelTests {
  /// 8 shards of 32 examples at 10 ms each, 2 ms besides, gradients of 8 MB.
  private let model = StepModel(
    batchSize: 256, shards: 8, threads: 2,
    shardTimes: [
      .init(examples: 32, seconds: 10e-3), .init(examples: 8, seconds: 4e-3), .init(examples: 16, seconds: 6e-3),
    ], undividedSeconds: 2e-3, gradientBytes: 8_000_000, exchanges: 4)
  /// A gigabyte a second.
  private let link = LinkSpeed(latency: 100e-6, secondsPerMessage: 10e-6, bytesPerSecond: 1e9)

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-12 }

  @Test func oneRankExchangesNothing() {
    let step = model.step(ranks: 1, link: link)
    #expect(isClose(step.computing, 40e-3))  // 8 shards on 2 threads
    #expect(step.transfer == 0 && step.messages == 0)
    #expect(isClose(step.total, 42e-3))
  }

  @Test func powersOfTwo() {
    let step = model.step(ranks: 4, link: link)
    #expect(isClose(step.computing, 10e-3))
    #expect(isClose(step.undivided, 2e-3))
    #expect(isClose(step.transfer, 2 * 3.0 / 4 * 8e-3))
    #expect(isClose(step.messages, 4 * (100e-6 + 3 * 10e-6)))
  }

  /// The fullest rank has 3 of the 8 shards: two turns of its threads. One that has two partial sums sends both.
  @Test func unevenShards() {
    let step = model.step(ranks: 3, link: link)
    #expect(isClose(step.computing, 20e-3))
    // Ranks have 1, 2 and 2 partial sums: ranks 1 and 2 send 2 of them to 2 others, and rank 0 receives 4; then 2 parts of results.
    #expect(isClose(step.transfer, (4 + 2) / 3.0 * 8e-3))
  }

  @Test func shardsForManyRanks() {
    #expect(model.feeding(ranks: 2).shards == 8)
    let many = model.feeding(ranks: 16)
    #expect(many.shards == 32)
    #expect(isClose(many.step(ranks: 16, link: link).computing, 4e-3))
    // No more than examples; the smallest shard that was measured stands for smaller ones.
    #expect(model.feeding(ranks: 1000).shards == 256)
    #expect(isClose(model.feeding(ranks: 128).step(ranks: 128, link: link).computing, 4e-3))
    let each = model.scaled(by: 4)
    #expect(each.batchSize == 1024 && each.shards == 32)
    #expect(isClose(each.step(ranks: 4, link: link).computing, 40e-3))
  }

  /// In proportion between two measured sizes and beyond the largest.
  @Test func sizesInBetween() {
    var other = model
    (other.batchSize, other.shards) = (24 * 8, 8)
    #expect(isClose(other.step(ranks: 8, link: link).computing, 8e-3))
    other.batchSize = 64 * 8
    #expect(isClose(other.step(ranks: 8, link: link).computing, 20e-3))
  }

  /// Two ranks on each of two machines: of a rank's 3 neighbours 2 are elsewhere, and both use the one link.
  @Test func ranksThatShareALink() {
    let step = model.step(ranks: 4, link: link, sharing: 2)
    #expect(isClose(step.transfer, 2 * 3.0 / 4 * 8e-3 * 2 * 2 / 3))
  }
}
