import LatentKernels

/// What a tape tells of a result while a model computes (elsewhere, a forward hook):
///
///     let tape = Tape(layout: ParameterLayout(of: model))
///     tape.observer = { print($0.layer ?? $0.operation, $0.output.shape) }
///     _ = model.loss(batch, tape: tape)
public struct Observation {
  /// The layer's path, such as `encoder.lstm`; else the tape's scope; nil if there is neither.
  public let layer: String?
  /// The primitive's name: `Dense`.
  public let operation: String
  /// What is special about it: an activation's name; `gates` for what happens inside of a recurrent layer.
  public let detail: String?
  /// What it computed.
  public let output: Tensor
}

extension Tape {
  /// Tells the observer of a primitive's result.
  func observe(_ output: Tensor, of operation: String, _ detail: String?, _ inputs: [Variable]) {
    observer?(Observation(layer: layerName(of: inputs) ?? scope, operation: operation, detail: detail, output: output))
  }

  /// Tells the observer of a recurrent layer's gates, [steps and examples, gates H] after their activations.
  func observe(gates: @autoclosure () -> Storage?, columns: Int, of operation: String, _ inputs: [Variable]) {
    guard observer != nil, let gates = gates() else { return }
    observe(Tensor(gates, shape: [gates.count / columns, columns]), of: operation, "gates", inputs)
  }
}
