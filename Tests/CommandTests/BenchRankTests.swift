import Foundation
import Latent
import LatentMPI
import Testing

@testable import vae_bench

/// What vae-bench makes of several ranks, without any.
@Suite struct BenchRankTests {
  /// Two ranks of 1 and 2 threads.
  private static let results = [
    result(0, threads: 1, wall: 10, computing: 7, communication: 1, waiting: 2, peak: 100),
    result(1, threads: 2, wall: 11, computing: 10, communication: 0.75, waiting: 0.25, peak: 300),
  ]

  private static func result(
    _ rank: Int, threads: Int, wall: Double, computing: Double, communication: Double, waiting: Double, peak: Double
  ) -> RankResult {
    func side(_ seconds: Double, flops: Double = 0, ideal: Double? = nil) -> Report.Row.Side {
      Report.Row.Side(
        seconds: seconds, calls: 1, flops: flops, bytes: 8, product: flops > 0 ? [2, 3, 4] : nil, idealSeconds: ideal,
        samples: [seconds])
    }
    // On every thread but the first the exchanges are a wait at the barrier.
    let others = Double(threads - 1)
    var rows = [
      Report.Row(
        name: "encoder", forward: side(computing * Double(threads), flops: 100 * Double(threads), ideal: computing / 2)),
      Report.Row(name: Profiler.communication, other: side(communication)),
      Report.Row(name: Profiler.waitingForRanks, other: side(waiting)),
    ]
    if threads > 1 {
      rows.append(Report.Row(name: Profiler.waiting, other: side((communication + waiting) * others)))
      rows.append(Report.Row(name: "only here", other: side(0)))
    }
    return RankResult(
      rank: Report.Rank(
        rank: rank, host: "node\(rank)", threads: threads, shards: 4, images: 50, wallSeconds: wall,
        communicationSeconds: communication, waitingSeconds: waiting, peakResidentBytes: 1000 * (rank + 1)),
      epoch: Report.Epoch(
        epochs: 1, wallSeconds: wall, trainingSeconds: 9, validationSeconds: 1, imagesPerSecond: 100 / 9,
        stepsPerSecond: 2, utilisation: rank == 0 ? 1 : 0.5, peakResidentBytes: 1000 * (rank + 1),
        allocatedBytesPerStep: 1, pageFaultsPerStep: 2, trainingFlops: 100 * Double(threads), marks: 5,
        secondsPerMark: 1e-8, stepSeconds: [0.5, 0.5], isPartial: false),
      ceilings: ceilings(peakOne: peak / Double(threads), peakAll: peak),
      rows: rows, secondsByThread: Array(repeating: wall, count: threads))
  }

  private static func ceilings(peakOne: Double, peakAll: Double) -> Ceilings {
    let product: [String: Any] = ["m": 2, "n": 3, "k": 4, "isLeftTransposed": false, "rate": peakAll / 2]
    let fields: [String: Any] = [
      "peakOne": peakOne, "peakAll": peakAll, "largeProductOne": 10, "largeProductAll": 20, "bandwidth": 5,
      "products": [product],
    ]
    return try! JSONDecoder().decode(Ceilings.self, from: JSONSerialization.data(withJSONObject: fields))
  }

  private static func fingerprint() throws -> Fingerprint {
    var fields: [String: Any] = [
      "processor": "a", "instructionSets": ["avx2"], "instructionSet": "avx2", "cores": 2, "machineCores": 2,
      "blas": "b", "blasKernel": "c", "blasThreading": "pthreads", "swift": "6", "build": "release", "commit": "d",
      "threads": 1, "shards": 8, "data": "e", "dataSHA256": "f", "ranks": 2, "hosts": 2, "mpi": "an MPI",
    ]
    fields["processorQuota"] = nil
    return try JSONDecoder().decode(Fingerprint.self, from: JSONSerialization.data(withJSONObject: fields))
  }

  private static func report() throws -> Report {
    Report(results, fingerprint: try fingerprint(), settings: [:])
  }

