import Latent
import LatentCommand
import LatentFiles
import LatentMPI
import LatentReport
import LatentRun

/// What a run says before it trains.
struct StartLines {
  private(set) var lines: [String] = []
  private static let width = 100
  private static let indentation = 10

  /// The settings that sentences say. All others that are used are listed by their names.
  static let inSentences: Set = [
    // data
    "data", "limit", "dropped_images", "binarize", "validation_split", "test_split", "shuffle_split",
    // model and loss
    "model", "latent_size", "conditional", "loss", "beta", "kl_warm_up", "free_bits", "capacity", "capacity_epochs",
    "samples", "precision",
    // training and machine
    "optimizer", "epochs", "batch_size", "learning_rate", "seed", "preset", "threads", "shards",
  ]

  init(_ record: RunRecord, folder: String, world: World = .alone, isScaled: Bool = false) {
    let (settings, data) = (record.settings, record.data)
    let (training, objective) = (settings.training, settings.objective)
    add("data", [data?.name, data?.provenance].compactMap(\.self).joined(separator: ", "))
    let dropped = settings.source.dropped == 0 ? "" : "without the first \(count(settings.source.dropped)): "
    let validation = data?.validationExamples ?? 0
    let example = settings.model.plan?.example ?? .image(height: 28, width: 28)
    let chosen = settings.source.shufflesSplit ? "" : "the last "
    add(
      example.plural,
      "\(dropped)\(count(data?.trainingExamples ?? 0)) for training, "
        + (validation == 0 ? "none for validation" : "\(chosen)\(count(validation)) for validation")
        + (data?.testExamples.map { ", \(count($0)) kept apart for a test" } ?? "")
        + (settings.source.shufflesSplit ? ", drawn by the seed" : ""))
    switch settings.source.binarization {
    case .threshold: add("", "black and white: white if at least half bright")
    case .stochastic:
      add(
        "",
        "black and white: drawn in each epoch, with the pixel's brightness as the probability "
          + "of white")
    case nil: break
    }
    if let height = data?.height, let width = data?.width, (height, width) != (28, 28) {
      add("", "they are \(height)x\(width), not 28x28: \(height) rows of \(width) pixels")
    }
    add(
      "model",
      (settings.model.words ?? "") + (settings.model.isConditional ? ", conditional on the label" : "")
        + (settings.model.plan.map { "; \(count(Int($0.parameterCount))) parameters" } ?? "")
        + ", \(training.precision)")
    add("loss", example.naming(objective.words))
    add(
      "training",
      "\(plural(training.epochs, "epoch")), batches of \(count(training.batchSize)), "
        + "\(training.optimizer) \(training.learningRate), seed \(training.seed)"
        + (training.preset.map { ", preset \($0)" } ?? ""))
    if isScaled {
      let ranks = world.processes
      add(
        "",
        "scaled to \(plural(ranks, "rank")): \(count(training.batchSize / ranks)) images for each, learning rate "
          + "\(training.learningRate / Double(ranks).squareRoot()) × √\(ranks)")
    }
    let others = Self.others(record)
    if !others.isEmpty { add("", others.joined(separator: ", ")) }
    let machine = record.machine
    add("machine", [machine.processor, machine.instructionSet].compactMap(\.self).joined(separator: ", "))
    let blas = "\(record.versions.openBLAS ?? "") \(machine.openBLASKernel ?? "")"
    let shards = plural(training.shards, "shard")
    if world.processes == 1 {
      add("", "\(blas), \(plural(training.threads, "thread")) on \(Machine.coresText), \(shards)")
    } else {
      add("", "\(blas), \(shards)")
      add("", Self.ranks(of: world, threads: training.threads))
      for notice in world.notices { add("", notice) }
    }
    add("results", folder)
  }

  /// `4 ranks on 2 hosts, 1 thread each, Open MPI 4.1.4`
  ///
  /// - Parameter threads: of this process; others have as many where an option says so
  static func ranks(of world: World, threads: Int) -> String {
    let all = threads == world.threads ? world.threadsOfAll : [threads]
    let (fewest, most) = (all.min()!, all.max()!)
    let each = fewest == most ? plural(most, "thread") : "\(fewest) to \(most) threads"
    return
      (["\(plural(world.processes, "rank")) on \(plural(Set(world.hosts).count, "host"))", "\(each) each"]
      + (world.library.map { [$0] } ?? [])).joined(separator: ", ")
  }

  /// What sentences do not say, where it is not as in every run: `schedule cosine`, `clip norm 1.0`.
  private static func others(_ record: RunRecord) -> [String] {
    let usual = RunRecord().entries.filter { $0.section == "settings" }
    return record.entries.filter { entry in
      entry.section == "settings" && entry.isUsed && !inSentences.contains(entry.name)
        && !usual.contains { $0.name == entry.name && $0.value == entry.value }
    }.compactMap { entry in
      let words = entry.name.replacing("_", with: " ")
      return entry.value == .bool(true) ? words : entry.value.singleText.map { "\(words) \($0)" }
    }
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

  private func plural(_ number: Int, _ noun: String) -> String { Self.plural(number, noun) }

  private static func plural(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
