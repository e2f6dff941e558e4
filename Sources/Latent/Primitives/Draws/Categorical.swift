import LatentKernels

/// Classes drawn with the probabilities softmax(logits): the places of the largest logits plus Gumbel noise (Gumbel 1954). No gradient
/// reaches the logits.
///
///     logits [B, ..., C]   result [B, ...], whole numbers in 0..<C
///
/// - Parameters:
///   - key: for this step and this place in the model
///   - examples: a number for each of the B examples: what is drawn for it depends on it and the key alone
public func categorical(logits: Variable, key: RandomKey, examples: [UInt64]) -> Variable {
  perturbed("categorical", logits.detached(), key, examples).argmax()
}

/// `count` classes of each row, drawn with the probabilities softmax(logits) (`torch.multinomial` of probabilities p is that of the
/// logits log p). No gradient reaches the logits.
///
///     logits [B, ..., C]   result [B, ..., count], whole numbers in 0..<C
///
/// - Parameters:
///   - replacing: whether a class may be drawn again. Where not, they are the `count` largest perturbed logits, in the order in which
///     they would be drawn one after the other (Yellott 1977), and `count` is at most C.
///   - key: for this step and this place in the model
///   - examples: a number for each of the B examples: what is drawn for it depends on it and the key alone
public func multinomial(
  logits: Variable, count: Int, replacing: Bool = false, key: RandomKey, examples: [UInt64]
) -> Variable {
  let classes = logits.shape.last ?? 0
  require(
    count >= 0 && (replacing || count <= classes), of: [logits],
    "multinomial: \(count) of \(logits.shape), replacing \(replacing)"
      + "; without replacing, no more can be drawn than there are")
  if !replacing { return perturbed("multinomial", logits.detached(), key, examples).topK(count).places }
  let copies = logits.detached().expanded(at: -2).repeated(count, axis: -2)
  return perturbed("multinomial", copies, key, examples).argmax()
}

/// A sample of the Gumbel-softmax, or concrete, distribution (Jang, Gu & Poole 2017; Maddison, Mnih & Teh 2017):
/// softmax((logits + noise) / temperature) along the last axis.
///
///     logits, result [B, ..., C]
///
/// - Parameters:
///   - temperature: above 0; the nearer to it, the nearer the samples are to one class
///   - isHard: whether the result is the one-hot row of the largest element, with the gradient of what it would be otherwise
///     (straight-through)
///   - key: for this step and this place in the model
///   - examples: a number for each of the B examples: what is drawn for it depends on it and the key alone
public func gumbelSoftmax(
  _ logits: Variable, temperature: Double, isHard: Bool = false, key: RandomKey, examples: [UInt64]
) -> Variable {
  require(temperature > 0, of: [logits], "gumbelSoftmax: a temperature of \(temperature); above 0 is needed")
  let soft = (perturbed("gumbelSoftmax", logits, key, examples) / temperature).softmax()
  if !isHard { return soft }
  return soft.argmax().oneHot(logits.shape.last ?? 0) + (soft - soft.detached())
}

/// Logits and Gumbel noise.
private func perturbed(_ name: String, _ logits: Variable, _ key: RandomKey, _ examples: [UInt64]) -> Variable {
  let columns = columns(name, logits, examples)
  let noise = logits.tape.makeTensor(logits.shape, element: logits.element)
  noise.storage.fillGumbel(key: key.bits, streams: examples, columns: columns)
  return logits + logits.tape.constant(noise)
}

/// Elements of each of the examples.
func columns(_ name: String, _ x: Variable, _ examples: [UInt64]) -> Int {
  require(
    (x.shape.first ?? 0) == examples.count && !x.shape.isEmpty, of: [x],
    "\(name): \(x.shape) with \(examples.count) examples; [B, ...] and B are needed")
  return x.shape.dropFirst().reduce(1, *)
}
