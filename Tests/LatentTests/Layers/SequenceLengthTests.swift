import Latent
import TestSupport
import Testing

/// What sequences of unequal length and states that are carried on must have in common with simpler runs.
@Suite struct SequenceLengthTests {
  /// Outputs and the gradient of their weighted sum for every operand.
  private func results(
    of operands: Operands, _ function: (Operands, Tape) -> [Variable]
  ) -> (outputs: [[Double]], gradients: Gradients) {
    var values: [[Double]] = []
    let (_, gradients) = valueWithGradients(of: operands) { operands, tape in
      let outputs = function(operands, tape)
      values = outputs.map(\.tensor.values)
      var sample = SampleValues(seed: 8)
      let joined = Variable.joined(outputs)
      let weights = Tensor(sample.numbers(joined.tensor.count), shape: joined.shape, element: joined.tensor.element)
      return (joined * tape.constant(weights)).sum()
    }
    return (values, gradients)
  }

  private func part(_ operands: Operands, _ names: KeyValuePairs<String, Tensor>) -> Operands {
    var copy = operands
    copy.updateParameters { path, parameter in
      if let tensor = names.first(where: { $0.key == path })?.value { parameter = Parameter(tensor) }
    }
    return copy
  }

  /// Lengths that are all T, and a call that gives y alone, are what there is without them, to the bit.
  @Test(arguments: RecurrentCase.Kind.allCases, ElementType.computing)
  func equalLengths(_ kind: RecurrentCase.Kind, _ element: ElementType) {
    for returnsSequence in [true, false] {
      var whole = RecurrentCase(
        kind: kind, batch: 5, time: 4, input: 7, hidden: 19, hasState: false, returnsSequence: returnsSequence)
      let operands = whole.operands(element)
      let expected = results(of: operands) { [whole] in [whole.plainRun($0, on: $1)] }
      whole.lengths = [4, 4, 4, 4, 4]
      let withLengths = results(of: operands) { [whole] in [whole.plainRun($0, on: $1)] }
      let withState = results(of: operands) { [whole] in [whole.run($0, on: $1).y] }
      for result in [withLengths, withState] {
        #expect(result.outputs == expected.outputs)
        #expect(result.gradients.flat.bits == expected.gradients.flat.bits)
      }
    }
  }

  /// From a state of zeros it is as from none.
  @Test(arguments: RecurrentCase.Kind.allCases, [nil, [2, 4, 1]])
  func zeroState(_ kind: RecurrentCase.Kind, _ lengths: [Int]?) {
    var whole = RecurrentCase(kind: kind, batch: 3, time: 4, input: 3, hidden: 5, lengths: lengths)
    let zero = Tensor(zeros: [3, 5], element: .float64)
    let operands = part(whole.operands(), ["h": zero, "c": zero])
    let fromZeros = results(of: operands) { [whole] in whole.run($0, on: $1).all }
    whole.hasState = false
    let fromNone = results(of: operands) { [whole] in whole.run($0, on: $1).all }
    for (a, b) in zip(fromZeros.outputs, fromNone.outputs) { #expect(maxRelativeError(a, b) < 1e-14) }
    for path in ["x", "kernel", "recurrent", "bias"] {
      #expect(maxRelativeError(fromZeros.gradients[path].values, fromNone.gradients[path].values) < 1e-13, "\(path)")
    }
  }

  /// T steps are T1 steps and then the others from where these have led to: the same bits forward, the same gradients.
  @Test(arguments: RecurrentCase.Kind.allCases, ElementType.computing)
  func sequencesGoOn(_ kind: RecurrentCase.Kind, _ element: ElementType) {
    for hasState in [true, false] {
      let whole = RecurrentCase(kind: kind, batch: 5, time: 6, input: 3, hidden: 21, hasState: hasState)
      let operands = whole.operands(element)
      let expected = results(of: operands) { whole.run($0, on: $1).all }
      for cuts in [[1], [3], [5], [2, 3], [1, 2, 3, 4, 5]] {
        let pieces = results(of: operands) { operands, tape in
          let x = operands("x", on: tape)
          var (parts, state): ([Variable], (Variable, Variable?)?) = ([], nil)
          for (start, end) in zip([0] + cuts, cuts + [6]) {
            let outputs = whole.run(operands, on: tape, x: x.sliced(start..<end, axis: 1), from: state)
            parts.append(outputs.y)
            state = (outputs.h, outputs.c)
          }
          return [.concatenated(parts, axis: 1), state!.0] + (state!.1.map { [$0] } ?? [])
        }
        #expect(pieces.outputs == expected.outputs, "\(whole) cut at \(cuts)")
        for (path, value) in operands.parameters where value.count > 0 {
          let right = expected.gradients[path].values
          #expect(
            maxRelativeError(pieces.gradients[path].values, right) < (element == .float32 ? 1e-5 : 1e-12),
            "d/d\(path), \(whole) cut at \(cuts)")
        }
      }
    }
  }

