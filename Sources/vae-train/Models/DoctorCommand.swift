import ArgumentParser
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
      codes far from the prior, dead units and saturated gates. Give the run's folder if there is one: it has the \
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
      Console.print("")
      NextStep.say("vae-train evaluate --model \(model.shellPath) prints all figures")
    }
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
