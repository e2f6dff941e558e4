import ArgumentParser
import Latent
import LatentCommand
import LatentTraining

/// What steers a run: the learning rate over time, clipping, and when to stop.
struct SteeringOptions: ParsableArguments {
  /// How the learning rate changes.
  enum Schedule: String, CaseIterable, ExpressibleByArgument {
    case constant, step, exponential, cosine
    case oneCycle = "one-cycle"
  }

  @Option(
    help: ArgumentHelp(
      "How the learning rate changes over the run.",
      discussion: """
        step, exponential: multiplied by --decay-factor every --decay-epochs, at once or smoothly. cosine: rises \
        over --warm-up epochs, then falls to 0. one-cycle: rises and falls once.
        """, valueName: "name"))
  var schedule = Schedule.constant

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Epochs over which --schedule cosine rises from 0. (default: 0)", valueName: "epochs"),
    transform: Parse.nonNegative)
  var warmUp: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Factor of --schedule step and exponential. (default: 0.1)", valueName: "factor"),
    transform: Parse.positive)
  var decayFactor: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Epochs from one multiplication to the next. (default: 10)", valueName: "epochs"),
    transform: Parse.positive)
  var decayEpochs: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Largest norm of all gradients together; larger ones are scaled down. (default: no limit)", valueName: "norm"),
    transform: Parse.positive)
  var clipNorm: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Divide the learning rate by 10 after this many epochs without a better validation loss. (default: never)",
      valueName: "epochs"), transform: Parse.count)
  var reduceOnPlateau: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Stop after this many epochs without a better validation loss, and keep the best epoch's weights. (default: never)",
      discussion: """
        Whatever ends the run, model.safetensors has the weights of the best epoch. The checkpoints have the last \
        weights, so that --resume continues as if the run had not ended. Without validation images, the training \
        loss counts, with the KL divergence weighted as after --kl-warm-up.
        """, valueName: "epochs"), transform: Parse.count)
  var earlyStopping: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How much lower a loss must be to count as better. (default: 0)", valueName: "nats"),
    transform: Parse.nonNegative)
  var minDelta: Double?

  @Flag(help: "Keep the weights of the best epoch so far in best.safetensors.")
  var saveBest = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Stop after this time, with a checkpoint: seconds, or 90m, 10h. (default: never)", valueName: "time"),
    transform: Parse.duration)
  var maxTime: Double?

  /// - Throws: ``Failure`` where options exclude each other
  func check() throws(Failure) {
    func refuse(_ text: String) throws(Failure) -> Never { throw Failure(text, code: Failure.usage) }
    if schedule != .cosine && warmUp != nil { try refuse("--warm-up goes with --schedule cosine") }
    if ![.step, .exponential].contains(schedule) && (decayFactor != nil || decayEpochs != nil) {
      try refuse("--decay-factor and --decay-epochs go with --schedule step or exponential")
    }
    if schedule != .constant && reduceOnPlateau != nil {
      try refuse("--schedule \(schedule.rawValue) and --reduce-on-plateau would both set the learning rate")
    }
    if earlyStopping == nil && minDelta != nil { try refuse("--min-delta goes with --early-stopping") }
  }

  /// The rates of a run of so many epochs; nil for a constant one.
  ///
  /// - Throws: ``Failure`` where the run is too short for it
  func rates(peak: Double, epochs: Int, stepsPerEpoch: Int) throws(Failure) -> LearningRateSchedule? {
    func steps(_ epochs: Double) -> Int { Int(min(epochs * Double(stepsPerEpoch), 1e15)) }
    let (all, interval) = (steps(Double(epochs)), max(1, steps(decayEpochs ?? 10)))
    switch schedule {
    case .constant: return nil
    case .step: return .step(initial: peak, factor: decayFactor ?? 0.1, every: interval)
    case .exponential: return .exponential(initial: peak, factor: decayFactor ?? 0.1, over: interval)
    case .cosine:
      let rise = steps(warmUp ?? 0)
      guard rise < all else {
        throw Failure("--warm-up \(warmUp ?? 0) leaves nothing of \(epochs) epochs", code: Failure.usage)
      }
      return .cosine(peak: peak, warmUp: rise, steps: all)
    case .oneCycle:
      guard Double(all) * 0.3 > 1.5 else {
        throw Failure("--schedule one-cycle: \(all) steps are too few for it", code: Failure.usage)
      }
      return .oneCycle(peak: peak, steps: all)
    }
  }

  /// What the weights depend on, by name; nothing for what is not used.
  func identity(epochs: Int) -> [String: String] {
    var result: [String: String] = [:]
    if schedule != .constant { result["schedule"] = schedule.rawValue }
    // A schedule to the last epoch is another one where there are more epochs.
    if [.cosine, .oneCycle].contains(schedule) { result["schedule_epochs"] = "\(epochs)" }
    if schedule == .cosine { result["warm_up"] = "\(warmUp ?? 0)" }
    if [.step, .exponential].contains(schedule) {
      result["decay_factor"] = "\(decayFactor ?? 0.1)"
      result["decay_epochs"] = "\(decayEpochs ?? 10)"
    }
    result["clip_norm"] = clipNorm.map { "\($0)" }
    result["reduce_on_plateau"] = reduceOnPlateau.map { "\($0)" }
    result["early_stopping"] = earlyStopping.map { "\($0)" }
    if earlyStopping != nil { result["min_delta"] = "\(minDelta ?? 0)" }
    return result
  }
}
