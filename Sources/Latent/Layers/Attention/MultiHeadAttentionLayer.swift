import LatentKernels

/// How attention knows where places are.
public enum AttentionPositions: Sendable, Equatable {
  /// By what is in x alone, such as a ``PositionEmbedding``.
  case none
  /// Queries and keys are turned by angles that grow with their places, see ``Variable/rotated(heads:from:)``.
  case rotary
  /// A number for each head and distance is learned and added to scores, see ``RelativePositionBias``; distances beyond the given one
  /// count as it does.
  case relative(distance: Int)
}

/// Multi-head attention (Vaswani et al. 2017): in each of h heads, softmax(Q K^T / sqrt(d)) V; the heads side by side
/// through one more dense layer.
///
///     let y = attention(x)                                             // to itself
///     let y = attention(x, isCausal: true)                             // to what came before
///     let y = attention(x, lengths: [7, 3])                            // sequences of unequal length, filled up
///     let y = attention(x, context: memory, lengths: [5, 9])           // to another sequence
///     var cache = AttentionCache()
///     let y = attention(step, cache: &cache)                           // a step at a time
public struct MultiHeadAttention: Layer {
  /// Makes queries of x; its kernel is [D, D].
  public var query: Dense
  /// Makes keys of the context, which is x itself where there is no other; its kernel is [C, D], C being D but for a context of another
  /// size.
  public var key: Dense
  /// Makes values of the context; its kernel is [C, D].
  public var value: Dense
  /// Takes the heads' results side by side to y; its kernel is [D, D].
  public var output: Dense
  /// What is learned of distances, where ``positions`` are relative.
  public var relativeBias: RelativePositionBias?
  /// h, the number of heads.
  public let heads: Int
  /// How places are known.
  public let positions: AttentionPositions
  /// The probability with which a weight becomes 0 in training.
  public let dropout: Double

  /// - Parameters:
  ///   - size: D, a multiple of the number of heads
  ///   - heads: h, each of d = D / h dimensions
  ///   - contextSize: C, of what keys and values are made of; D where left out
  ///   - positions: how places are known; rotary ones need an even d
  ///   - dropout: the probability with which a weight becomes 0 in training
  ///   - hasBias: whether the four dense layers have biases
  public init(
    size: Int, heads: Int, contextSize: Int? = nil, positions: AttentionPositions = .none, dropout: Double = 0,
    hasBias: Bool = true, key randomKey: RandomKey, element: ElementType = .float32
  ) {
    require(
      heads > 0 && size > 0 && size % heads == 0,
      "MultiHeadAttention: \(size) dimensions in \(heads) heads"
        + "; the first must be a multiple of the second, and both positive")
    require((0..<1).contains(dropout), "MultiHeadAttention: a dropout of \(dropout) is not in 0..<1")
    require(
      positions != .rotary || size / heads % 2 == 0,
      "MultiHeadAttention: rotary positions in heads of \(size / heads) dimensions; an even number is needed")
    func dense(_ name: String, _ inputs: Int) -> Dense {
      Dense(inputSize: inputs, outputSize: size, hasBias: hasBias, key: randomKey.child(name), element: element)
    }
    query = dense("query", size)
    key = dense("key", contextSize ?? size)
    value = dense("value", contextSize ?? size)
    output = dense("output", size)
    if case .relative(let distance) = positions {
      relativeBias = RelativePositionBias(
        heads: heads, distance: distance, key: randomKey.child("relativeBias"), element: element)
    }
    (self.heads, self.positions, self.dropout) = (heads, positions, dropout)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("query", &query)
    visitor.visit("key", &key)
    visitor.visit("value", &value)
    visitor.visit("output", &output)
    visitor.visit("relativeBias", &relativeBias)
  }

  /// What each place takes from all others: x [B, T, D] -> [B, T, D]
  public func callAsFunction(_ x: Variable) -> Variable { self(x, context: nil) }

