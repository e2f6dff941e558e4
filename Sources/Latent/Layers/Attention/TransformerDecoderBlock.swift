import LatentKernels

/// A block of a Transformer that attends to itself and then to a context, such as an encoder's output (Vaswani et al. 2017), as
/// PyTorch's `nn.TransformerDecoderLayer`: a ``TransformerEncoderBlock`` with a second attention between its parts.
public struct TransformerDecoderBlock: Module {
  /// To itself.
  public var attention: MultiHeadAttention
  /// To the context.
  public var contextAttention: MultiHeadAttention
  /// What follows, each place by itself.
  public var feedForward: FeedForward
  /// Around the attention to itself.
  public var attentionNorm: LayerNorm
  /// Around the attention to the context.
  public var contextNorm: LayerNorm
  /// Around the feed-forward part.
  public var feedForwardNorm: LayerNorm
  /// Whether parts see what is normalised, or their sums are.
  public let normFirst: Bool
  /// Of what the parts give.
  public let dropout: Dropout

  /// - Parameters:
  ///   - size: D
  ///   - heads: of both attentions
  ///   - hiddenSize: units of the feed-forward part; 4 D where left out
  ///   - contextSize: C; D where left out
  ///   - activation: of the feed-forward part
  ///   - dropout: the probability in training for attention's weights, the feed-forward part's units and what the parts give
  ///   - normFirst: whether parts see what is normalised
  ///   - positions: how attention to itself knows places
  ///   - epsilon: of the normalisation
  ///   - hasBias: whether anything in it has a bias
  public init(
    size: Int, heads: Int, hiddenSize: Int? = nil, contextSize: Int? = nil, activation: Activation = .relu,
    dropout: Double = 0, normFirst: Bool = false, positions: AttentionPositions = .none, epsilon: Double = 1e-5,
    hasBias: Bool = true, key: RandomKey, element: ElementType = .float32
  ) {
    attention = MultiHeadAttention(
      size: size, heads: heads, positions: positions, dropout: dropout, hasBias: hasBias, key: key.child("attention"),
      element: element)
    contextAttention = MultiHeadAttention(
      size: size, heads: heads, contextSize: contextSize, dropout: dropout, hasBias: hasBias,
      key: key.child("contextAttention"), element: element)
    feedForward = FeedForward(
      size: size, hiddenSize: hiddenSize ?? 4 * size, activation: activation, dropout: dropout, hasBias: hasBias,
      key: key.child("feedForward"), element: element)
    attentionNorm = LayerNorm(size: size, epsilon: epsilon, hasBias: hasBias, element: element)
    contextNorm = attentionNorm.copied()
    feedForwardNorm = attentionNorm.copied()
    (self.normFirst, self.dropout) = (normFirst, Dropout(rate: dropout))
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("attention", &attention)
    visitor.visit("contextAttention", &contextAttention)
    visitor.visit("feedForward", &feedForward)
    visitor.visit("attentionNorm", &attentionNorm)
    visitor.visit("contextNorm", &contextNorm)
    visitor.visit("feedForwardNorm", &feedForwardNorm)
  }

  private var residual: Residual { Residual(normFirst: normFirst, dropout: dropout) }

  /// - Parameters:
  ///   - x: [B, T, D]
  ///   - context: [B, S, C]
  ///   - isCausal: whether place t of x sees places 0...t only
  ///   - mask: of the attention to itself
  ///   - lengths: steps of each sequence of x; T where left out
  ///   - contextMask: of the attention to the context
  ///   - contextLengths: steps of each sequence of the context; S where left out
  /// - Returns: [B, T, D]
  public func callAsFunction(
    _ x: Variable, context: Variable, isCausal: Bool = true, mask: AttentionMask? = nil, lengths: [Int]? = nil,
    contextMask: AttentionMask? = nil, contextLengths: [Int]? = nil
  ) -> Variable {
    let y = residual(x, attentionNorm) { attention($0, isCausal: isCausal, mask: mask, lengths: lengths) }
    let z = residual(y, contextNorm) {
      contextAttention($0, context: context, mask: contextMask, lengths: contextLengths)
    }
    return residual(z, feedForwardNorm) { feedForward($0) }
  }

  /// What a decoder knows of the steps that it has made, and of its context.
  public struct Cache {
    /// Of the steps so far.
    public var steps = AttentionCache()
    /// Of the context, whose keys and values are computed in the first step.
    public var context = AttentionCache()

    /// Nothing was seen yet.
    public init() {}
  }

  /// The next steps of a sequence, which see themselves and those before: the same numbers as those of the whole sequence at once.
  ///
  /// - Parameters:
  ///   - x: the next T steps [B, T, D], such as one
  ///   - context: [B, S, C], the same in all steps
  ///   - cache: of the steps before; gets those of x
  ///   - contextLengths: steps of each sequence of the context; S where left out
  /// - Returns: [B, T, D]
  public func callAsFunction(
    _ x: Variable, context: Variable, cache: inout Cache, contextLengths: [Int]? = nil
  ) -> Variable {
    let y = residual(x, attentionNorm) { attention($0, cache: &cache.steps) }
    if cache.context.count == 0 { cache.context = contextAttention.contextCache(context) }
    let known = cache.context
    let z = residual(y, contextNorm) { contextAttention($0, contextCache: known, lengths: contextLengths) }
    return residual(z, feedForwardNorm) { feedForward($0) }
  }
}
