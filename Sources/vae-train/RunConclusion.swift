import Latent
import LatentCommand
import LatentFiles
import LatentReport
import LatentRun

/// What a run says when it is done.
struct RunConclusion {
  private(set) var lines: [String] = []

  init(_ run: Run) {
    if let preset = run.record.settings.training.preset.flatMap(Preset.init(rawValue:)),
      let published = preset.publishedValidation
    {
      lines +=
        [""]
        + PublishedComparison(
          preset, publishedValidation: published, run.history, data: run.record.data?.name ?? ""
        ).lines
    }
    if let test = run.testLosses, let count = run.record.data?.testExamples {
      let parts = test.named(total: "loss").map { "\($0.name) \(Format.fixed($0.value, 4))" }
      lines += ["", "test: \(parts.joined(separator: ", ")), of \(Format.grouped(Double(count))) kept apart"]
    }
    if run.files.isKept(.sampleTexts), let bytes = try? AtomicFile.read(run.folder.path(of: .sampleTexts)) {
      let samples = String(decoding: bytes, as: UTF8.self).split(separator: "\n").prefix(3)
      lines += ["", "samples:"] + samples.map { "  " + $0 }
    }
    let seconds = run.history.seconds
    let example = run.record.settings.model.plan?.example
    if !run.notes.isEmpty { lines += [""] + run.notes }
    lines += [
      "",
      "\(Format.duration(seconds)) in all, at most \(Format.bytes(Double(Machine.peakResidentBytes))) of memory",
      "", run.folder.path,
    ]
    for file in RunFolder.File.allCases where run.files.isKept(file) {
      let name = file.rawValue + String(repeating: " ", count: 20 - file.rawValue.count)
      let size = EpochTable.padded(Format.bytes(Double(run.folder.size(of: file) ?? 0)), 9)
      let weights = file == .model ? run.weights.flatMap { $0.needWords ? $0.description : nil } : nil
      lines.append("  \(name)\(size)  \(weights ?? example?.naming(file.explanation) ?? file.explanation)")
    }
    let page = run.files.isKept(.page) ? "open \(NextStep.shell(run.folder.path(of: .page))) in a browser; " : ""
    let model = NextStep.shell(run.folder.path)
    if case .series = example, run.files.isKept(.model) {
      lines += [
        "",
        NextStep.line(
          "\(page)vae-train score --model \(model) --data FILE finds what it does not expect in other rows"),
      ]
      return
    }
    lines += [
      "",
      NextStep.line(
        "\(page)vae-train evaluate --model \(model) measures it on the test \(example?.plural ?? "images")"),
    ]
  }
}
