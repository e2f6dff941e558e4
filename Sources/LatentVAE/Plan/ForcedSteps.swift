import Latent

/// What a sequence decoder reads at each step beside the latent point: the step before of the example that it is to make
/// (teacher forcing, Williams & Zipser 1989), zeros before the first.
///
///     z [N, n], x [B, T, D] with N = B K   result [N, T, n + D]: (z, x_{t-1}) at step t
///
/// With word dropout (Bowman et al. 2016) a step of x is zeros with a probability while training, which is a function of
/// the pass's key, the example and the step: a decoder that sees less of x has to ask z.
struct ForcedSteps: Layer {
  let sizes: ForcedSizes

  mutating func visit(_ visitor: inout ParameterVisitor) {}

  /// Where nothing is known of the example: zeros at each step.
  func callAsFunction(_ z: Variable) -> Variable {
    self(z, of: z.tape.constant(Tensor(zeros: [z.shape[0], sizes.steps, sizes.features], element: z.tensor.element)))
  }

  /// z [N, n], x [B, ...] with T D numbers of each example
  func callAsFunction(_ z: Variable, of x: Variable) -> Variable {
    let (batch, time, features) = (x.shape[0], sizes.steps, sizes.features)
    require(
      x.tensor.count == batch * time * features && batch > 0 && z.shape[0] % batch == 0 && z.shape[1] == sizes.inputs,
      "teacher forcing: z \(z.shape), x \(x.shape) do not fit [B K, \(sizes.inputs)], [B, \(time), \(features)]")
    var before = x.reshaped(to: [batch, time, features]).sliced(0..<time - 1, axis: 1).padded(1, 0, axis: 1)
    if let kept = kept(batch, z.tape, z.tensor.element) { before = before * kept }
    let samples = z.shape[0] / batch
    if samples > 1 {
      before = before.expanded(at: 1).broadcast(to: [batch, samples, time, features])
        .reshaped(to: [z.shape[0], time, features])
    }
    return Variable.concatenated([z.expanded(at: 1).broadcast(to: [z.shape[0], time, sizes.inputs]), before], axis: 2)
  }

  /// A single step: z [N, n] and the step before [N, D], nil at the first -> [N, 1, n + D]
  func one(_ z: Variable, after before: Variable?) -> Variable {
    let nothing = z.tape.constant(Tensor(zeros: [z.shape[0], sizes.features], element: z.tensor.element))
    return Variable.concatenated([z, before ?? nothing], axis: 1).expanded(at: 1)
  }

  /// 1 where a step is read and 0 where it is dropped, [B, T, 1]; nil where all are read.
  private func kept(_ batch: Int, _ tape: Tape, _ element: ElementType) -> Variable? {
    guard tape.pass.isTraining, sizes.wordDropout > 0 else { return nil }
    let ones = tape.constant(Tensor(repeating: 1, shape: [batch, sizes.steps, 1], element: element))
    let drawn = dropout(
      ones, rate: sizes.wordDropout, key: tape.pass.key.child("word dropout"),
      examples: tape.pass.examples(count: batch))
    return drawn .> tape.constant(Tensor(zeros: [1], element: element))
  }
}
