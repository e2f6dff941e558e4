import Latent

/// Medians of now against those of an earlier run.
struct Comparison {
  struct Line {
    let name: String
    let before: Double
    let now: Double
    /// More than the allowed share slower, and by more than three standard errors.
    let isSlower: Bool

    var ratio: Double { now / before }
  }

  private(set) var lines: [Line] = []
  /// What the two runs differ in that changes times by itself.
  private(set) var differences: [String] = []
  var isSlower: Bool { lines.contains(where: \.isSlower) }

  private static func text(_ quota: Double?) -> String { quota.map { "\($0)" } ?? "none" }

  /// - Parameter failOver: the share by which a median may be slower
  init(of report: Report, with baseline: Report, failOver: Double) {
    func line(_ name: String, _ before: [Double], _ now: [Double]) {
      guard let old = Statistics.median(before), let new = Statistics.median(now), old > 0 else { return }
      let (a, b) = (Statistics.medianError(before), Statistics.medianError(now))
      let noise = 3 * (a * a + b * b).squareRoot()
      lines.append(
        Line(name: name, before: old, now: new, isSlower: new > old * (1 + failOver) && new - old > noise))
    }
    line("training step", baseline.epoch.stepSeconds, report.epoch.stepSeconds)
    let total = report.rows.reduce(0) { $0 + $1.seconds }
    // A row below a hundredth of the epoch may double without anyone noticing.
    for row in report.rows where row.seconds > total / 100 {
      guard let before = baseline.rows.first(where: { $0.name == row.name }) else { continue }
      for (pass, old, new) in [
        ("forward", before.forward, row.forward), ("backward", before.backward, row.backward),
        ("", before.other, row.other),
      ] where row.name != Profiler.waiting && row.name != Profiler.waitingForRanks {
        if let old, let new { line(row.name + (pass.isEmpty ? "" : ", \(pass)"), old.samples, new.samples) }
      }
    }
    let (a, b) = (baseline.fingerprint, report.fingerprint)
    for (name, old, new) in [
      ("processor", a.processor, b.processor), ("BLAS kernel", a.blasKernel, b.blasKernel),
      ("instruction set", a.instructionSet, b.instructionSet), ("threads", "\(a.threads)", "\(b.threads)"),
      ("shards", "\(a.shards)", "\(b.shards)"), ("ranks", "\(a.ranks ?? 1)", "\(b.ranks ?? 1)"),
      ("hosts", "\(a.hosts ?? 1)", "\(b.hosts ?? 1)"),
      ("processor quota", Self.text(a.processorQuota), Self.text(b.processorQuota)), ("build", a.build, b.build),
      ("data", a.data, b.data),
    ] where old != new {
      differences.append("\(name): \(old) then, \(new) now")
    }
    for key in Set(baseline.settings.keys).union(report.settings.keys).sorted() {
      let (old, new) = (baseline.settings[key] ?? "none", report.settings[key] ?? "none")
      if old != new { differences.append("\(key): \(old) then, \(new) now") }
    }
  }
}
