import LatentKernels

/// What each place takes from others, by how well its query fits their keys (Vaswani et al. 2017, "Attention is all you need"):
/// softmax(scale q k^T) v, for each head on its own columns.
///
///     q [B, T, N d]   k [B, S, N d]   v [B, S, N e]   result [B, T, N e]   N heads
///
/// The weights [B, N, T, S] are never in memory as a whole, forward or backward.
///
/// - Parameters:
///   - heads: N
///   - isCausal: whether place t sees places 0...t only; S must be T
///   - scale: what scores are multiplied by; 1 / sqrt(d) where left out
public func scaledDotProductAttention(
  _ query: Variable, _ key: Variable, _ value: Variable, heads: Int = 1, isCausal: Bool = false, scale: Double? = nil
) -> Variable {
  let inputs = [query, key, value]
  let (q, k, v) = (query.shape, key.shape, value.shape)
  require(
    heads > 0 && inputs.allSatisfy { $0.shape.count == 3 && $0.shape[2] % heads == 0 && $0.element == query.element }
      && q[0] == k[0] && k[0] == v[0] && q[2] == k[2] && k[1] == v[1] && k[1] > 0 && q[2] > 0
      && (!isCausal || q[1] == k[1]), of: inputs,
    "scaledDotProductAttention: query \(q) \(query.element), key \(k) \(key.element), value \(v) \(value.element) do not fit "
      + "[B, T, N d], [B, S, N d], [B, S, N e] with N = \(heads)" + (isCausal ? " and S = T" : ""))
  let tape = query.tape
  let width = q[2] / heads
  let scale = scale ?? 1 / Double(width).squareRoot()
  if tape.isDifferentiatedAgain { return composedAttention(query, key, value, heads, isCausal, scale) }
  let sizes = AttentionHeads(
    batch: q[0], queries: q[1], keys: k[1], heads: heads, width: width, valueWidth: v[2] / heads,
    scale: scale, isCausal: isCausal, precision: tape.precision)
  let y = tape.makeTensor([q[0], q[1], v[2]], element: query.element)
  let statistics = tape.makeTensor([sizes.statisticsCount], element: query.element).storage
  let (x, w, u) = (query.tensor.storage, key.tensor.storage, value.tensor.storage)
  sizes.forward(x, w, u, into: y.storage, statistics: statistics, workspace: tape.workspace)
  let product = sizes.work(query.element)
  return tape.record(
    "attention", inputs: inputs, output: y, work: (product, product + product + product.half)
  ) { backward in
    var destinations = (0..<3).map { backward.destination($0) }
    // Where two of them are one, parts of both are written in turns: nothing may be overwritten.
    if Storage.share(destinations.compactMap { $0?.0 }) {
      for (place, destination) in destinations.enumerated() {
        guard let (gradient, isAccumulating) = destination else { continue }
        if !isAccumulating { gradient.fill(0) }
        destinations[place] = (gradient, true)
      }
    }
    sizes.backward(
      x, w, u, y: y.storage, dy: backward.upstream.storage, statistics: statistics, dq: destinations[0],
      dk: destinations[1], dv: destinations[2], workspace: backward.workspace)
  }
}

/// The same of operations whose gradients can be differentiated again, with all weights in memory.
private func composedAttention(
  _ query: Variable, _ key: Variable, _ value: Variable, _ heads: Int, _ isCausal: Bool, _ scale: Double
) -> Variable {
  func split(_ x: Variable) -> Variable {  // [B, N, T, d]
    x.reshaped(to: [x.shape[0], x.shape[1], heads, x.shape[2] / heads]).transposed([0, 2, 1, 3])
  }
  var scores = scale * matmul(split(query), split(key), transposingB: true)
  if isCausal {
    let later = Tensor(repeating: 1, shape: Array(scores.shape.suffix(2)), element: query.element)
    let mask = query.tape.constant(later).triu(diagonal: 1)
    scores = mask.select(query.tape.constant(Tensor(repeating: -.infinity, shape: [], element: query.element)), scores)
  }
  let y = matmul(scores.softmax(), split(value)).transposed([0, 2, 1, 3])
  return y.reshaped(to: [query.shape[0], query.shape[1], value.shape[2]])
}

extension AttentionHeads {
  /// The products of the forward pass and the softmax between them.
  fileprivate func work(_ element: ElementType) -> Work {
    let scores = Double(batch * heads * queries) * Double(keys) * (isCausal ? 0.5 : 1)
    let values = Double(batch * heads) * Double(queries + keys) * Double(width + valueWidth)
    return Work(
      flops: scores * (2 * Double(width + valueWidth) + Work.transcendental), bytes: values * Double(element.size))
  }
}

extension Work {
  fileprivate var half: Work { Work(flops: flops / 2, bytes: bytes / 2) }
}
