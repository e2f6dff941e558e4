import Latent
import LatentFiles
import LatentReport

/// The report for people.
struct ReportText {
  let isMarkdown: Bool

  func fingerprint(_ fingerprint: Fingerprint) -> String {
    var table = TextTable(["machine", ""], leftColumns: [0, 1])
    for (title, text) in fingerprint.lines { table.add([title, text]) }
    let warnings = fingerprint.warnings.map { "Warning: \($0)\n" }.joined()
    return table.text(isMarkdown: isMarkdown) + (warnings.isEmpty ? "" : "\n" + warnings) + "\n"
  }

  func results(_ report: Report) -> String {
    [ceilings(report), layers(report), threads(report), report.ranks == nil ? nil : ranks(report), epoch(report)]
      .compactMap { $0 }.joined(separator: "\n") + "\n"
  }

  private func ceilings(_ report: Report) -> String {
    let ceilings = report.ceilings
    var table = TextTable(["ceiling", "one thread", "all threads", "of peak"])
    func add(_ name: String, _ one: Double?, _ all: Double) {
      table.add([name, one.map(giga) ?? "", giga(all), Self.percent(all / ceilings.peakAll)])
    }
    add("multiply-adds on registers, GFLOP/s", ceilings.peakOne, ceilings.peakAll)
    add("cblas 1024x1024x1024, GFLOP/s", ceilings.largeProductOne, ceilings.largeProductAll)
    for shape in ceilings.products {
      let left = shape.isLeftTransposed ? "\(shape.k)x\(shape.m)^T" : "\(shape.m)x\(shape.k)"
      add("cblas \(left) by \(shape.k)x\(shape.n), GFLOP/s", nil, shape.rate)
    }
    table.add(["memory, GB/s", "", giga(ceilings.bandwidth), ""])
    return table.text(isMarkdown: isMarkdown)
      + (report.ranks == nil ? "" : "measured by all ranks at the same time, and added up; one thread is of rank 0\n")
  }

  private static let columns = [
    "row", "forward ms", "backward ms", "other ms", "epoch", "calls", "median us", "p95 us", "GFLOP", "GFLOP/s",
    "ceiling", "bound by",
  ]

  /// Milliseconds are means over the threads, so that the rows add up to the wall time.
  private func layers(_ report: Report) -> String {
    var table = TextTable(Self.columns, leftColumns: [0, Self.columns.count - 1])
    for row in report.rows { table.add(Self.cells(row, report)) }
    let threads = Double(report.secondsByThread.count)
    func total(_ side: KeyPath<Report.Row, Report.Row.Side?>) -> Double {
      report.rows.reduce(0) { $0 + ($1[keyPath: side]?.seconds ?? 0) } / threads
    }
    let (forward, backward, other) = (total(\.forward), total(\.backward), total(\.other))
    let flops = report.rows.flatMap(\.sides).filter { $0.product != nil }.reduce(0) { $0 + $1.flops }
    table.add(
      [
        "all", ms(forward), ms(backward), ms(other),
        Self.percent((forward + backward + other) / report.epoch.wallSeconds), "", "", "", Format.grouped(flops * 1e-9),
        giga(report.epoch.flopRate), "", "",
      ])
    return table.text(isMarkdown: isMarkdown)
  }

  static func cells(_ row: Report.Row, _ report: Report) -> [String] {
    let threads = report.secondsByThread.count
    let samples = row.samples
    let flops = row.sides.reduce(0) { $0 + $1.flops }
    func time(_ side: Report.Row.Side?) -> String {
      side.map { Format.fixed($0.seconds / Double(threads) * 1e3, 1) } ?? ""
    }
    func micro(_ value: Double?) -> String { value.map { Format.grouped($0 * 1e6, decimals: 1) } ?? "" }
    return [
      row.name, time(row.forward), time(row.backward), time(row.other),
      percent(row.seconds / Double(threads) / report.epoch.wallSeconds), Format.grouped(Double(samples.count)),
      micro(Statistics.median(samples)), micro(Statistics.quantile(samples, 0.95)),
      flops > 0 ? Format.fixed(flops * 1e-9, 1) : "",
      flops > 0 ? Format.fixed(flops / row.seconds * Double(threads) * 1e-9, 1) : "",
      row.ceilingShare.map { percent($0) } ?? "",
      row.boundBy(report.ceilings, threads: threads) ?? "",
    ]
  }

  private func threads(_ report: Report) -> String {
    let wall = report.epoch.wallSeconds
    if let ranks = report.ranks {
      return "the rows of \(report.secondsByThread.count) threads in \(ranks.count) ranks add up to "
        + "\(Format.fixed(report.secondsByThread.reduce(0, +) / Double(report.secondsByThread.count), 6)) s of "
        + "\(Format.fixed(wall, 6)) s in the mean\n" + marks(report)
    }
    return report.secondsByThread.enumerated().map { thread, seconds in
      "thread \(thread): rows add up to \(Format.fixed(seconds, 6)) s of \(Format.fixed(wall, 6)) s\n"
    }.joined() + marks(report)
  }

