import LatentKernels

/// A part of a model on a tape of its own.
struct Segment {
  private let body: ([Variable]) -> [Variable]
  private let inputs: [Tensor]
  private let settings: SegmentSettings

  /// The part as it goes on from where a tape is now.
  init(of tape: Tape, _ inputs: [Tensor], _ body: @escaping ([Variable]) -> [Variable]) {
    (self.body, self.inputs, settings) = (body, inputs, tape.segmentSettings)
  }

  /// Computes the part without recording it: nothing is kept for the way back but what goes into it.
  ///
  /// - Returns: its results, and the parameters that it uses, by slot
  func forward(for tape: Tape, _ operation: String) -> (results: [Tensor], parameters: [Int: Parameter]) {
    let part = Tape(settings, isRecording: false)
    let results = run(on: part, inputs.map { part.constant($0) }, for: tape, operation)
    return (results.map(\.tensor), part.usedParameters ?? [:])
  }

  /// Computes the part and keeps what its way back reads.
  ///
  /// - Parameters:
  ///   - wanted: the inputs whose gradients will be asked for
  ///   - previous: what is much the same, such as the step before
  func recordedForward(
    for tape: Tape, _ operation: String, wanted: [Bool], after previous: RecordedSegment?
  ) -> (segment: RecordedSegment, parameters: [Int: Parameter]) {
    let part = Tape(settings, isRecording: true)
    part.usedParameters = [:]
    if let previous { part.recording.reserve(as: previous.tape.recording) }
    let points = points(on: part, wanted)
    let results = run(on: part, points, for: tape, operation)
    let parameters = part.usedParameters ?? [:]
    part.usedParameters = nil
    return (RecordedSegment(tape: part, inputs: points, results: results), parameters)
  }

  /// Computes it again, recorded, after a ``forward(for:_:)``.
  func recordedAgain(wanted: [Bool]) -> RecordedSegment {
    let part = Tape(settings, isRecording: true, checksFinite: false)
    let points = points(on: part, wanted)
    return RecordedSegment(tape: part, inputs: points, results: body(points))
  }

  private func run(on part: Tape, _ inputs: [Variable], for tape: Tape, _ operation: String) -> [Variable] {
    part.observer = tape.observer
    let results = body(inputs)
    for result in results where result.tape !== part { part.refuse([result], operation) }
    tape.goOn(after: part)
    return results
  }

  private func points(on part: Tape, _ wanted: [Bool]) -> [Variable] {
    zip(inputs, wanted).map { $1 ? part.point(part.constant($0)) : part.constant($0) }
  }
}

/// A part of a model that was recorded on a tape of its own.
struct RecordedSegment {
  fileprivate let tape: Tape
  fileprivate let inputs: [Variable]
  let results: [Variable]

  /// Where a gradient goes; nil where nobody wants it.
  typealias Place = (storage: Storage, isAccumulating: Bool)

  /// Finds gradients, once.
  ///
  /// - Parameters:
  ///   - upstreams: of the results, nil where there is none
  ///   - places: of the inputs' gradients
  ///   - parameters: of the gradients of parameters, by slot
  func backward(_ upstreams: [Tensor?], places: [Place?], parameters: [(slot: Int, place: Place?)]) {
    let nodes = inputs.map { $0.node ?? -1 } + parameters.map { Int(tape.recording.parameterNodes[$0.slot]) }
    let leaves = zip(nodes, places + parameters.map(\.place)).compactMap { node, place in
      place.map { (node: node, storage: $0.storage, isAccumulating: $0.isAccumulating) }
    }
    Backward.walkBack(through: tape, from: zip(results, upstreams).map { ($0, $1) }, to: leaves)
  }
}
