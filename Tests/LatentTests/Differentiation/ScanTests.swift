import Latent
import TestSupport
import Testing

/// Loops over the steps of sequences as one operation, beside a plain loop and the built-in layer.
@Suite struct ScanTests {
  private static let key = RandomKey(seed: 8)

  private struct Cell: Module {
    var kernel: Parameter
    var recurrentKernel: Parameter
    var bias: Parameter

    init(_ lstm: LSTM) { (kernel, recurrentKernel, bias) = (lstm.kernel, lstm.recurrentKernel, lstm.bias!) }

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("kernel", &kernel)
      visitor.visit("recurrentKernel", &recurrentKernel)
      visitor.visit("bias", &bias)
    }

    /// An LSTM's step, with h and c as the state.
    func callAsFunction(_ x: Variable, _ state: [Variable]) -> (output: Variable, state: [Variable]) {
      let tape = x.tape
      let z = matmul(x, kernel.on(tape)) + matmul(state[0], recurrentKernel.on(tape)) + bias.on(tape)
      let gates = z.split(Array(repeating: state[0].shape[1], count: 4), axis: 1)
      let c = gates[1].sigmoid() * state[1] + gates[0].sigmoid() * gates[2].tanh()
      let h = gates[3].sigmoid() * c.tanh()
      return (h, [h, c])
    }
  }

  /// A loop of one's own.
  private func loop(_ cell: Cell, _ x: Variable, _ state: [Variable]) -> (outputs: Variable, state: [Variable]) {
    var (state, outputs) = (state, [Variable]())
    for place in 0..<x.shape[1] {
      let result = cell(x.sliced(place..<place + 1, axis: 1).reshaped(to: [x.shape[0], x.shape[2]]), state)
      outputs.append(result.output)
      state = result.state
    }
    return (Variable.stacked(outputs, axis: 1), state)
  }

  private struct Data {
    let layer = LSTM(inputSize: 3, hiddenSize: 4, key: ScanTests.key, element: .float64)
    let x = Initializer.normal(standardDeviation: 1)(shape: [2, 5, 3], key: ScanTests.key.child(1), element: .float64)
    let h = Initializer.normal(standardDeviation: 1)(shape: [2, 4], key: ScanTests.key.child(2), element: .float64)
    let c = Initializer.normal(standardDeviation: 1)(shape: [2, 4], key: ScanTests.key.child(3), element: .float64)
  }

  @Test(arguments: [true, false], [true, false])
  func agreesWithALoop(usesOutputs: Bool, usesState: Bool) {
    let data = Data()
    let cell = Cell(data.layer)
    struct Arguments: Module {
      var cell: Cell
      var x: Parameter, h: Parameter, c: Parameter
      mutating func visit(_ visitor: inout ParameterVisitor) {
        visitor.visit("cell", &cell)
        visitor.visit("x", &x)
        visitor.visit("h", &h)
        visitor.visit("c", &c)
      }
    }
    let all = Arguments(cell: cell, x: Parameter(data.x), h: Parameter(data.h), c: Parameter(data.c))
    func find(
      _ run: (Cell, Variable, [Variable]) -> (outputs: Variable, state: [Variable])
    ) -> (value: Double, gradients: Gradients) {
      valueWithGradients(of: all) { all, tape in
        let x = all.x.on(tape)
        let (outputs, state) = run(all.cell, x, [all.h.on(tape), all.c.on(tape)])
        var loss = x.sum()  // x is used elsewhere too
        if usesOutputs { loss = loss + outputs.squared().sum() }
        if usesState { loss = loss + (2 * state[0]).sum() + state[1].squared().sum() }
        return loss
      }
    }
    let plain = find(loop)
    let scanned = find { cell, x, state in scan(x, from: state) { cell($0, $1) } }
    let recomputed = find { cell, x, state in scan(x, from: state, recomputes: true) { cell($0, $1) } }
    let layer = find { cell, x, state in
      let result = lstm(
        x, kernel: cell.kernel.on(x.tape), recurrentKernel: cell.recurrentKernel.on(x.tape), bias: cell.bias.on(x.tape),
        from: LSTMState(h: state[0], c: state[1]), returnsSequence: true)
      return (result.y, [result.state.h, result.state.c])
    }
    #expect(scanned.value == plain.value && recomputed.value == plain.value)
    for slot in plain.gradients.layout.slots {
      let (a, b) = (scanned.gradients[slot.path].values, plain.gradients[slot.path].values)
      #expect(maxRelativeError(a, b) < 1e-12, "\(slot.path)")
      #expect(a == recomputed.gradients[slot.path].values, "\(slot.path), computed again")
      #expect(maxRelativeError(a, layer.gradients[slot.path].values) < 1e-11, "\(slot.path), the layer")
    }
  }

  /// Where steps are computed again, what a tape holds does not grow with the operations of a step.
  @Test func memory() {
    let cell = Cell(LSTM(inputSize: 3, hiddenSize: 32, key: Self.key))
    let x = Tensor(repeating: 0.1, shape: [64, 100, 3])
    let zeros = Tensor(zeros: [64, 32])
    func bytes(_ run: (Cell, Variable, [Variable]) -> (outputs: Variable, state: [Variable])) -> Int {
      let workspace = Workspace()
      for _ in 0..<2 {
        _ = valueWithGradients(of: cell, workspace: workspace) { cell, tape in
          run(cell, tape.constant(x), [tape.constant(zeros), tape.constant(zeros)]).outputs.sum()
        }
      }
      return workspace.allocatedBytes
    }
    let kept = bytes(loop)
    let scanned = bytes { cell, x, state in scan(x, from: state) { cell($0, $1) } }
    let recomputed = bytes { cell, x, state in scan(x, from: state, recomputes: true) { cell($0, $1) } }
    #expect(2 * recomputed < min(scanned, kept), "\(scanned) and \(recomputed) of \(kept) bytes")
  }

  /// Twice differentiated, without a record, and of states alone.
  @Test func elsewhere() {
    let data = Data()
    let cell = Cell(data.layer)
    func sum(_ x: Variable, _ run: (Cell, Variable, [Variable]) -> (outputs: Variable, state: [Variable])) -> Variable {
      run(cell, x, [x.tape.constant(data.h), x.tape.constant(data.c)]).outputs.squared().sum()
    }
    let scanned: (Cell, Variable, [Variable]) -> (outputs: Variable, state: [Variable]) = { cell, x, state in
      scan(x, from: state) { cell($0, $1) }
    }
    let direction = Tensor(repeating: 1, shape: data.x.shape, element: .float64)
    let (a, b) = (
      hessianVectorProduct(at: data.x, along: direction) { sum($0, scanned) },
      hessianVectorProduct(at: data.x, along: direction) { sum($0, loop) }
    )
    #expect(a.values == b.values)
    #expect(sum(Tape().constant(data.x), scanned).scalar == sum(Tape().constant(data.x), loop).scalar)
    let slope = gradient(at: data.x) { x in
      scan(x, from: x.tape.constant(Tensor(zeros: [2, 3], element: .float64))) { ($0, $1 + $0) }.state.sum()
    }
    #expect(slope.values.allSatisfy { $0 == 1 })
    let outputs = gradient(at: data.x) { x in scan(x, from: []) { x, state in (2 * x, state) }.outputs.sum() }
    #expect(outputs.values.allSatisfy { $0 == 2 })
  }

  @Test func misuse() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tape().constant(Tensor(zeros: [2, 5, 3]))
      _ = scan(x, from: x.tape.constant(Tensor(zeros: [2, 4]))) { ($0, $1.sum()) }
    }
    let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(message.contains("scan: a step turns a state of [[2, 4]] into one of [[]]"))
  }
}