  private func marks(_ report: Report) -> String {
    let wall = report.epoch.wallSeconds
    return "profiler: \(Format.grouped(Double(report.epoch.marks))) marks of "
      + "\(Format.fixed(report.epoch.secondsPerMark * 1e9, 0)) ns, "
      + Self.percent(
        Double(report.epoch.marks) * report.epoch.secondsPerMark / (wall * Double(report.secondsByThread.count)), 2)
      + " of the time\n"
  }

  private func epoch(_ report: Report) -> String {
    let epoch = report.epoch
    var table = TextTable([epoch.isPartial ? "epoch (interrupted)" : "epoch", ""])
    for (name, value) in [
      ("wall, s", Format.fixed(epoch.wallSeconds, 3)), ("training, s", Format.fixed(epoch.trainingSeconds, 3)),
      ("validation, s", Format.fixed(epoch.validationSeconds, 3)),
      ("images/s", Format.grouped(epoch.imagesPerSecond)), ("steps/s", Format.fixed(epoch.stepsPerSecond, 1)),
      ("median step, ms", ms(Statistics.median(epoch.stepSeconds) ?? 0)),
      ("processor use", Self.percent(epoch.utilisation)),
      (
        report.ranks == nil ? "peak resident memory" : "peak resident memory of a rank",
        Format.bytes(Double(epoch.peakResidentBytes))
      ),
      ("allocated per step", Format.bytes(epoch.allocatedBytesPerStep)),
      ("page faults per step", Format.fixed(epoch.pageFaultsPerStep, 1)),
      ("training GFLOP/s in products", giga(epoch.flopRate)),
      ("of the multiply-add peak", Self.percent(epoch.flopRate / report.ceilings.peakAll)),
      ("of the large cblas product", Self.percent(epoch.flopRate / report.ceilings.largeProductAll)),
    ] {
      table.add([name, value])
    }
    return table.text(isMarkdown: isMarkdown)
  }

  func sweep(_ result: SweepResult) -> String {
    var table = TextTable([result.key, "training s", "images/s", "GFLOP/s", "of peak", "peak memory"])
    for point in result.points {
      table.add(
        [
          "\(point.value)", Format.fixed(point.trainingSeconds, 3), Format.grouped(point.imagesPerSecond),
          giga(point.flopRate), Self.percent(point.peakShare), Format.bytes(Double(point.peakResidentBytes)),
        ])
    }
    var text = table.text(isMarkdown: isMarkdown)
    if let time = result.timeExponent, let memory = result.memoryExponent {
      text +=
        "time grows as \(result.key)^\(Format.fixed(time, 2)), memory as \(result.key)^\(Format.fixed(memory, 2))\n"
    }
    return text + "\n"
  }

  func comparison(_ comparison: Comparison) -> String {
    var table = TextTable(["against the baseline, ms", "then", "now", "ratio", ""], leftColumns: [0, 4])
    for line in comparison.lines {
      table.add(
        [
          line.name, Format.fixed(line.before * 1e3, 4), Format.fixed(line.now * 1e3, 4),
          Format.fixed(line.ratio, 3), line.isSlower ? "slower" : "",
        ])
    }
    return table.text(isMarkdown: isMarkdown) + comparison.differences.map { "Note: \($0)\n" }.joined()
      + (comparison.isSlower ? "slower than the baseline\n" : "not slower than the baseline\n")
  }

  /// The layer table, with the numbers as they are.
  static func csv(_ report: Report) -> String {
    var text =
      "row,pass,seconds,calls,median_seconds,p95_seconds,flops,bytes,flops_per_second,ceiling_share,product\n"
    let threads = Double(report.secondsByThread.count)
    for row in report.rows {
      for (pass, side) in [("forward", row.forward), ("backward", row.backward), ("other", row.other)] {
        guard let side else { continue }
        let cells: [String] = [
          row.name, pass, "\(side.seconds / threads)", "\(side.calls)",
          "\(Statistics.median(side.samples) ?? 0)", "\(Statistics.quantile(side.samples, 0.95) ?? 0)",
          "\(side.flops)", "\(side.bytes)", "\(side.flops / side.seconds * threads)",
          side.idealSeconds.map { "\($0 / side.seconds)" } ?? "",
          side.product.map { $0.map(String.init).joined(separator: "x") } ?? "",
        ]
        text += cells.joined(separator: ",") + "\n"
      }
    }
    return text
  }

  private func giga(_ value: Double) -> String { Format.fixed(value * 1e-9, 1) }

  private func ms(_ seconds: Double) -> String { Format.fixed(seconds * 1e3, 1) }

  static func percent(_ share: Double, _ decimals: Int = 1) -> String { Format.fixed(share * 100, decimals) + "%" }
}
