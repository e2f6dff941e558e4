import LatentKernels

/// Noise for a batch. What an example gets depends on the pass's key and the example alone (``Pass/examples``), so that it is the
/// same however the batch is cut; each call gives other numbers.
///
///     let z = tape.normal([batch.count, 16])
///
/// The same pass gives the same numbers again. The trainer has one for each step; a loop of one's own makes it, with a key and the step
/// that it is at. Without a key, drawing stops:
///
///     valueWithGradients(of: model, pass: Pass(isTraining: true, step: step, key: key)) { model, tape in … }
extension Tape {
  /// Standard normal noise, a constant of this shape [B, ...]: other numbers in each call and in each pass with another step or key.
  public func normal(_ shape: [Int], element: ElementType = .float32) -> Variable {
    let noise = makeTensor(shape, element: element)
    let streams = streams(shape, "normal")
    noise.storage.fillNormal(key: makeKey().bits, streams: streams, columns: noise.count / max(streams.count, 1))
    return constant(noise)
  }

  /// Uniform noise in a range, both bounds included, a constant of this shape [B, ...]: other numbers in each call and in each pass with
  /// another step or key.
  public func uniform(
    _ shape: [Int], in range: ClosedRange<Double> = 0...1, element: ElementType = .float32
  ) -> Variable {
    let noise = makeTensor(shape, element: element)
    let streams = streams(shape, "uniform")
    noise.storage.fillUniform(
      key: makeKey().bits, streams: streams, columns: noise.count / max(streams.count, 1), low: range.lowerBound,
      high: range.upperBound)
    return constant(noise)
  }

  /// The numbers of the pass's examples.
  private func streams(_ shape: [Int], _ operation: String) -> [UInt64] {
    let count = shape.first ?? 0
    require(
      count > 0 && pass.examples?.count ?? count == count,
      "Tape.\(operation): a shape \(shape) for a pass of \(pass.examples.map { "\($0.count)" } ?? "any") examples; needs [B, ...]"
    )
    return pass.examples(count: count)
  }
}
