import LatentKernels

/// A part of a model that keeps nothing for the way back but what goes into it, and is computed again there (Chen et al. 2016,
/// "Training deep nets with sublinear memory cost"; gradient checkpointing, `jax.checkpoint`): less memory for a second forward pass.
///
///     let y = blocks.reduce(x) { x, block in recomputed(x) { block($0) } }
///
/// Values and gradients have the same bits, dropout drops the same, and running averages change once.
///
/// - Parameter body: computes a variable of what it is given, of parameters and of constants of its argument's tape; other variables
///   go into it as arguments, see ``recomputed(_:_:)-([Variable],_)``
public func recomputed(_ x: Variable, _ body: @escaping (Variable) -> Variable) -> Variable {
  recomputed([x]) { [body($0[0])] }[0]
}

/// The same of any number of variables of one tape, and of results.
public func recomputed(_ inputs: [Variable], _ body: @escaping ([Variable]) -> [Variable]) -> [Variable] {
  guard let tape = inputs.first?.tape else { fatalError("recomputed: no variable goes into it") }
  guard tape.recordsSegments else { return body(inputs) }
  let segment = Segment(of: tape, inputs.map(\.tensor), body)
  let (results, parameters) = segment.forward(for: tape, "recomputed")
  let used = parameters.sorted { $0.key < $1.key }
  let all = inputs + used.map { tape.leaf(of: $0.value) }
  let (count, slots, width) = (inputs.count, used.map(\.key), all.count)
  return tape.record("recomputed", inputs: all, outputs: results) { backward in
    let upstreams = results.indices.map { backward.upstream(of: $0) }
    let places = (0..<width).map { backward.destination($0) }
    segment.recordedAgain(wanted: places[..<count].map { $0 != nil }).backward(
      upstreams, places: Array(places[..<count]), parameters: zip(slots, places[count...]).map { ($0, $1) })
  }
}

extension Tape {
  /// Whether parts on tapes of their own save anything: nothing is kept where nothing is recorded, and second derivatives and a trace
  /// need the operations themselves.
  var recordsSegments: Bool { isRecording && !isDifferentiatedAgain && trace == nil }
}
