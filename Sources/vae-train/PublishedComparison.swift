import LatentCommand
import LatentFiles
import LatentReport
import LatentTraining

/// The losses that a preset's run was published with, beside those of this run.
struct PublishedComparison {
  private(set) var lines: [String] = []

  init(_ preset: Preset, publishedValidation: Double, _ history: History, data: String) {
    lines.append(
      "\(preset.rawValue) as published for \(Preset.publishedData)'s digits, and here for \(data): "
        + "total loss, nats per image"
    )
    lines.append("           training               validation")
    lines.append("   epoch   published       here   published       here")
    for point in preset.publishedCurve {
      let record = history.epochs.first { $0.epoch == point.epoch }
      lines.append(row("\(point.epoch)", (point.training, record?.training), (point.validation, record?.validation)))
    }
    lines.append(row("last", (nil, history.last?.training), (publishedValidation, history.last?.validation)))
  }

  private func row(
    _ epoch: String, _ training: (Double?, Losses?), _ validation: (Double?, Losses?)
  ) -> String {
    let columns = [(training.0, 12), (training.1?.total, 11), (validation.0, 12), (validation.1?.total, 11)]
    return EpochTable.padded(epoch, 8)
      + columns.map { EpochTable.padded($0.0.map { Format.fixed($0, 2) } ?? "-", $0.1) }.joined()
  }
}
