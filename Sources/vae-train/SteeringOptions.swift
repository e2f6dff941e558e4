import ArgumentParser
import Latent
import LatentCommand
import LatentRun

/// What steers a run: the learning rate over time, clipping, and when to stop.
struct SteeringOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How the learning rate changes over the run: constant, step, exponential, cosine or one-cycle. (default: constant)",
      discussion: """
        step, exponential: multiplied by --decay-factor every --decay-epochs, at once or smoothly. cosine: rises \
        over --warm-up epochs, then falls to 0. one-cycle: rises and falls once.
        """, valueName: "name"))
  var schedule: RunSchedule?

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

  /// Changes what the command line says. Where it says another schedule, what went with the one before goes.
  ///
  /// - Throws: ``Failure`` where options exclude each other
  func apply(to steering: inout RunSettings.Steering) throws(Failure) {
    if let schedule, schedule != steering.schedule {
      (steering.warmUp, steering.decayFactor, steering.decayEpochs) = (nil, nil, nil)
    }
    steering.schedule = schedule ?? steering.schedule
    steering.warmUp = warmUp ?? steering.warmUp
    steering.decayFactor = decayFactor ?? steering.decayFactor
    steering.decayEpochs = decayEpochs ?? steering.decayEpochs
    steering.clipNorm = clipNorm ?? steering.clipNorm
    steering.reduceOnPlateau = reduceOnPlateau ?? steering.reduceOnPlateau
    steering.earlyStopping = earlyStopping ?? steering.earlyStopping
    steering.minDelta = minDelta ?? steering.minDelta
    steering.maxTime = maxTime ?? steering.maxTime
    do throws(RunRecordError) { try steering.check(RunSettings.option) } catch {
      throw Failure("\(error)", code: Failure.usage)
    }
    steering.complete()
  }
}

extension RunSchedule: ExpressibleByArgument {}
