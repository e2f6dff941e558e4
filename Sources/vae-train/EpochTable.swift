import LatentFiles
import LatentReport
import LatentTraining

/// The table with a line for each epoch.
enum EpochTable {
  /// - Parameter examples: what they are called
  static func head(_ examples: String) -> [String] {
    [
      "                     training                       validation",
      "   epoch      total  reconstr.         KL      total  reconstr.         KL    seconds "
        + padded("\(examples)/s", 10),
    ]
  }

  static func line(_ record: EpochRecord, of epochs: Int) -> String {
    let losses = [record.training, record.validation].flatMap { losses in
      [losses?.total, losses?["reconstruction"], losses?["kl"]].map {
        $0.map { $0.magnitude < 1e6 ? Format.fixed($0, 2) : Format.measure($0) } ?? "-"
      }
    }
    let times = [
      Format.fixed(record.trainingSeconds + record.validationSeconds, 1), Format.grouped(record.examplesPerSecond),
    ]
    return padded("\(record.epoch)/\(epochs)", 8) + (losses + times).map { " " + padded($0, 10) }.joined()
      + record.metrics.map { "  \($0.name) \(Format.measure($0.value))" }.joined()
  }

  static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }
}
