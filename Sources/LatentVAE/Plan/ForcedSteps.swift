import Latent

/// What a sequence decoder reads at each step beside the latent point: the step before of the example that it is to make
/// (teacher forcing, Williams & Zipser 1989), zeros before the first.
///
///     z [N, n], x [B, T, D] with N = B K   result [N, T, n + D]: (z, x_{t-1}) at step t
///
/// Of a text, x_{t-1} is the vector of its token. With word dropout (Bowman et al. 2016) a step of x is zeros with a
/// probability while training, which is a function of the pass's key, the example and the step: a decoder that sees less of x
/// has to ask z.
struct ForcedSteps: Layer {
  let sizes: ForcedSizes
  /// Of a text's tokens; nil for other examples.
  private var embedding: Embedding?

  init(_ sizes: ForcedSizes, key: RandomKey, element: ElementType) {
    self.sizes = sizes
    guard let layer = sizes.embedding, case .embedding(let embedded) = layer.kind else { return }
    embedding = Embedding(
      count: embedded.vocabulary, size: embedded.units, key: key.child(layer.name), element: element)
  }

  mutating func visit(_ visitor: inout ParameterVisitor) { embedding?.visit(&visitor) }

  /// Where nothing is known of the example: zeros at each step.
  func callAsFunction(_ z: Variable) -> Variable {
    joined(z, z.tape.constant(Tensor(zeros: [z.shape[0], sizes.steps, sizes.features], element: z.tensor.element)))
  }

  /// z [N, n], x [B, ...] with T numbers, or T D, of each example
  func callAsFunction(_ z: Variable, of x: Variable) -> Variable {
    let (batch, time, features) = (x.shape[0], sizes.steps, sizes.features)
    let read = embedding == nil ? features : 1
    require(
      x.tensor.count == batch * time * read && batch > 0 && z.shape[0] % batch == 0 && z.shape[1] == sizes.inputs,
      "teacher forcing: z \(z.shape), x \(x.shape) do not fit [B K, \(sizes.inputs)], [B, \(time), \(read)]")
    let known = embedding.map { $0(x.reshaped(to: [batch, time])) } ?? x.reshaped(to: [batch, time, features])
    var before = known.sliced(0..<time - 1, axis: 1).padded(1, 0, axis: 1)
    if let kept = kept(batch, z.tape, z.tensor.element) { before = before * kept }
    let samples = z.shape[0] / batch
    if samples > 1 {
      before = before.expanded(at: 1).broadcast(to: [batch, samples, time, features])
        .reshaped(to: [z.shape[0], time, features])
    }
    return joined(z, before)
  }

  /// A single step: z [N, n] and the elements of the step before, [N, D] or a text's [N, 1], nil at the first -> [N, 1, n + D]
  func one(_ z: Variable, after before: Variable?) -> Variable {
    let nothing = z.tape.constant(Tensor(zeros: [z.shape[0], sizes.features], element: z.tensor.element))
    let read = before.map { before in embedding.map { $0(before.reshaped(to: [z.shape[0]])) } ?? before }
    return Variable.concatenated([z, read ?? nothing], axis: 1).expanded(at: 1)
  }

  private func joined(_ z: Variable, _ before: Variable) -> Variable {
    Variable.concatenated([z.expanded(at: 1).broadcast(to: [z.shape[0], sizes.steps, sizes.inputs]), before], axis: 2)
  }

  /// 1 where a step is read and 0 where it is dropped, [B, T, 1]; nil where all are read.
  private func kept(_ batch: Int, _ tape: Tape, _ element: ElementType) -> Variable? {
    guard tape.pass.isTraining, sizes.wordDropout > 0 else { return nil }
    let ones = tape.constant(Tensor(repeating: 1, shape: [batch, sizes.steps, 1], element: element))
    let drawn = dropout(
      ones, rate: sizes.wordDropout, key: tape.noiseKey.child("word dropout"),
      examples: tape.pass.examples(count: batch))
    return drawn .> tape.constant(Tensor(zeros: [1], element: element))
  }
}
