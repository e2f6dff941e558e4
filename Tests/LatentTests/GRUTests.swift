import Latent
import TestSupport
import Testing

/// The GRU against Keras, central differences and the plain implementation, in both of Keras's forms.
@Suite struct GRUTests {
  private func tensor(
    _ shape: [Int], seed: Int, _ range: ClosedRange<Double> = -1...1, _ element: ElementType = .float64
  ) -> Tensor {
    var sample = SampleValues(seed: seed)
    return Tensor(sample.numbers(shape.reduce(1, *), range), shape: shape, element: element)
  }

  private func operands(
    _ size: (batch: Int, time: Int, input: Int, hidden: Int), _ resetsAfter: Bool, _ element: ElementType = .float64
  ) -> Operands {
    Operands([
      "x": tensor([size.batch, size.time, size.input], seed: 1, -1...1, element),
      "kernel": tensor([size.input, 3 * size.hidden], seed: 2, -1...1, element),
      "recurrent": tensor([size.hidden, 3 * size.hidden], seed: 3, -0.5...0.5, element),
      "bias": tensor((resetsAfter ? [2] : []) + [3 * size.hidden], seed: 4, -1...1, element),
    ])
  }

  private func run(_ operands: Operands, _ tape: Tape, _ resetsAfter: Bool, _ returnsSequence: Bool) -> Variable {
    gru(
      operands("x", on: tape), kernel: operands("kernel", on: tape), recurrentKernel: operands("recurrent", on: tape),
      bias: operands("bias", on: tape), resetsAfter: resetsAfter, returnsSequence: returnsSequence)
  }

  @Test(arguments: [true, false], ElementType.allCases)
  func keras(_ resetsAfter: Bool, _ element: ElementType) throws {
    let golden = try Golden.load("gru_reset_after_\(resetsAfter)")
    let layer = GRU(
      inputSize: 4, hiddenSize: 6, resetsAfter: resetsAfter, returnsSequence: true, key: RandomKey(seed: 1),
      element: element)
    checkAgainstKeras(
      golden, element, layer,
      names: [("kernel", "kernel"), ("recurrentKernel", "recurrent_kernel"), ("bias", "bias")]
    ) { $0($1) }
  }

