import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentReport
import LatentTraining
import LatentVAE

/// `measures.csv`: what `--measure` finds after each epoch. It looks at the weights and changes nothing. Processes that train
/// together share the examples, so that each has this callback; the first one writes the file.
struct EpochMeasures: TrainingCallback {
  private let folder: RunFolder
  private let exhibit: Exhibit
  private let images: any Dataset
  private let workers: DataParallel
  private let metadata: [String: String]
  private let say: @Sendable (String) -> Void
  private let warn: @Sendable (String) -> Void
  /// The lines of epochs so far, by the epoch.
  private var lines: [(epoch: Int, line: String)] = []
  /// The file's first line; nil before this run has written it.
  private var head: String?

  /// - Parameters:
  ///   - metadata: what is known of the model
  ///   - isResumed: whether the folder's file is that of the run that goes on
  ///   - say: told what was found, in a line
  ///   - warn: told of what can't be measured or written
  init(
    _ exhibit: Exhibit, folder: RunFolder, metadata: [String: String], isResumed: Bool,
    say: @escaping @Sendable (String) -> Void, warn: @escaping @Sendable (String) -> Void
  ) {
    (self.exhibit, self.folder, self.metadata, self.say, self.warn) = (exhibit, folder, metadata, say, warn)
    images = exhibit.shown.prefix(5000)
    workers = exhibit.sharedWorkers
    let earlier = isResumed ? try? AtomicFile.read(folder.path(of: .measures)) : nil
    // What follows the last line break is a line that was cut off.
    let whole = earlier?.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() ?? []
    for line in whole.map({ String(decoding: $0, as: UTF8.self) }) {
      if let epoch = line.split(separator: ",").first.flatMap({ Int($0) }) { lines.append((epoch, line)) }
    }
  }

  mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    guard case .epochFinished(let record) = event else { return }
    let measures = measures(run.tensors)
    guard workers.sum.isFirst else { return }
    do {
      let columns = Self.columns(measures)
      let head = (["epoch"] + columns.map(\.name)).joined(separator: ",")
      let line = (["\(record.epoch)"] + columns.map { "\($0.value)" }).joined(separator: ",")
      try write(head, line, of: record.epoch)
      say(Self.summary(measures))
    } catch {
      warn("\(error)")
    }
  }

  /// Adds a line to the file; the first of this run after those of the epochs before.
  private mutating func write(_ head: String, _ line: String, of epoch: Int) throws(RunError) {
    if head == self.head, (try? AtomicFile.append(Array((line + "\n").utf8), to: folder.path(of: .measures))) != nil {
      return lines.append((epoch, line))
    }
    self.head = nil
    lines.removeAll { $0.epoch >= epoch }
    lines.append((epoch, line))
    let text = ([head] + lines.map(\.line)).joined(separator: "\n") + "\n"
    try folder.write(Array(text.utf8), to: .measures, isDurable: false)
    self.head = head
  }

  private func measures(_ tensors: [(path: String, value: Tensor)]) -> ModelMeasures {
    exhibit.saved(tensors, metadata: metadata, file: "the model").measures(
      on: images, seed: exhibit.seed, workers: workers)
  }

  private static func columns(_ measures: ModelMeasures) -> [(name: String, value: Double)] {
    let (latents, health, labels) = (measures.latents, measures.health, measures.labels)
    var columns = [("loss", measures.losses.total)]
    for part in measures.losses.parts { columns.append((part.name, part.value)) }
    columns += [
      ("active_units", Double(latents.activeUnits)), ("mutual_information", measures.posterior.mutualInformation),
      ("aggregated_posterior_kl", measures.posterior.divergence), ("mse", measures.quality.meanSquaredError),
      ("psnr", measures.quality.signalToNoise ?? .nan), ("ssim", measures.quality.structuralSimilarity ?? .nan),
      ("nearest_neighbour_accuracy", labels?.nearestNeighbours ?? .nan),
      ("linear_probe_accuracy", labels?.linearProbe ?? .nan),
      ("smallest_log_variance", latents.smallestLogVariance), ("largest_log_variance", latents.largestLogVariance),
      ("dead_units", health.deadShare), ("saturated_gates", health.gates.map(\.saturated).max() ?? 0),
      ("denormal_weights", health.denormalWeights),
    ]
    if let tokens = measures.tokens, let perplexity = measures.perplexity {
      columns += [("token_accuracy", tokens.accuracy), ("perplexity", perplexity)]
    }
    for (dimension, value) in latents.divergences.enumerated() { columns.append(("kl_\(dimension)", value)) }
    return columns
  }

  /// `14 of 16 units active, 6.04 nats about the image, SSIM 0.481, labels 74.6%`
  private static func summary(_ measures: ModelMeasures) -> String {
    let labels = measures.labels.map { ", labels \(Format.fixed(100 * $0.nearestNeighbours, 1))%" } ?? ""
    return "\(measures.latents.activeUnits) of \(measures.latents.latentSize) units active, "
      + "\(Format.fixed(measures.posterior.mutualInformation, 2)) nats about the image"
      + (measures.quality.structuralSimilarity.map { ", SSIM \(Format.fixed($0, 3))" } ?? "")
      + (measures.tokens.map { ", \(Format.fixed(100 * $0.accuracy, 1))% of tokens" } ?? "") + labels
  }
}