  /// Without recording, one tape leads a sequence on step by step.
  @Test(arguments: RecurrentCase.Kind.allCases)
  func stepByStep(_ kind: RecurrentCase.Kind) {
    let whole = RecurrentCase(kind: kind, batch: 2, time: 5, input: 3, hidden: 18)
    let operands = whole.operands(.float32)
    let expected = whole.run(operands, on: Tape())
    let workspace = Workspace()
    let tape = Tape(workspace: workspace)
    var (state, steps, bytes): ((Variable, Variable?)?, [Variable], [Int]) = (nil, [], [])
    for t in 0..<5 {
      let x = operands("x", on: tape).sliced(t..<t + 1, axis: 1)
      let outputs = whole.run(operands, on: tape, x: x, from: state)
      state = (outputs.h, outputs.c)
      steps.append(tape.constant(Tensor(outputs.y.tensor.values, shape: outputs.y.shape)))
      bytes.append(workspace.allocatedBytes)
    }
    #expect(Variable.concatenated(steps, axis: 1).tensor.values == expected.y.tensor.values)
    #expect(state!.0.tensor.values == expected.h.tensor.values)
    #expect(state!.1?.tensor.values == expected.c?.tensor.values)
    #expect(Set(bytes[2...]).count == 1, "\(bytes)")
  }

  /// A batch is each of its sequences by itself: the same bits forward and for x and the state; weights' gradients add up.
  @Test(arguments: RecurrentCase.Kind.allCases, ElementType.computing)
  func eachAlone(_ kind: RecurrentCase.Kind, _ element: ElementType) {
    let lengths = [3, 6, 1, 6, 2, 4, 1, 5, 3, 6, 6, 6, 6, 6, 2]
    let (batch, time, input, hidden) = (lengths.count, 6, 5, 19)
    for returnsSequence in [true, false] {
      let whole = RecurrentCase(
        kind: kind, batch: batch, time: time, input: input, hidden: hidden, lengths: lengths,
        returnsSequence: returnsSequence)
      let operands = whole.operands(element)
      func upstream(_ count: Int, _ seed: Int) -> Tensor {
        var sample = SampleValues(seed: seed)
        return Tensor(sample.numbers(count), shape: [count], element: element)
      }
      func weighted(_ outputs: RecurrentCase.Outputs, _ b: Int) -> Variable {
        // The weights of an output's element are those of its place in the sequence, whatever lies around it.
        let steps = returnsSequence ? lengths[b] : 1
        var sum = (outputs.y.reshaped(to: [steps * hidden]) * outputs.y.tape.constant(upstream(steps * hidden, b)))
          .sum()
        for (place, state) in outputs.all.dropFirst().enumerated() {
          sum = sum + (state.reshaped(to: [hidden]) * state.tape.constant(upstream(hidden, 100 * place + b))).sum()
        }
        return sum
      }
      let together = valueWithGradients(of: operands) { operands, tape in
        let outputs = whole.run(operands, on: tape)
        let sums = (0..<batch).map { b in
          let y = outputs.y.sliced(b..<b + 1)
          return weighted(
            .init(
              y: returnsSequence ? y.sliced(0..<lengths[b], axis: 1) : y, h: outputs.h.sliced(b..<b + 1),
              c: outputs.c?.sliced(b..<b + 1)), b)
        }
        return sums.dropFirst().reduce(sums[0]) { $0 + $1 }
      }.gradients
      let outputs = whole.run(operands, on: Tape())
      var sums: [String: [Double]] = [:]
      for b in 0..<batch {
        func rows(_ name: String) -> Tensor {
          let tensor = operands.parameters.first { $0.path == name }!.value
          return Tape().constant(tensor).sliced(b..<b + 1).tensor
        }
        let x = Tape().constant(rows("x")).sliced(0..<lengths[b], axis: 1).tensor
        let one = part(operands, ["x": x, "h": rows("h"), "c": rows("c")])
        let alone = RecurrentCase(
          kind: kind, batch: 1, time: lengths[b], input: input, hidden: hidden, returnsSequence: returnsSequence)
        let slopes = valueWithGradients(of: one) { weighted(alone.run($0, on: $1), b) }.gradients
        let right = alone.run(one, on: Tape())
        func row(_ values: [Double]) -> [Double] {
          let columns = values.count / batch
          return Array(values[b * columns..<(b + 1) * columns])
        }
        let padding = returnsSequence ? (time - lengths[b]) * hidden : 0
        #expect(row(outputs.y.tensor.values) == right.y.tensor.values + [Double](repeating: 0, count: padding))
        #expect(row(outputs.h.tensor.values) == right.h.tensor.values)
        #expect(outputs.c.map { row($0.tensor.values) } == right.c?.tensor.values)
        #expect(
          row(together["x"].values)
            == slopes["x"].values + [Double](repeating: 0, count: (time - lengths[b]) * input))
        for name in ["h", "c"] { #expect(row(together[name].values) == slopes[name].values, "d/d\(name)") }
        for name in ["kernel", "recurrent", "bias"] {
          sums[name] = sums[name].map { Plain.sum($0, slopes[name].values) } ?? slopes[name].values
        }
      }
      for (name, sum) in sums {
        #expect(
          maxRelativeError(together[name].values, sum) < (element == .float32 ? 1e-5 : 1e-12), "d/d\(name), \(whole)")
      }
    }
  }
}

extension Storage {
  /// The elements as they lie in memory.
  fileprivate var bits: [UInt8] { withUnsafeBytes { Array($0) } }
}
