import LatentReport
import LatentTraining

/// What `--simulate-threads` has measured, and what follows from it.
struct ScheduleReport: Codable {
  /// A batch cut into so many shards, timed on one thread.
  struct Case: Codable {
    var shards: Int
    var schedule: StepSchedule
  }

  /// The median step of a real run.
  struct Measured: Codable {
    var threads: Int
    var seconds: Double
  }

  /// Those that were asked for.
  var threads: [Int]
  /// Of the run.
  var shards: Int
  var cases: [Case]
  var measured: [Measured]

  /// A step on one thread with the run's shards.
  var alone: Double { schedule(shards: shards)?.work ?? 0 }

  func schedule(shards: Int) -> StepSchedule? { cases.first { $0.shards == shards }?.schedule }

  /// How well so many threads are used: the speed over that of one thread with the run's shards, and over their number.
  func efficiency(_ schedule: StepSchedule, threads: Int) -> Double {
    alone / (Double(threads) * schedule.seconds(threads: threads))
  }
}

/// The schedule for people.
struct ScheduleText {
  let isMarkdown: Bool

  func text(_ report: ScheduleReport) -> String {
    guard let usual = report.schedule(shards: report.shards) else {
      return "no step could be simulated: there is no whole batch\n"
    }
    let names = usual.phases.map(\.name)
    var table = TextTable(
      ["threads", "shards", "step ms", "speed", "efficiency"] + names.map { "idle: \($0)" }
        + ["meeting", "work of more shards"], leftColumns: [])
    for threads in report.threads {
      for each in report.cases where each.shards == report.shards || each.shards == threads {
        let schedule = each.schedule
        let seconds = schedule.seconds(threads: threads)
        let idle = schedule.idle(threads: threads).map { ReportText.percent($0.share) }
        let more = (schedule.work - report.alone) / (Double(threads) * seconds)
        table.add(
          [
            "\(threads)", "\(each.shards)", Format.fixed(seconds * 1e3, 2), Format.fixed(report.alone / seconds, 2),
            ReportText.percent(report.efficiency(schedule, threads: threads)),
          ] + idle + [ReportText.percent(more)])
      }
    }
    return "Simulated from the tasks of one thread; the columns from the fifth on add up to 100%:\n\n"
      + table.text(isMarkdown: isMarkdown) + (hints(report) + checks(report, usual)).joined(separator: "\n") + "\n"
        + """
        assumed: all cores as fast as this one, with memory and caches of their own; each further worker adds \
        \(Format.fixed(usual.secondsOfMeeting * 1e6, 1)) us to the start of each run of tasks

        """
  }

  /// Where more shards would help.
  private func hints(_ report: ScheduleReport) -> [String] {
    report.threads.filter { $0 > report.shards }.compactMap { threads in
      guard let usual = report.schedule(shards: report.shards) else { return nil }
      let few = report.efficiency(usual, threads: threads)
      let idle = "\(threads) threads: \(report.shards) shards leave \(threads - report.shards) of them without any"
      guard let more = report.schedule(shards: threads) else { return idle + "; the batch has no more examples" }
      let many = report.efficiency(more, threads: threads)
      return idle + "; --shards \(threads) makes it \(ReportText.percent(many)) in place of \(ReportText.percent(few))"
    }
  }

  /// How far the simulation is from what could be measured.
  private func checks(_ report: ScheduleReport, _ usual: StepSchedule) -> [String] {
    report.measured.map { measured in
      let simulated = usual.seconds(threads: measured.threads)
      return "measured on \(measured.threads == 1 ? "1 thread" : "\(measured.threads) threads"): "
        + "\(Format.fixed(measured.seconds * 1e3, 2)) ms a step, "
        + "\(Format.fixed(simulated > 0 ? measured.seconds / simulated : 0, 3)) of the simulated"
    }
  }
}
