import LatentKernels

/// A part of a model that keeps nothing for the way back but what goes into it, and is computed again there, on a tape of its own.
struct Segment {
  private let body: ([Variable]) -> [Variable]
  private let inputs: [Tensor]
  private let settings: SegmentSettings

  /// The part as it goes on from where a tape is now.
  init(of tape: Tape, _ inputs: [Tensor], _ body: @escaping ([Variable]) -> [Variable]) {
    (self.body, self.inputs, settings) = (body, inputs, tape.segmentSettings)
  }

  /// Computes the part without recording it.
  ///
  /// - Returns: its results, and the parameters that it uses, by slot
  func forward(for tape: Tape, _ operation: String) -> (results: [Tensor], parameters: [Int: Parameter]) {
    let part = Tape(settings, isRecording: false)
    part.observer = tape.observer
    let results = body(inputs.map { part.constant($0) })
    for result in results where result.tape !== part { part.refuse([result], operation) }
    tape.goOn(after: part)
    return (results.map(\.tensor), part.usedParameters ?? [:])
  }

  /// Where a gradient goes; nil where nobody wants it.
  typealias Place = (storage: Storage, isAccumulating: Bool)

  /// Computes it again and finds gradients.
  ///
  /// - Parameters:
  ///   - upstreams: of the results, nil where there is none
  ///   - places: of the inputs' gradients
  ///   - parameters: of the gradients of parameters, by slot
  func backward(_ upstreams: [Tensor?], places: [Place?], parameters: [(slot: Int, place: Place?)]) {
    let tape = Tape(settings, isRecording: true)
    let points = zip(inputs, places).map { $1 == nil ? tape.constant($0) : tape.point(tape.constant($0)) }
    let results = body(points)
    let nodes = points.map { $0.node ?? -1 } + parameters.map { Int(tape.recording.parameterNodes[$0.slot]) }
    let leaves = zip(nodes, places + parameters.map(\.place)).compactMap { node, place in
      place.map { (node: node, storage: $0.storage, isAccumulating: $0.isAccumulating) }
    }
    Backward.walkBack(through: tape, from: zip(results, upstreams).map { ($0, $1) }, to: leaves)
  }
}
