import LatentKernels

/// A loop over the steps of sequences with a state, such as a recurrent cell of one's own (`jax.lax.scan`): one operation of the tape,
/// whatever the number of steps.
///
///     let (y, last) = scan(x, from: h) { x, h in
///       let next = cell(x, h)
///       return (next, next)
///     }
///
/// Each step is recorded once, on a tape of its own that goes as soon as the way back has passed it, and adds to the gradients of
/// parameters in place. Values have the same bits as those of a loop of one's own, gradients but for the order in which steps are
/// added. Of long sequences, `recomputes` keeps only the state of each step, and computes the rest again on the way back.
///
/// - Parameters:
///   - x: [B, T, ...]
///   - state: before the first step, such as [B, H]
///   - recomputes: whether steps are computed again on the way back: memory for one step at a time, for a second forward pass
///   - step: computes, from x [B, ...] at a step and the state before it, an output and the state after it; it uses its arguments,
///     parameters, and constants of their tape
/// - Returns: the outputs of all steps [B, T, ...], and the state after the last one
public func scan(
  _ x: Variable, from state: Variable, recomputes: Bool = false,
  _ step: @escaping (_ x: Variable, _ state: Variable) -> (Variable, Variable)
) -> (outputs: Variable, state: Variable) {
  let (outputs, last) = scan(x, from: [state], recomputes: recomputes) { x, state in
    let (output, next) = step(x, state[0])
    return (output, [next])
  }
  return (outputs, last[0])
}

/// The same with a state of several variables, such as the hidden state and the cell of an LSTM.
public func scan(
  _ x: Variable, from state: [Variable], recomputes: Bool = false,
  _ step: @escaping (_ x: Variable, _ state: [Variable]) -> (output: Variable, state: [Variable])
) -> (outputs: Variable, state: [Variable]) {
  let (tape, shape) = (x.tape, x.shape)
  require(
    shape.count >= 2 && shape[1] > 0 && state.allSatisfy { $0.tape === tape }, of: [x] + state,
    "scan: \(shape) is not [B, T, ...] with T > 0, or the state is of another tape")
  func checked(_ result: (output: Variable, state: [Variable]), _ before: [[Int]]) -> [Variable] {
    // It is kept for the way back, and must not hold x with its tape.
    require(
      result.state.map(\.shape) == before, of: [result.output],
      "scan: a step turns a state of \(before) into one of \(result.state.map(\.shape)); the shapes must stay")
    return [result.output] + result.state
  }
  let shapes = state.map(\.shape)
  guard tape.recordsSegments else {
    var (state, outputs) = (state, [Variable]())
    for place in 0..<shape[1] {
      let results = checked(step(x.step(place), state), shapes)
      outputs.append(results[0])
      state = Array(results[1...])
    }
    return (Variable.stacked(outputs, axis: 1), state)
  }
  let steps = ScannedSteps(x, state, recomputes: recomputes) { checked(step($0[0], Array($0[1...])), shapes) }
  let results = steps.record(x, state)
  return (results[0], Array(results[1...]))
}

extension Variable {
  /// x [B, ...] at a step of [B, T, ...].
  fileprivate func step(_ place: Int) -> Variable {
    sliced(place..<place + 1, axis: 1).reshaped(to: [shape[0]] + shape[2...])
  }
}

/// The steps of a scan, computed.
private final class ScannedSteps {
  /// What the way back needs of a step.
  private struct Step {
    /// Of x and of the state before the step: whether gradients are asked for.
    let wanted: [Bool]
    let recorded: () -> RecordedSegment
  }

  private var steps: [Step] = []
  private let parameters: [Int: Parameter]
  private let results: [Tensor]

