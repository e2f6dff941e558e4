import Foundation
import Latent
import LatentData
import LatentMPI
import LatentTraining
import TestSupport
import Testing

/// The sum over several processes, which threads stand for.
@Suite struct TreeExchangeTests {
  /// Any number of processes gets the bits of one, of gradients of any length.
  @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 9]) func bitsOfOne(_ processes: Int) {
    for shards in [1, 2, 3, 5, 8, 13] {
      for size in [1, 15, 16, 17, 40, 1000] {
        let alone = Self.gradient(size, shards, TreeSum())
        let (results, mail) = ThreadCarrier.run(processes) { carrier in
          Self.gradient(size, shards, World(carrier, hosts: Array(repeating: "here", count: processes)))
        }
        for (process, result) in results.enumerated() {
          #expect(result == alone, "process \(process) of \(processes), \(shards) shards, \(size) numbers")
        }
        #expect(mail.isEmpty)
      }
    }
  }

  /// The gradient of a model with as many weights, whose order of additions shows.
  private static func gradient(_ size: Int, _ shards: Int, _ sum: any GradientSum) -> [Float] {
    let model = Scale(weight: Parameter(Initializer.uniform(-1...1)(shape: [size], key: RandomKey(seed: 2))))
    let data = TensorDataset(Initializer.uniform(-1...1)(shape: [26, size], key: RandomKey(seed: 5)))
    let parallel = DataParallel(threads: 1, shards: shards, sum: sum)
    return parallel.valueWithGradients(of: model, on: data, Array(0..<26)[...], step: 0) { model, batch, tape in
      LossTerms(total: (tape.constant(batch[0]) * model.weight.on(tape)).exp().sum(axes: [1]).mean())
    }.gradients.flat.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  private struct Scale: Module {
    var weight: Parameter

    mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("weight", &weight) }
  }

  /// Where shards and processes are powers of two, each process sends its gradient about twice, however many there are.
  @Test func traffic() {
    let size = 1 << 14
    for processes in [2, 4, 8] {
      let (_, mail) = ThreadCarrier.run(processes) { carrier in
        Self.gradient(size, 8, World(carrier, hosts: Array(repeating: "here", count: processes)))
      }
      // Beside the sum there are the shards' losses, a kilobyte for each pair.
      let losses = processes * (processes - 1) * 1024
      #expect(mail.bytes - losses == 2 * (processes - 1) * size * 4)
    }
  }

  @Test func plans() {
    func text(_ shards: Int, _ processes: Int) -> String {
      let plan = TreePlan(ShardCut(shards: shards, processes: processes))
      func sums(_ list: [(into: Int, from: Int)]) -> String {
        list.map { "\($0.into)+\($0.from)" }.joined(separator: " ")
      }
      return (0..<processes).map { "[\(sums(plan.additions(of: $0)))]\(plan.partialSums(of: $0))" }.joined(
        separator: " ")
        + " " + sums(plan.remaining)
    }
    #expect(text(8, 1) == "[0+1 2+3 4+5 6+7 0+2 4+6 0+4][0] ")
    #expect(text(8, 2) == "[0+1 2+3 0+2][0] [4+5 6+7 4+6][4] 0+4")
    #expect(text(8, 3) == "[0+1][0] [2+3][2, 4] [6+7][5, 6] 4+5 0+2 4+6 0+4")
    #expect(text(2, 3) == "[][0] [][] [][1] 0+1")
  }

  /// Short and long messages, some of them empty.
  @Test func gathering() {
    for sizes in [[0, 0, 0], [3, 0, 1016], [1017, 5, 0], [5000, 4999, 100_000]] {
      let (results, mail) = ThreadCarrier.run(3) { carrier in
        carrier.gather([UInt8](repeating: UInt8(carrier.process + 1), count: sizes[carrier.process]), as: "a test")
      }
      let expected = (0..<3).map { [UInt8](repeating: UInt8($0 + 1), count: sizes[$0]) }
      for result in results { #expect(result == expected) }
      #expect(mail.isEmpty)
    }
  }

  @Test func lists() {
    for list in [[], [[]], [[1], [], [2, 3]], [[UInt8](repeating: 7, count: 300)]] as [[[UInt8]]] {
      let bytes = ByteList.joined(list)
      #expect(ByteList.split(bytes) == list)
      // One byte of the last message is missing, or of its length.
      if !bytes.isEmpty { #expect(ByteList.split(bytes.dropLast()) == nil) }
    }
    #expect(ByteList.split([UInt8](repeating: 255, count: 9)) == nil)
  }

  @Test func launchers() {
    func found(_ variables: [String: String]) -> Launcher? { Launcher { variables[$0] } }
    #expect(found([:]) == nil)
    #expect(found(["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4"])?.place?.size == 4)
    #expect(found(["PMI_RANK": "2", "PMI_SIZE": "3"])?.place?.rank == 2)
    #expect(found(["PMI_RANK": "0", "PMI_SIZE": "1"]) == nil)
    #expect(found(["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "2"])?.name == "srun")
    // In a batch script itself, which nobody has started several times.
    #expect(found(["SLURM_PROCID": "0", "SLURM_NTASKS": "8"]) == nil)
  }
}
