import Latent
import TestSupport
import Testing

/// LSTM and GRU from a given state, with their last states, and with sequences of unequal length: states that are used
/// in several places, and numbers beyond the ends, which nobody reads. `RecurrentCases` has the rest.
@Suite struct RecurrentStateTests {
  /// One variable for h and c, and again for the loss; a state that is led through three sequences: all uses add up.
  @Test(arguments: RecurrentCase.Kind.allCases, [nil, [2, 1]])
  func sharedStates(_ kind: RecurrentCase.Kind, _ lengths: [Int]?) {
    let whole = RecurrentCase(kind: kind, batch: 2, time: 2, input: 3, hidden: 3, lengths: lengths)
    #expect(
      gradientMismatches(of: whole.operands()) { operands, tape in
        let h = operands("h", on: tape)
        let first = whole.run(operands, on: tape, from: (h, h))
        let second = whole.run(operands, on: tape, from: (first.h, first.c))
        let third = whole.run(operands, on: tape, x: second.y, from: (second.h, first.c))
        return .joined(third.all + [first.y * second.y, h * h, first.h])
      } == [])
  }

  @Test(arguments: 0..<18, ElementType.computing)
  func plain(_ seed: Int, _ element: ElementType) {
    var sample = SampleValues(seed: 40 + seed)
    let (batch, time) = (sample.whole(1...9), sample.whole(1...9))
    var lengths = (0..<batch).map { _ in sample.whole(1...time) }
    if seed % 5 == 4 { lengths = lengths.map { _ in time } }
    let whole = RecurrentCase(
      kind: RecurrentCase.Kind.allCases[seed % 3], batch: batch, time: time, input: sample.whole(1...40),
      hidden: sample.whole(1...40), lengths: seed % 4 == 3 ? nil : lengths, hasState: seed / 3 % 2 == 0,
      returnsSequence: seed / 6 % 2 == 0)
    let state = batch * whole.hidden
    func numbers(_ count: Int) -> [Double] {
      Tensor(sample.numbers(count), shape: [count], element: element).values
    }
    let upstream = (y: numbers(state * (whole.returnsSequence ? time : 1)), h: numbers(state), c: numbers(state))
    var operands = whole.operands(element, seed: seed)
    let expected = whole.plain(operands, upstream: upstream)
    // What lies beyond the ends is not read, neither on the way forward nor back.
    var above = upstream.y
    if let lengths = whole.lengths {
      operands.updateParameters { path, parameter in
        guard path == "x" else { return }
        let values = parameter.value.values.filled(beyond: lengths, time: time, with: .nan)
        parameter.value = Tensor(values, shape: parameter.value.shape, element: element)
      }
      if whole.returnsSequence { above = above.filled(beyond: lengths, time: time, with: .nan) }
    }
    let weights = Tensor(
      above + upstream.h + (whole.kind == .lstm ? upstream.c : []),
      shape: [above.count + (whole.kind == .lstm ? 2 : 1) * state],
      element: element)
    let tolerance = element == .float32 ? 2e-5 : 1e-12
    func check(_ outputs: RecurrentCase.Outputs, _ name: String) {
      #expect(maxRelativeError(outputs.y.tensor.values, expected.y) < tolerance, "y, \(whole), \(name)")
      #expect(maxRelativeError(outputs.h.tensor.values, expected.h) < tolerance, "h, \(whole), \(name)")
      guard let c = outputs.c else { return }
      #expect(maxRelativeError(c.tensor.values, expected.c) < tolerance, "c, \(whole), \(name)")
    }

    let (layout, workspace) = (ParameterLayout(of: operands), Workspace())
    var gradients = Gradients(layout: layout)
    gradients.flat.fill(.nan)
    var bytes: [Int] = []
    for _ in 0..<3 {  // the second time in memory that holds the first one's numbers
      let tape = Tape(layout: layout, workspace: workspace)
      let outputs = whole.run(operands, on: tape)
      check(outputs, "recorded")
      tape.backward(from: (.joined(outputs.all) * tape.constant(weights)).sum(), into: &gradients)
      for (path, values) in expected.gradients where whole.hasState || !["h", "c"].contains(path) {
        if path == "recurrent" && time == 1 && !whole.hasState { continue }
        #expect(maxRelativeError(gradients[path].values, values) < tolerance, "d/d\(path), \(whole)")
      }
      if time == 1 && !whole.hasState { #expect(gradients["recurrent"].values.allSatisfy { $0 == 0 }) }
      bytes.append(workspace.allocatedBytes)
    }
    #expect(Set(bytes).count == 1, "\(bytes)")
    check(whole.run(operands, on: Tape()), "not recorded")  // and less kept
  }
}