  @Test(
    arguments: [(1, 1, 1, 1), (1, 3, 7, 5), (2, 1, 3, 7), (3, 4, 2, 3), (2, 2, 17, 1), (1, 2, 1, 17)],
    [(true, true), (true, false), (false, true), (false, false)])
  func differences(
    _ size: (batch: Int, time: Int, input: Int, hidden: Int), _ form: (resetsAfter: Bool, returnsSequence: Bool)
  ) {
    #expect(
      gradientMismatches(of: operands(size, form.resetsAfter), step: 4e-3) {
        run($0, $1, form.resetsAfter, form.returnsSequence)
      } == [])
  }

  @Test(arguments: [true, false])
  func wide(_ resetsAfter: Bool) {
    differences((batch: 1, time: 2, input: 1, hidden: 33), (resetsAfter: resetsAfter, returnsSequence: true))
  }

  /// Each operand alone, the others constants: their gradients are not wanted.
  @Test(arguments: ["x", "kernel", "recurrent", "bias"], [true, false])
  func oneOperand(_ wanted: String, _ resetsAfter: Bool) {
    let all = operands((batch: 2, time: 3, input: 4, hidden: 3), resetsAfter)
    let tensors = Dictionary(uniqueKeysWithValues: all.parameters.map { ($0.path, $0.value) })
    #expect(
      gradientMismatches(of: Operands([wanted: tensors[wanted]!])) { operands, tape in
        func operand(_ name: String) -> Variable {
          name == wanted ? operands(name, on: tape) : tape.constant(tensors[name]!)
        }
        return gru(
          operand("x"), kernel: operand("kernel"), recurrentKernel: operand("recurrent"), bias: operand("bias"),
          resetsAfter: resetsAfter, returnsSequence: true)
      } == [])
  }

  /// One matrix as kernel and recurrent kernel, the same weights in two layers, an input used twice: all uses add up.
  @Test(arguments: [true, false])
  func sharedOperands(_ resetsAfter: Bool) {
    let operands = Operands([
      "x": tensor([2, 3, 4], seed: 1), "weights": tensor([4, 12], seed: 2, -0.6...0.6),
      "bias": tensor((resetsAfter ? [2] : []) + [12], seed: 3),
    ])
    #expect(
      gradientMismatches(of: operands) { operands, tape in
        let (x, weights, bias) = (operands("x", on: tape), operands("weights", on: tape), operands("bias", on: tape))
        func layer(_ x: Variable) -> Variable {
          gru(
            x, kernel: weights, recurrentKernel: weights, bias: bias, resetsAfter: resetsAfter, returnsSequence: true)
        }
        return layer(layer(x)) + layer(x) * x
      } == [])
  }

  @Test(arguments: 0..<12, ElementType.allCases)
  func plain(_ seed: Int, _ element: ElementType) {
    var sample = SampleValues(seed: seed)
    let (batch, time) = (sample.whole(1...9), sample.whole(1...9))
    let (input, hidden) = (sample.whole(1...40), sample.whole(1...40))
    let (resetsAfter, returnsSequence) = (seed % 2 == 0, seed % 4 < 2)
    let operands = operands((batch, time, input, hidden), resetsAfter, element)
    let values = Dictionary(uniqueKeysWithValues: operands.parameters.map { ($0.path, $0.value.values) })
    let upstream = tensor(returnsSequence ? [batch, time, hidden] : [batch, hidden], seed: 5, -1...1, element)
    let expected = Plain.GRU(
      kernel: values["kernel"]!, recurrent: values["recurrent"]!, bias: values["bias"]!, hidden: hidden,
      resetsAfter: resetsAfter
    ).run(
      values["x"]!, upstream: returnsSequence ? upstream.values : nil,
      lastUpstream: returnsSequence ? nil : upstream.values, batch: batch, time: time)
    let y = returnsSequence ? expected.y : expected.last
    let tolerance = element == .float32 ? 2e-5 : 1e-12
    let name = "B=\(batch) T=\(time) D=\(input) H=\(hidden)"

    let (layout, workspace) = (ParameterLayout(of: operands), Workspace())
    let gradients = Gradients(layout: layout)
    for slot in layout.slots { gradients.flat[slot.range].fill(.nan) }
    for _ in 0..<2 {  // the second time in memory that holds the first one's numbers
      let tape = Tape(layout: layout, workspace: workspace)
      let result = run(operands, tape, resetsAfter, returnsSequence)
      #expect(maxRelativeError(result.tensor.values, y) < tolerance, "y, \(name)")
      tape.backward(from: (result * tape.constant(upstream)).sum(), into: gradients)
      let pairs = [("x", expected.x), ("kernel", expected.kernel), ("bias", expected.bias)]
      for (path, values) in pairs + (time > 1 ? [("recurrent", expected.recurrent)] : []) {
        #expect(maxRelativeError(gradients[path].values, values) < tolerance, "d/d\(path), \(name)")
      }
      if time == 1 { #expect(gradients["recurrent"].values.allSatisfy { $0 == 0 }) }
    }
    // Without recording, less state is kept.
    #expect(maxRelativeError(run(operands, Tape(), resetsAfter, returnsSequence).tensor.values, y) < tolerance)
  }

  @Test func misuse() async {
    let shapes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = GRU(inputSize: 3, hiddenSize: 2, key: RandomKey(seed: 1))(Tape().constant(Tensor(zeros: [5, 4])))
    }
    #expect(message(shapes).contains("gru: x [5, 4], kernel [3, 6], recurrent kernel [2, 6], bias [2, 6] do not fit"))
    let bias = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var layer = GRU(inputSize: 3, hiddenSize: 2, resetsAfter: false, key: RandomKey(seed: 1))
      layer.bias = Parameter(Tensor(zeros: [2, 6]))
      _ = layer(Tape().constant(Tensor(zeros: [5, 4, 3])))
    }
    #expect(message(bias).contains("do not fit [B, T, D], [D, 3H], [H, 3H], [3H] with B, T > 0"))
    let elements = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = GRU(inputSize: 3, hiddenSize: 2, key: RandomKey(seed: 1))(
        Tape().constant(Tensor(zeros: [5, 4, 3], element: .float64)))
    }
    #expect(message(elements).contains("gru: x float64, kernel float32, recurrent kernel float32, bias float32 differ"))
  }

  private func message(_ result: ExitTest.Result?) -> String {
    result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "no result"
  }
}
