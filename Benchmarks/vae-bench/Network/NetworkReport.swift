import LatentMPI

/// What `--network` has measured, and what follows from it.
struct NetworkReport: Codable {
  /// Each pair of ranks that was measured.
  var links: [LinkFigures]
  /// Of the model's gradients, and seconds of their sum over all ranks.
  var gradientBytes: Int
  var sumSeconds: Double
  /// What a step's time depends on, measured on these ranks without any exchange.
  var model: StepModel
  /// The link that the prediction for these ranks goes by, and how many ranks of a machine share it.
  var link: LinkSpeed
  var ranksOfAHost: Int
  /// The median step of these ranks in seconds, without a profiler, and what the model predicts.
  var measuredStep: Double
  var predictedStep: StepTime
  /// On machines like rank 0's, a rank on each.
  var predictions: [Prediction]

  struct Prediction: Codable {
    /// "10 Gb/s".
    var network: String
    var link: LinkSpeed
    var hosts: Int
    /// With the batch of one machine, cut into more shards where the machines need them.
    var sameBatch: StepTime
    /// With a batch for each machine.
    var batchForEach: StepTime
    /// Examples a second, over those of one machine and the number of machines.
    var sameBatchEfficiency: Double
    var batchForEachEfficiency: Double
  }

  /// Networks that are predicted: wire speeds, 94% of which are data in packets of 1,500 bytes, and a latency that such
  /// machines have over TCP.
  static let networks: [(name: String, bytesPerSecond: Double, latency: Double)] = [
    ("1 Gb/s", 0.94 * 1e9 / 8, 50e-6), ("10 Gb/s", 0.94 * 10e9 / 8, 30e-6), ("100 Gb/s", 0.94 * 100e9 / 8, 15e-6),
  ]

  /// Machines that are predicted.
  static let hosts = [2, 4, 8, 16, 32, 64]

  /// - Parameter secondsPerMessage: as it was measured: the work of the processor, whatever the wire
  static func predictions(_ model: StepModel, secondsPerMessage: Double) -> [Prediction] {
    networks.flatMap { network in
      let link = LinkSpeed(
        latency: network.latency, secondsPerMessage: secondsPerMessage, bytesPerSecond: network.bytesPerSecond)
      let alone = model.step(ranks: 1, link: link).total
      return hosts.map { hosts in
        let same = model.feeding(ranks: hosts).step(ranks: hosts, link: link)
        let each = model.scaled(by: hosts).step(ranks: hosts, link: link)
        return Prediction(
          network: network.name, link: link, hosts: hosts, sameBatch: same, batchForEach: each,
          sameBatchEfficiency: alone / (Double(hosts) * same.total), batchForEachEfficiency: alone / each.total)
      }
    }
  }
}
