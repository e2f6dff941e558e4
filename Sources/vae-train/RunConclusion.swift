import Latent
import LatentCommand
import LatentFiles
import LatentReport

/// What a run says when it is done.
struct RunConclusion {
  private(set) var lines: [String] = []

  init(_ settings: TrainSettings, _ data: RunData, _ results: RunResults) {
    if let preset = settings.preset {
      lines += [""] + PublishedComparison(preset, results.history, data: data.whole.name).lines
    }
    let seconds = results.history.seconds
    if !results.notes.isEmpty { lines += [""] + results.notes }
    lines += [
      "",
      "\(Format.duration(seconds)) in all, at most \(Format.bytes(Double(Machine.peakResidentBytes))) of memory",
      "", results.folder.path,
    ]
    for file in RunFolder.File.allCases where results.isKept(file) {
      let name = file.rawValue + String(repeating: " ", count: 20 - file.rawValue.count)
      let size = EpochTable.padded(Format.bytes(Double(results.folder.size(of: file) ?? 0)), 9)
      let weights = file == .model ? results.weights.flatMap { $0.needWords ? $0.description : nil } : nil
      lines.append("  \(name)\(size)  \(weights ?? file.explanation)")
    }
    let page = results.isKept(.page) ? "open \(NextStep.shell(results.folder.path(of: .page))) in a browser; " : ""
    let model = NextStep.shell(results.folder.path)
    lines += ["", NextStep.line("\(page)vae-train evaluate --model \(model) measures it on the test images")]
  }
}