  /// What each place of x takes from those of the context.
  ///
  /// - Parameters:
  ///   - x: [B, T, D]
  ///   - context: [B, S, C], of which keys and values are made; x itself where left out (self-attention)
  ///   - values: [B, S, C], of which values are made where they are not made of the context
  ///   - isCausal: whether place t sees places 0...t only; S must be T
  ///   - mask: what is added to scores, and what is not seen
  ///   - lengths: steps of each sequence of the context, beyond which nothing is seen; S where left out
  /// - Returns: [B, T, D]
  public func callAsFunction(
    _ x: Variable, context: Variable? = nil, values: Variable? = nil, isCausal: Bool = false,
    mask: AttentionMask? = nil, lengths: [Int]? = nil
  ) -> Variable {
    let context = context ?? x
    let values = values ?? context
    let (size, inner) = (query.kernel.value.shape[0], key.kernel.value.shape[0])
    require(
      x.shape.count == 3 && context.shape.count == 3 && x.shape[2] == size && context.shape[2] == inner
        && x.shape[0] == context.shape[0] && values.shape == context.shape
        && (!isCausal || x.shape[1] == context.shape[1]),
      of: [x, context, query.kernel.on(x.tape)],
      "MultiHeadAttention: x \(x.shape), context \(context.shape)"
        + (values.shape == context.shape ? "" : ", values \(values.shape)")
        + " do not fit [B, T, \(size)], [B, S, \(inner)]")
    return attention(
      turned(query(x)), turned(key(context)), value(values), isCausal: isCausal, from: 0,
      mask: [mask, lengths.map { .visible(lengths: $0) }].joined)
  }

  /// What steps of a sequence take from themselves and those before, whose keys and values the cache has: the same numbers as those
  /// of the whole sequence with `isCausal`.
  ///
  /// - Parameters:
  ///   - x: the next T steps [B, T, D], such as one
  ///   - cache: of the steps before; gets those of x
  ///   - mask: for scores [B, N, T, S], S being all steps so far
  /// - Returns: [B, T, D]
  public func callAsFunction(_ x: Variable, cache: inout AttentionCache, mask: AttentionMask? = nil) -> Variable {
    let size = query.kernel.value.shape[0]
    require(
      x.shape.count == 3 && x.shape[2] == size && key.kernel.value.shape[0] == size, of: [x, key.kernel.on(x.tape)],
      "MultiHeadAttention: x \(x.shape) does not fit [B, T, \(size)]")
    let start = cache.count
    cache.append(keys: turned(key(x), from: start), values: value(x))
    return attention(
      turned(query(x), from: start), cache.keys!, cache.values!, isCausal: true, from: start, mask: mask)
  }

  /// What steps take from a context whose keys and values are known, see ``contextCache(_:)``.
  ///
  /// - Parameters:
  ///   - x: [B, T, D]
  ///   - cache: of the context
  ///   - mask: for scores [B, N, T, S]
  ///   - lengths: steps of each sequence of the context
  /// - Returns: [B, T, D]
  public func callAsFunction(
    _ x: Variable, contextCache cache: AttentionCache, mask: AttentionMask? = nil, lengths: [Int]? = nil
  ) -> Variable {
    guard let keys = cache.keys, let values = cache.values else {
      fatalError("MultiHeadAttention: the context's cache is empty")
    }
    return attention(
      turned(query(x)), keys, values, isCausal: false, from: 0,
      mask: [mask, lengths.map { .visible(lengths: $0) }].joined)
  }

  /// The keys and values of a context [B, S, C], which do not change from step to step.
  public func contextCache(_ context: Variable) -> AttentionCache {
    var cache = AttentionCache()
    cache.append(keys: turned(key(context)), values: value(context))
    return cache
  }

  private func turned(_ x: Variable, from start: Int = 0) -> Variable {
    positions == .rotary ? x.rotated(heads: heads, from: start) : x
  }

  private func attention(
    _ q: Variable, _ k: Variable, _ v: Variable, isCausal: Bool, from start: Int, mask: AttentionMask?
  ) -> Variable {
    let distances = relativeBias.map {
      AttentionMask.added($0(queries: q.shape[1], keys: k.shape[1], from: start, on: q.tape))
    }
    return output(
      scaledDotProductAttention(
        q, k, v, heads: heads, isCausal: isCausal, from: start, mask: [mask, distances].joined, dropout: dropout))
  }
}

extension [AttentionMask?] {
  /// Those that are there, as one; nil where there is none.
  var joined: AttentionMask? {
    compactMap { $0 }.reduce(nil) { $0?.and($1) ?? $1 }
  }
}
