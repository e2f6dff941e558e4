import LatentFiles
import LatentReport
import LatentRun
import LatentTraining

/// Two runs: whether they are to give the same weights, and where they do not.
struct RunComparison {
  let a: ComparedRun
  let b: ComparedRun

  /// The names of the settings, data among them, that differ and that the weights depend on.
  var differingSettings: [String] {
    let decisive = a.record.decisive.union(b.record.decisive)
    return RunRecord.differing(a.record.texts, b.record.texts).filter(decisive.contains)
  }

  /// One sentence.
  var sentence: String {
    let names = "\(a.name) and \(b.name)"
    let settings = differingSettings
    guard settings.isEmpty else { return "\(names) are different runs: \(settings.joined(separator: ", "))" }
    let place = "\(names) have the same settings and data"
    let environment = RunRecord.differing(a.record.environment, b.record.environment)
    let note = environment.isEmpty ? "" : "; they ran with another \(environment.joined(separator: ", "))"
    return place + ", and " + parting + note
  }

  private var parting: String {
    guard let digests = a.digests, let second = b.digests, digests.commonSteps(with: second) > 0 else {
      return partingByEpochs
    }
    guard let difference = digests.firstDifference(from: second) else {
      let steps = digests.commonSteps(with: second)
      let epochs = min(a.history.epochs.count, b.history.epochs.count)
      let whole = a.history.epochs.count == b.history.epochs.count
      let unequal =
        whole && digests.rows.count != second.rows.count
        ? " (\(a.name) has checksums of \(digests.rows.count) steps, \(b.name) of \(second.rows.count))" : ""
      return "are the same after each of \(Format.grouped(Double(steps))) steps"
        + (whole ? ", all \(Self.epochs(epochs))" : ": as far as both went, \(Self.epochs(epochs))") + unequal
    }
    let others = difference.paths.count - 1
    let tensors =
      (difference.paths.first.map { " in \($0)" } ?? "")
      + (others > 0 ? " and \(others) \(others == 1 ? "other" : "others")" : "")
    let isFirst = digests.rows.first.map { ($0.epoch, $0.step) == (difference.epoch, difference.step) } ?? false
    let before = isFirst && (difference.epoch, difference.step) != (1, 1) ? " or before" : ""
    return "part at epoch \(difference.epoch), step \(difference.step)\(before),\(tensors)"
  }

  private static func epochs(_ count: Int) -> String { "\(count) \(count == 1 ? "epoch" : "epochs")" }

  /// From the histories alone.
  private var partingByEpochs: String {
    let pairs = Array(zip(a.history.epochs, b.history.epochs))
    for (x, y) in pairs {
      let isSame =
        x.weightsDigest != nil && y.weightsDigest != nil
        ? x.weightsDigest == y.weightsDigest : x.training == y.training && x.validation == y.validation
      if x.epoch == y.epoch && !isSame {
        return "part in epoch \(x.epoch): there are no checksums of its steps to say where"
      }
    }
    return "are the same in \(pairs.count) epochs"
  }
}
