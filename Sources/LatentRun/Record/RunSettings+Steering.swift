import Latent
import LatentTraining

/// How the learning rate changes over a run.
public enum RunSchedule: String, Sendable, CaseIterable {
  /// It does not.
  case constant
  /// By a factor at once, every so many epochs.
  case step
  /// By a factor smoothly, over so many epochs.
  case exponential
  /// Up over some epochs, then down to 0 at the last one.
  case cosine
  /// Up and down once.
  case oneCycle = "one-cycle"
}

extension RunSettings {
  /// What steers a run: the learning rate over time, clipping, and when to stop. Times are in epochs but for
  /// ``maxTime``. What does not go with the others is nil.
  public struct Steering: RunPart {
    /// How the learning rate changes.
    public var schedule = RunSchedule.constant
    /// Epochs over which ``RunSchedule/cosine`` rises from 0.
    public var warmUp: Double?
    /// What ``RunSchedule/step`` and ``RunSchedule/exponential`` multiply by.
    public var decayFactor: Double?
    /// Epochs from one multiplication to the next.
    public var decayEpochs: Double?
    /// The longest that all gradients together may be.
    public var clipNorm: Double?
    /// Epochs without a better loss after which the rate is divided by 10.
    public var reduceOnPlateau: Int?
    /// Epochs without a better loss after which the run ends, with its best epoch's weights.
    public var earlyStopping: Int?
    /// How much lower a loss must be to count as better.
    public var minDelta: Double?
    /// Seconds after which the run ends.
    public var maxTime: Double?
    /// What else steers a run of a program of its own, in words.
    public var own: String?

    public init() {}

    package static var title: String { "Steering" }

    package static var fields: [RunField<Self>] {
      [
        RunField("schedule", \.schedule, .weights(), isUsed: { $0.schedule != .constant }),
        RunField("warm_up", optional: \.warmUp, .weights(), .nonNegative),
        RunField("decay_factor", optional: \.decayFactor, .weights(), .positive),
        RunField("decay_epochs", optional: \.decayEpochs, .weights(), .positive),
        RunField("clip_norm", optional: \.clipNorm, .weights(), .positive),
        RunField("reduce_on_plateau", optional: \.reduceOnPlateau, .weights(), .count),
        RunField("early_stopping", optional: \.earlyStopping, .weights(), .count),
        RunField("min_delta", optional: \.minDelta, .weights(), .nonNegative),
        RunField("max_time", optional: \.maxTime, .free, .positive),
        RunField("own_steering", optional: \.own, .weights()),
      ]
    }

    /// Whether the rates depend on the number of epochs.
    package var dependsOnEpochs: Bool { [.cosine, .oneCycle].contains(schedule) }

    /// Whether the rates fall by a factor.
    package var decays: Bool { [.step, .exponential].contains(schedule) }

    /// Fills in what is not said and goes with the rest.
    package mutating func complete() {
      if schedule == .cosine { warmUp = warmUp ?? 0 }
      if decays { (decayFactor, decayEpochs) = (decayFactor ?? 0.1, decayEpochs ?? 10) }
      if earlyStopping != nil { minDelta = minDelta ?? 0 }
    }

    /// What excludes each other.
    ///
    /// - Parameter named: what a field is called where it was said: `--warm-up`
    /// - Throws: ``RunRecordError``
    package func check(_ named: (String) -> String) throws(RunRecordError) {
      if schedule != .cosine && warmUp != nil {
        throw RunRecordError("\(named("warm_up")) goes with \(named("schedule")) cosine")
      }
      if !decays && (decayFactor != nil || decayEpochs != nil) {
        throw RunRecordError(
          "\(named("decay_factor")) and \(named("decay_epochs")) go with \(named("schedule")) step or exponential")
      }
      if schedule != .constant && reduceOnPlateau != nil {
        throw RunRecordError(
          "\(named("schedule")) \(schedule.rawValue) and \(named("reduce_on_plateau")) would both set the learning rate"
        )
      }
      if earlyStopping == nil && minDelta != nil {
        throw RunRecordError("\(named("min_delta")) goes with \(named("early_stopping"))")
      }
    }

    /// The rates of a run of so many epochs; nil for a constant one.
    ///
    /// - Throws: ``RunRecordError`` where the run is too short for it
    package func rates(
      peak: Double, epochs: Int, stepsPerEpoch: Int, _ named: (String) -> String
    ) throws(RunRecordError) -> LearningRateSchedule? {
      func steps(_ epochs: Double) -> Int { Int(min(epochs * Double(stepsPerEpoch), 1e15)) }
      let (all, interval) = (steps(Double(epochs)), max(1, steps(decayEpochs ?? 10)))
      switch schedule {
      case .constant: return nil
      case .step: return .step(initial: peak, factor: decayFactor ?? 0.1, every: interval)
      case .exponential: return .exponential(initial: peak, factor: decayFactor ?? 0.1, over: interval)
      case .cosine:
        let rise = steps(warmUp ?? 0)
        guard rise < all else {
          throw RunRecordError("\(named("warm_up")) \(warmUp ?? 0) leaves nothing of \(epochs) epochs")
        }
        return .cosine(peak: peak, warmUp: rise, steps: all)
      case .oneCycle:
        guard Double(all) * 0.3 > 1.5 else {
          throw RunRecordError("\(named("schedule")) one-cycle: \(all) steps are too few for it")
        }
        return .oneCycle(peak: peak, steps: all)
      }
    }
  }
}
