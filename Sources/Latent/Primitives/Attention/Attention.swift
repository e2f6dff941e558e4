import LatentKernels

/// What each place takes from others, by how well its query fits their keys (Vaswani et al. 2017, "Attention is all you need"):
/// softmax(scale q k^T) v, for each head on its own columns.
///
///     q [B, T, N d]   k [B, S, N d]   v [B, S, N e]   result [B, T, N e]   N heads
///
/// The weights [B, N, T, S] are never in memory as a whole, forward or backward, but where some are dropped or a mask is learned.
///
/// - Parameters:
///   - heads: N
///   - isCausal: whether place t sees places 0...t only; S must be T + start
///   - start: the place of the first query among the keys, where a sequence goes on
///   - scale: what scores are multiplied by; 1 / sqrt(d) where left out
///   - mask: what is added to scores, and what is not seen
///   - dropout: the probability with which a weight becomes 0 in training, see ``Dropout``
public func scaledDotProductAttention(
  _ query: Variable, _ key: Variable, _ value: Variable, heads: Int = 1, isCausal: Bool = false, from start: Int = 0,
  scale: Double? = nil, mask: AttentionMask? = nil, dropout: Double = 0
) -> Variable {
  let inputs = [query, key, value]
  let (q, k, v) = (query.shape, key.shape, value.shape)
  require(
    heads > 0 && inputs.allSatisfy { $0.shape.count == 3 && $0.shape[2] % heads == 0 && $0.element == query.element }
      && q[0] == k[0] && k[0] == v[0] && q[2] == k[2] && k[1] == v[1] && k[1] > 0 && q[2] > 0
      && start >= 0 && (!isCausal || q[1] + start == k[1]) && (0..<1).contains(dropout), of: inputs,
    "scaledDotProductAttention: query \(q) \(query.element), key \(k) \(key.element), value \(v) \(value.element) do not fit "
      + "[B, T, N d], [B, S, N d], [B, S, N e] with N = \(heads)" + (isCausal ? " and S = T" : "")
      + (isCausal && start != 0 ? " + \(start)" : "") + (dropout == 0 ? "" : ", dropout \(dropout) in 0..<1"))
  let tape = query.tape
  let width = q[2] / heads
  let scale = scale ?? 1 / Double(width).squareRoot()
  let added = mask?.scores([q[0], heads, q[1], k[1]], inputs: inputs)
  let drops = dropout > 0 && tape.pass.isTraining && q[0] > 0
  if tape.isDifferentiatedAgain || drops || mask?.isLearned == true || (mask != nil && scale <= 0) {
    return ComposedAttention(
      heads: heads, scale: scale, isCausal: isCausal, added: added, dropout: drops ? dropout : 0)(
        query, key, value)
  }
  let sizes = AttentionHeads(
    batch: q[0], queries: q[1], keys: k[1], heads: heads, width: width, valueWidth: v[2] / heads,
    scale: scale, isCausal: isCausal,
    mask: added.map { AttentionHeads.Mask(($0 / scale).tensor, keys: k[1], workspace: tape.workspace) },
    precision: tape.precision)
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
