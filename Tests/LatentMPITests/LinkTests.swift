import LatentMPI
import LatentTraining
import Testing

@testable import LatentMPI

/// Links are measured between threads that stand for processes.
@Suite struct LinkTests {
  @Test func everyPairIsMeasuredAndAllKnowIt() throws {
    let (results, mail) = ThreadCarrier.run(3) { carrier in
      World(carrier, hosts: ["a", "a", "b"]).measureLinks(sizes: [16, 4096])
    }
    let links = results[0]
    #expect(links.map { [$0.first, $0.second] } == [[0, 1], [0, 2], [1, 2]])
    #expect(links.map(\.isWithinHost) == [true, false, false])
    for link in links {
      #expect(link.latency > 0 && link.secondsPerMessage >= 0)
      #expect(link.rates.map(\.bytes) == [16, 4096])
      #expect(link.rates.allSatisfy { $0.bytesPerSecond > 0 })
    }
    #expect(results.allSatisfy { $0 == links })
    #expect(mail.isEmpty)
  }

  @Test func pairs() {
    #expect(LinkFigures.pairs(of: 1).isEmpty)
    #expect(LinkFigures.pairs(of: 12).count == 66)
    let pairs = LinkFigures.pairs(of: 64)
    #expect(pairs.count == 63 + 62 + 60 + 56 + 48 + 32)
    for process in 0..<64 { #expect(pairs.contains { $0.first == process || $0.second == process }) }
  }

  @Test func rateOfTheNearestSize() {
    let link = LinkFigures(
      first: 0, second: 1, isWithinHost: true, latency: 1, secondsPerMessage: 1,
      rates: [.init(bytes: 1000, bytesPerSecond: 1), .init(bytes: 100_000, bytesPerSecond: 2)])
    for (bytes, rate) in [(1.0, 1.0), (9_000, 1), (11_000, 2), (1e9, 2)] {
      #expect(link.bytesPerSecond(at: bytes) == rate)
    }
  }

  @Test func sum() {
    let (results, mail) = ThreadCarrier.run(2) { carrier in
      World(carrier, hosts: ["a", "a"]).measureSum(
        elements: 1000, element: .float32, shards: 4, on: DataParallel(threads: 1, shards: 4).pool)
    }
    #expect(results.allSatisfy { $0 > 0 })
    #expect(mail.isEmpty)
  }
}
