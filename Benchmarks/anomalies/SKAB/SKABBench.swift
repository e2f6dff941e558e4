import Latent
import LatentAnomalies
import LatentCommand

/// All files of SKAB, learned and scored.
struct SKABBench {
  let folder: String
  let detector: BenchedDetector
  /// The score of learned rows that alarms are above: the one that this share of them is not above.
  let quantile: Double

  func run(threads: Int) throws {
    let files = try SKABFile.all(in: folder)
    guard !files.isEmpty else { throw Failure("\(folder)/data has no file of SKAB") }
    let all = Locked([Int: [Bool]]())
    try WorkerPool(threads: threads).runAll(files.count) { place in
      let alarms = try alarms(in: files[place])
      all.withLock { $0[place] = alarms }
    }
    var sums = Confusion()
    for (place, file) in files.enumerated() {
      for (isAlarm, isAnomaly) in zip(all.withLock { $0[place]! }, file.isAnomaly).dropFirst(SKABFile.learned) {
        sums.add(isAlarm: isAlarm, isAnomaly: isAnomaly)
      }
    }
    func text(_ share: Double) -> String { "\((share * 1e4).rounded() / 100)%" }
    print(
      "\(files.count) files: F1 \((sums.f1 * 1e3).rounded() / 1e3), FAR \(text(sums.falseAlarmRate)), MAR \(text(sums.missedAlarmRate))"
    )
  }

  /// Whether each row of a file is an alarm.
  private func alarms(in file: SKABFile) throws -> [Bool] {
    let scores = try detector.scores(of: file.series, learning: SKABFile.learned)
    let threshold = try Threshold(.quantile(quantile), scores: Array(scores[..<SKABFile.learned]))
    return scores.map(threshold.isAlarm)
  }
}
