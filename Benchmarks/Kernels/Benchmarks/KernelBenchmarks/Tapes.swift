import Latent

/// What a tape costs: chains of 250 small operations, recorded and walked back, for one operation; beside each the same
/// loops on the same kind of storages without a tape. The difference is the tape's own time.
func tapeBenchmarks() {
  for count in [1, 16, 256] {
    for chain in TapeChain.all(count: count) {
      let name = "\(chain.name) \(count)"
      measureOperations("tape: \(name)") { chain.runOnTape() }
      measureOperations("without tape: \(name)") { chain.runArithmetic() }
    }
  }
}

/// Registers a benchmark of 250 operations, reported for one.
private func measureOperations(_ name: String, _ work: @escaping () -> Void) {
  // Four chains are a thousand operations, by which the library divides.
  measureThousand(name) { for _ in 0..<4 { work() } }
}

/// A chain of 250 operations of one kind on a vector, as in a model's step: a workspace, a parameter, a loss at the end.
final class TapeChain {
  let name: String
  private let step: (_ y: Variable, _ w: Variable) -> Variable
  private let operations: Int
  private let arithmetic: (TapeChain) -> Void
  private let workspace = Workspace()
  private let model: Weights
  private let layout: ParameterLayout
  private var gradients: Gradients
  private let start: Tensor
  // Storages of the tensors' sizes: two operands, a result, gradients, a vector along the last axis and a number.
  fileprivate let x: Storage, w: Storage, y: Storage, extra: Storage, dx: Storage, dw: Storage
  fileprivate let rows: Int, columns: Int
  fileprivate let vector: Storage, vectorGradient: Storage, number: Storage

  /// A parameter of its own.
  private struct Weights: Module {
    var w: Parameter
    mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("w", &w) }
  }

  /// - Parameters:
  ///   - operations: how many `step` records
  ///   - step: the chain's next link, from the last one and the parameter
  ///   - arithmetic: the loops of a step, forward and backward
  private init(
    _ name: String, count: Int, ofVector: Bool = false, operations: Int = 1,
    _ step: @escaping (Variable, Variable) -> Variable, arithmetic: @escaping (TapeChain) -> Void
  ) {
    (self.name, self.step, self.operations, self.arithmetic) = (name, step, operations, arithmetic)
    columns = Int(Double(count).squareRoot())
    rows = count / columns
    let one = Storage.empty(1)
    one.fill(1 / Double(count))
    (x, w, y) = (.uniform(count, from: 0.5, to: 1), .uniform(count, from: 0.5, to: 1), .empty(count))
    (extra, dx, dw) = (.empty(count), .uniform(count), .uniform(count))
    (vector, vectorGradient, number) = (.uniform(columns), .empty(columns), one)
    start = Tensor(x, shape: [rows, columns])
    model = Weights(w: Parameter(ofVector ? Tensor(vector, shape: [columns]) : Tensor(w, shape: [rows, columns])))
    layout = ParameterLayout(of: model)
    gradients = Gradients(layout: layout)
  }

  func runOnTape() {
    let tape = Tape(layout: layout, workspace: workspace)
    let w = model.w.on(tape)
    var y = start.count == w.tensor.count ? w : tape.constant(start) * w
    for _ in 0..<250 / operations { y = step(y, w) }
    tape.backward(from: y.sum(), into: &gradients)
  }

  func runArithmetic() { for _ in 0..<250 / operations { arithmetic(self) } }

  static func all(count: Int) -> [TapeChain] {
    [
      TapeChain(
        "add", count: count, { $0 + $1 },
        arithmetic: {
          $0.y.assign(.add, $0.x, $0.w)
          $0.dx.assign($0.extra)
          $0.dw.assign($0.extra, adding: 1)
        }),
      TapeChain(
        "multiply", count: count, { $0 * $1 },
        arithmetic: {
          $0.y.assign(.multiply, $0.x, $0.w)
          $0.dx.assign(.multiply, $0.extra, $0.w)
          $0.y.assign(.multiply, $0.extra, $0.x)
          $0.dw.assign(.add, $0.dw, $0.y)
        }),
      TapeChain(
        "exp and log", count: count, operations: 2, { y, _ in y.exp().log() },
        arithmetic: {
          $0.y.assign(.exp, of: $0.x)
          $0.extra.assign(.log, of: $0.y)
          $0.dx.assign(.divide, $0.dw, $0.y)
          $0.dx.assign(.multiply, $0.dw, $0.y)
        }),
      TapeChain(
        "tanh", count: count, { y, _ in y.tanh() },
        arithmetic: {
          $0.y.assign(.tanh, of: $0.x)
          $0.dx.assignActivationGradient(output: $0.y, upstream: $0.dw, activation: .tanh)
        }),
      TapeChain(
        "add a bias", count: count, ofVector: true, { $0 + $1 },
        arithmetic: {
          $0.y.assign(
            .add, $0.x, strides: [$0.columns, 1], $0.vector, strides: [0, 1], shape: [$0.rows, $0.columns])
          $0.dx.assign($0.extra)
          $0.vectorGradient.assignSum(of: $0.extra, outer: 1, count: $0.rows, inner: $0.columns)
          $0.vector.assign($0.vectorGradient, adding: 1)
        }),
      TapeChain(
        "multiply by a number", count: count, { y, _ in 1.01 * y },
        arithmetic: {
          $0.y.assign($0.x, times: 1.01)
          $0.dx.assign($0.dw, times: 1.01)
        }),
      TapeChain(
        "add a number", count: count, { y, _ in y + 0.01 },
        arithmetic: {
          $0.y.assign(.add, $0.x, strides: [1], $0.number, strides: [0], shape: [$0.x.count])
          $0.dx.assign($0.dw)
        }),
      TapeChain(
        "sum and multiply by it", count: count, operations: 2, { y, w in w * y.sum() },
        arithmetic: {
          $0.number.assignSum(of: $0.x, outer: 1, count: $0.x.count, inner: 1)
          $0.y.assign(.multiply, $0.w, strides: [1], $0.number, strides: [0], shape: [$0.x.count])
          $0.extra.assign(.multiply, $0.dx, $0.w)
          $0.number.assignSum(of: $0.extra, outer: 1, count: $0.x.count, inner: 1)
          $0.extra.assign(.multiply, $0.dx, strides: [1], $0.number, strides: [0], shape: [$0.x.count])
          $0.dw.assign(.add, $0.dw, $0.extra)
          $0.dx.assign($0.number, strides: [0], toStrides: [1], shape: [$0.x.count])
        }),
    ]
  }
}