  /// The rows of all ranks add up to the wall time, and rates are those of all of them.
  @Test func theWhole() throws {
    let report = try Self.report()
    let threads = Double(report.secondsByThread.count)
    #expect(threads == 3)
    let rows = report.rows.reduce(0) { $0 + $1.seconds } / threads
    #expect(abs(rows - report.epoch.wallSeconds) < 1e-12)
    #expect(abs(report.epoch.wallSeconds - 32.0 / 3) < 1e-12)
    #expect(abs(report.epoch.utilisation - (1 * 10 + 0.5 * 22) / 32) < 1e-12)
    #expect(report.epoch.trainingFlops == 300)
    #expect(report.epoch.trainingSeconds == 9 && report.epoch.stepSeconds == [0.5, 0.5])
    #expect(report.epoch.peakResidentBytes == 2000)
    #expect(report.epoch.pageFaultsPerStep == 4 && report.epoch.marks == 10)
    #expect(report.ceilings.peakAll == 400 && report.ceilings.peakOne == 100)
    #expect(report.ceilings.products[0].rate == 200)
    let encoder = try #require(report.rows.first { $0.name == "encoder" }?.forward)
    #expect(encoder.samples == [7, 20] && encoder.calls == 2 && encoder.idealSeconds == 8.5)
    #expect(report.rows.last { $0.name != Profiler.waiting }?.name == Profiler.waitingForRanks)
    #expect(report.rows.map(\.name).contains("only here"))
  }

  /// A table of the ranks, and who is slowest; JSON and CSV have both rows.
  @Test func whatIsPrinted() throws {
    let report = try Self.report()
    let text = ReportText(isMarkdown: false).results(report)
    #expect(text.contains("rank 1 computes longest, 10.000 s: 17.6% above the mean"))
    #expect(text.contains("communication takes 8.3% of the ranks' time, waiting for other ranks 10.7%"))
    #expect(text.contains("the rows of 3 threads in 2 ranks add up to 10.666667 s of 10.666667 s"))
    let line = try #require(text.split(separator: "\n").first { $0.contains("node1") })
    #expect(line.contains("90.9%") && line.contains(" 6.8%") && line.contains(" 2.3%"))
    let csv = ReportText.csv(report)
    #expect(csv.contains("\ncommunication,other,") && csv.contains("\nwaiting for other ranks,other,"))
    let read = try JSONDecoder().decode(Report.self, from: Data(report.json.utf8))
    #expect(read.ranks?.map(\.host) == ["node0", "node1"])
    #expect(read.ranks?.map(\.computingSeconds) == [7, 10])
  }

  /// One rank's report is what it has measured.
  @Test func oneRank() throws {
    let report = Report([Self.results[1]], fingerprint: try Self.fingerprint(), settings: [:])
    #expect(report.ranks == nil)
    #expect(report.epoch.wallSeconds == 11 && report.epoch.utilisation == 0.5)
    #expect(report.rows.map(\.name).sorted() == Self.results[1].rows.map(\.name).sorted())
  }

  /// Whatever the ranks, each image of an epoch is trained on once.
  @Test func shares() {
    for processes in 1...9 {
      for examples in [1, 100, 257, 1000] {
        let share = RankShare(examples: examples, batchSize: 100, shards: 9, processes: processes)
        // A last batch of fewer images than processes is computed by several.
        if examples % 100 == 0 || examples % 100 >= processes {
          #expect((0..<processes).reduce(0) { $0 + share.examples(of: $1) } == examples, "\(examples) on \(processes)")
        }
        #expect((0..<processes).reduce(0) { $0 + share.shards(of: $1) } == 9)
      }
    }
  }

  /// Efficiency falls with hosts and grows with the network's speed.
  @Test func predictions() {
    let model = StepModel(
      batchSize: 256, shards: 8, threads: 2,
      shardTimes: [.init(examples: 1, seconds: 1e-3), .init(examples: 32, seconds: 10e-3)],
      undividedSeconds: 1e-3, gradientBytes: 2_000_000)
    let predictions = NetworkReport.predictions(model, secondsPerMessage: 1e-6)
    #expect(predictions.count == NetworkReport.networks.count * NetworkReport.hosts.count)
    for network in NetworkReport.networks {
      let efficiencies = predictions.filter { $0.network == network.name }.map(\.batchForEachEfficiency)
      #expect(efficiencies == efficiencies.sorted(by: >))
      #expect(efficiencies.allSatisfy { (0...1).contains($0) })
    }
    for hosts in NetworkReport.hosts {
      let efficiencies = predictions.filter { $0.hosts == hosts }.map(\.sameBatchEfficiency)
      #expect(efficiencies == efficiencies.sorted())
    }
    // 2 hosts: 2 turns of 10 ms, 1 ms, 2 MB at 117.5 MB/s, 4 exchanges of 51 us; one host takes 41 ms.
    let first = predictions[0]
    #expect(abs(first.sameBatch.total - (21e-3 + 2e6 / 117.5e6 + 4 * 51e-6)) < 1e-9)
    #expect(abs(first.sameBatchEfficiency - 41e-3 / 2 / first.sameBatch.total) < 1e-9)
  }
}
