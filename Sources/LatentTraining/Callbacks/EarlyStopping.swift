import Latent

/// Stops when the validation loss (the training loss where nothing is kept for validation) has not improved for a while,
/// as Keras's callback of the name does.
public struct EarlyStopping: TrainingCallback {
  /// Epochs in a row without an improvement that end training.
  public let patience: Int
  /// How much lower a loss must be to count as an improvement.
  public let minimumChange: Double
  /// Whether the model gets the weights of its best epoch back when training stops for this reason.
  public let restoresBest: Bool
  private var best = Double.infinity
  private var wait = 0
  private var weights: [String: Tensor] = [:]

  public init(patience: Int, minimumChange: Double = 0, restoresBest: Bool = true) {
    require(
      patience >= 1 && minimumChange >= 0,
      "EarlyStopping: patience \(patience), minimum change \(minimumChange); at least 1 and 0")
    self.patience = patience
    self.minimumChange = minimumChange
    self.restoresBest = restoresBest
  }

  public var state: CallbackState {
    get { CallbackState(numbers: ["best": best, "wait": Double(wait)], tensors: weights) }
    set {
      best = newValue.numbers["best"] ?? .infinity
      wait = newValue.count("wait")
      weights = newValue.tensors
    }
  }

  public mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    guard case .epochFinished(let record) = event else { return }
    if record.monitored < best - minimumChange {
      best = record.monitored
      wait = 0
      if restoresBest { weights = Dictionary(uniqueKeysWithValues: run.tensors.map { ($0.path, $0.value) }) }
      return
    }
    wait += 1
    guard wait >= patience else { return }
    if restoresBest && !weights.isEmpty { run.replacement = weights }
    run.stop("no improvement for \(wait) \(wait == 1 ? "epoch" : "epochs")")
  }
}