  init(_ x: Variable, _ state: [Variable], recomputes: Bool, _ body: @escaping ([Variable]) -> [Variable]) {
    let tape = x.tape
    var (states, outputs, steps, parameters) = (state.map(\.tensor), Tensor?.none, [Step](), [Int: Parameter]())
    var wanted = ([x] + state).map { $0.index >= 0 }
    var previous: RecordedSegment?
    for place in 0..<x.shape[1] {
      let part = x.tensor.step(place, workspace: tape.workspace)
      let (segment, before) = (Segment(of: tape, [part] + states, body), wanted)
      let (results, used): ([Tensor], [Int: Parameter])
      if recomputes {
        (results, used) = segment.forward(for: tape, "scan")
        steps.append(Step(wanted: before) { segment.recordedAgain(wanted: before) })
        for index in states.indices { wanted[index + 1] = true }
      } else {
        let (step, parameters) = segment.recordedForward(for: tape, "scan", wanted: before, after: previous)
        previous = step
        (results, used) = (step.results.map(\.tensor), parameters)
        steps.append(Step(wanted: before) { step })
        for (index, result) in step.results.dropFirst().enumerated() { wanted[index + 1] = result.index >= 0 }
      }
      parameters.merge(used) { first, _ in first }
      let first = results[0]
      if outputs == nil {
        outputs = tape.makeTensor([first.shape[0], x.shape[1]] + first.shape.dropFirst(), element: first.element)
      }
      outputs!.setStep(place, to: first)
      states = Array(results[1...])
    }
    (self.steps, self.parameters, results) = (steps, parameters, [outputs!] + states)
  }

  func record(_ x: Variable, _ state: [Variable]) -> [Variable] {
    let tape = x.tape
    let used = parameters.sorted { $0.key < $1.key }
    let all = [x] + state + used.map { tape.leaf(of: $0.value) }
    let (slots, shape) = (used.map(\.key), x.shape)
    return tape.record("scan", inputs: all, outputs: results) { backward in
      self.walkBack(&backward, slots: slots, shape: shape)
    }
  }

  private func walkBack(_ backward: inout Backward, slots: [Int], shape: [Int]) {
    let upstream = backward.upstream(of: 0)
    let (workspace, element, states) = (backward.workspace, results[0].element, 1..<results.count)
    var gradients: [Tensor?] = states.map { backward.upstream(of: $0) }
    var places = (0..<states.upperBound + slots.count).map { backward.destination($0) }
    let dx = places[0].map { Tensor(unchecked: $0.storage, shape: shape) }
    func room(_ shape: [Int]) -> Tensor { Tensor(uninitialized: shape, element: element, workspace: workspace) }
    while let step = steps.popLast() {
      let place = steps.count
      let upstreams = [upstream?.step(place, workspace: workspace)] + gradients
      if upstreams.allSatisfy({ $0 == nil }) {
        // Nothing depends on this step; those before it may matter all the same.
        if let dx, !places[0]!.isAccumulating { dx.clearStep(place) }
        continue
      }
      let own = dx.map { _ in room([shape[0]] + shape[2...]) }
      let before = states.map { step.wanted[$0] ? room(results[$0].shape) : nil }
      step.recorded().backward(
        upstreams, places: ([own] + before).map { $0.map { ($0.storage, false) } },
        parameters: zip(slots, places[states.upperBound...]).map { ($0, $1) })
      if let own { dx!.setStep(place, to: own, accumulating: places[0]!.isAccumulating) }
      gradients = before
      for input in states.upperBound..<places.count { places[input]?.isAccumulating = true }
    }
    for (gradient, input) in zip(gradients, states) {
      guard let place = places[input] else { continue }
      if let gradient {
        place.storage.assign(gradient.storage, adding: place.isAccumulating ? 1 : 0)
      } else if !place.isAccumulating {
        place.storage.fill(0)
      }
    }
  }
}

extension Tensor {
  private var rest: [Int] { [shape[0]] + shape[2...] }
  private var inner: Int { shape[2...].reduce(1, *) }

  /// The elements [B, ...] of a step of [B, T, ...], copied.
  fileprivate func step(_ place: Int, workspace: Workspace?) -> Tensor {
    let result = Tensor(uninitialized: rest, element: element, workspace: workspace)
    result.storage.assign(
      storage, strides: [shape[1] * inner, 1], from: place * inner, toStrides: [inner, 1], shape: [shape[0], inner])
    return result
  }

  /// Writes a step's elements, which nobody shares yet.
  fileprivate func setStep(_ place: Int, to step: Tensor, accumulating: Bool = false) {
    storage.assign(
      step.storage, strides: [inner, 1], toStrides: [shape[1] * inner, 1], start: place * inner,
      shape: [shape[0], inner],
      accumulating: accumulating)
  }

  fileprivate func clearStep(_ place: Int) {
    setStep(place, to: Tensor(repeating: 0, shape: rest, element: element))
  }
}
