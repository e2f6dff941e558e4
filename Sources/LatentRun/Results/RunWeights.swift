import Latent
import LatentTraining

/// Which weights a run's `model.safetensors` has: with early stopping those of the best epoch, whatever ends the run,
/// else the last ones. Its checkpoints always have the last ones, so that a run goes on as if it had never ended.
public struct RunWeights: Sendable {
  /// The last epoch whose end they have seen; 0 for none.
  public let epoch: Int
  /// Steps of the epoch after it that they have taken as well.
  public let steps: Int
  /// Whether they are those of the best epoch so far.
  public let isBest: Bool
  /// The run's finished epochs.
  private let epochs: Int

  /// - Parameters:
  ///   - trainer: after its fit
  ///   - steps: of each epoch
  package init<O>(_ trainer: Trainer<O>, stepsPerEpoch steps: Int, history: History) {
    epochs = history.epochs.count
    guard let best = trainer.callbacks.lazy.compactMap(\.restoredEpoch).first else {
      (epoch, self.steps, isBest) = (epochs, max(trainer.steps - epochs * steps, 0), false)
      return
    }
    // Checkpoints of earlier versions know the loss alone.
    epoch = best.epoch > 0 ? best.epoch : history.epochs.first { $0.monitored == best.value }?.epoch ?? 0
    (self.steps, isBest) = (0, true)
  }

  /// What the file says about itself.
  package var metadata: [String: String] {
    ["epochs": "\(epoch)"].merging(steps > 0 ? ["steps": "\(steps)"] : [:]) { $1 }
  }

  /// `the weights after epoch 34, the best of 40`
  public var description: String {
    if isBest { return "the weights after epoch \(epoch), the best of \(epochs)" }
    let part = steps > 0 ? "\(steps) \(steps == 1 ? "step" : "steps") of epoch \(epoch + 1)" : nil
    guard epoch > 0 else { return "the weights " + (part.map { "after " + $0 } ?? "that training started with") }
    return "the weights after epoch \(epoch)" + (part.map { " and " + $0 } ?? "")
  }

  /// Whether they are not simply those of a run's end.
  package var needWords: Bool { isBest || steps > 0 }
}
