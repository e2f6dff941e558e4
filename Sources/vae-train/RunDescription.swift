import Latent
import LatentCommand
import LatentFiles
import LatentReport
import LatentVAE

/// What a run says before it trains.
struct RunDescription {
  private(set) var lines: [String] = []
  private static let width = 100
  private static let indentation = 10

  init(_ settings: TrainSettings, _ data: RunData, _ plan: ModelPlan, folder: String) {
    let (height, width) = (data.whole.height, data.whole.width)
    add("data", "\(data.whole.name), \(data.whole.provenance)")
    let dropped = settings.dropped == 0 ? "" : "without the first \(count(settings.dropped)): "
    add(
      "images",
      "\(dropped)\(count(data.training.count)) for training, "
        + (data.validation.count == 0
          ? "none for validation" : "the last \(count(data.validation.count)) for validation"))
    switch settings.binarization {
    case .threshold: add("", "black and white: white from half on")
    case .stochastic: add("", "black and white: drawn in each epoch, white as probable as the pixel is bright")
    case nil: break
    }
    if (height, width) != (28, 28) {
      add("", "they are \(height)x\(width), not 28x28: \(height) rows of \(width) pixels")
    }
    add(
      "model",
      "\(plan)"
        + (settings.objective.isConditional ? ", conditional on the label" : "")
        + "; \(count(Int(plan.parameterCount))) parameters, \(settings.precision.rawValue)"
    )
    add("loss", settings.objective.record.words(with: settings.objective.loss))
    add(
      "training",
      "\(settings.epochs) \(settings.epochs == 1 ? "epoch" : "epochs"), batches of \(count(settings.batchSize)), "
        + "Adam \(settings.learningRate), seed \(settings.seed)"
        + (settings.preset.map { ", preset \($0.rawValue)" } ?? ""))
    add("machine", "\(Machine.processor), \(InstructionSet.selected)")
    add(
      "",
      "\(BLAS.version) \(BLAS.kernel), \(plural(settings.threads, "thread")) on \(Machine.coresText), "
        + plural(settings.shards, "shard"))
    add("results", folder)
  }

  /// A line about an OpenBLAS whose own threads would be in the workers' way; nil for others.
  static func warning(about threading: BLAS.Threading) -> String? {
    guard threading == .openMP else { return nil }
    return "Warning: this OpenBLAS is built for OpenMP and may start threads of its own: set OMP_NUM_THREADS=1, or "
      + "install a build for pthreads (Debian: libopenblas0-pthread)"
  }

  /// A titled line, or several where one would be too long to read.
  private mutating func add(_ title: String, _ text: String) {
    var start = title + String(repeating: " ", count: Self.indentation - title.count)
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !line.isEmpty && Self.indentation + line.count + 1 + word.count > Self.width {
        lines.append(start + line)
        start = String(repeating: " ", count: Self.indentation)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(start + line)
  }

  private func count(_ number: Int) -> String { Format.grouped(Double(number)) }

  private func plural(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
