import ArgumentParser
import LatentAnomalies
import LatentCommand
import LatentData
import LatentFiles
import LatentMeasures
import LatentReport
import LatentRun
import LatentTraining

/// `vae-train doctor`: what is the matter with a model.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Find what is wrong with a trained model, and what to do about it.",
    discussion: """
      Looks for posterior collapse, over-regularisation, under-fitting and over-fitting, exploding log-variances, \
      codes far from the prior, dead units and saturated gates. Of series that --data gives, it says whether they look \
      like what the model has learned. Give the run's folder if there is one: it has the \
      history of the training, which a weights file lacks. vae-train evaluate prints all figures.
      """)

  @OptionGroup var model: SavedModelOptions
  @OptionGroup var images: ImageOptions

  func run() throws {
    try Failure.reportingProgress {
      let saved = try model.load()
      let data = try images.load(for: saved)
      for line in EvaluateCommand.head(saved, data, images.part) { Console.print(line) }
      let diagnosis = try Diagnosis(
        saved.measures(on: data, workers: model.makeWorkers(for: saved, data)),
        history: model.history?.judged(with: saved),
        beta: saved.model.objective.record["beta"] ?? 1)
      for finding in diagnosis.findings {
        Console.print("")
        for line in Self.lines(finding.naming(saved.example)) { Console.print(line) }
      }
      try sayDrift(saved)
      Console.print("")
      NextStep.say("vae-train evaluate --model \(model.shellPath) prints all figures")
    }
  }

  /// Says whether series that are given look like those that the model has learned.
  private func sayDrift(_ saved: SavedModel) throws {
    guard let source = images.data, let calibration = saved.calibration, Processes.isFirst else { return }
    let scorer = try saved.scorer(calibration.settings)
    let rows: (series: [Series], notes: [String])
    do { rows = try saved.series(of: source, for: scorer) } catch let failure as Failure {
      Console.print("")
      for line in Self.wrapped("drift: \(failure.message)") { Console.print(line) }
      return
    }
    let drift = Drift(
      of: rows.series, from: calibration, columns: saved.columns, by: scorer, on: model.makeOwnWorkers())
    Console.print("")
    for line in drift.words.flatMap(Self.wrapped) { Console.print(line) }
  }

  /// `posterior collapse: …`, then the advice.
  private static func lines(_ finding: Diagnosis.Finding) -> [String] {
    let text = "\(finding.kind.rawValue): \(finding.sentence)"
    return wrapped(text) + (finding.advice.isEmpty ? [] : wrapped("-> \(finding.advice)").map { "  " + $0 })
  }

  /// Lines of at most 98 characters, all but the first indented.
  private static func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + word.count < 98 {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append((lines.isEmpty ? "" : "    ") + word)
      }
    }
    return lines
  }
}

extension SavedModelOptions {
  /// The history of the run whose folder was given; nil for a file, and where there is none.
  var history: History? {
    (try? AtomicFile.read(AtomicFile.path(RunFolder.File.history.rawValue, in: model)))
      .flatMap { History(csv: String(decoding: $0, as: UTF8.self)) }
  }
}
