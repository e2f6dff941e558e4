import LatentKernels

/// A block of a Transformer that attends to itself (Vaswani et al. 2017), as PyTorch's `nn.TransformerEncoderLayer`:
///
///     y = norm(x + attention(x))   z = norm(y + feedForward(y))                normalised after (as in the paper)
///     y = x + attention(norm(x))   z = y + feedForward(norm(y))                before (Radford et al. 2019), `normFirst`
///
/// With `isCausal` it is the block of a language model: place t sees places 0...t.
public struct TransformerEncoderBlock: Layer {
  /// To itself.
  public var attention: MultiHeadAttention
  /// What follows, each place by itself.
  public var feedForward: FeedForward
  /// Around the attention.
  public var attentionNorm: LayerNorm
  /// Around the feed-forward part.
  public var feedForwardNorm: LayerNorm
  /// Whether parts see what is normalised, or their sums are.
  public let normFirst: Bool
  /// Whether place t sees places 0...t only.
  public let isCausal: Bool
  /// Of what both parts give.
  public let dropout: Dropout

  /// - Parameters:
  ///   - size: D
  ///   - heads: of the attention
  ///   - hiddenSize: units of the feed-forward part; 4 D where left out
  ///   - activation: of the feed-forward part
  ///   - dropout: the probability in training for attention's weights, the feed-forward part's units and what both give
  ///   - normFirst: whether parts see what is normalised
  ///   - isCausal: whether place t sees places 0...t only
  ///   - positions: how attention knows places
  ///   - epsilon: of the normalisation
  ///   - hasBias: whether anything in it has a bias
  public init(
    size: Int, heads: Int, hiddenSize: Int? = nil, activation: Activation = .relu, dropout: Double = 0,
    normFirst: Bool = false, isCausal: Bool = false, positions: AttentionPositions = .none, epsilon: Double = 1e-5,
    hasBias: Bool = true, key: RandomKey, element: ElementType = .float32
  ) {
    attention = MultiHeadAttention(
      size: size, heads: heads, positions: positions, dropout: dropout, hasBias: hasBias, key: key.child("attention"),
      element: element)
    feedForward = FeedForward(
      size: size, hiddenSize: hiddenSize ?? 4 * size, activation: activation, dropout: dropout, hasBias: hasBias,
      key: key.child("feedForward"), element: element)
    attentionNorm = LayerNorm(size: size, epsilon: epsilon, hasBias: hasBias, element: element)
    feedForwardNorm = attentionNorm.copied()
    (self.normFirst, self.isCausal, self.dropout) = (normFirst, isCausal, Dropout(rate: dropout))
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("attention", &attention)
    visitor.visit("feedForward", &feedForward)
    visitor.visit("attentionNorm", &attentionNorm)
    visitor.visit("feedForwardNorm", &feedForwardNorm)
  }

  private var residual: Residual { Residual(normFirst: normFirst, dropout: dropout) }

  /// x [B, T, D] -> [B, T, D]
  public func callAsFunction(_ x: Variable) -> Variable { self(x, mask: nil) }

  /// - Parameters:
  ///   - x: [B, T, D]
  ///   - mask: what is added to scores, and what is not seen
  ///   - lengths: steps of each sequence, beyond which nothing is seen; T where left out
  /// - Returns: [B, T, D]
  public func callAsFunction(_ x: Variable, mask: AttentionMask? = nil, lengths: [Int]? = nil) -> Variable {
    let y = residual(x, attentionNorm) { attention($0, isCausal: isCausal, mask: mask, lengths: lengths) }
    return residual(y, feedForwardNorm) { feedForward($0) }
  }

  /// The next steps of a sequence, which see themselves and those before: the same numbers as those of the whole sequence at once.
  ///
  /// - Parameters:
  ///   - x: the next T steps [B, T, D], such as one
  ///   - cache: of the steps before; gets those of x
  /// - Returns: [B, T, D]
  public func callAsFunction(_ x: Variable, cache: inout AttentionCache) -> Variable {
    require(isCausal, of: [x], "TransformerEncoderBlock: a step of \(x.shape) at a time needs a causal block")
    let y = residual(x, attentionNorm) { attention($0, cache: &cache) }
    return residual(y, feedForwardNorm) { feedForward($0) }
  }
}

/// A part of a block added to what it reads, with normalisation before it or after the sum.
struct Residual {
  let normFirst: Bool
  let dropout: Dropout

  func callAsFunction(_ x: Variable, _ norm: LayerNorm, _ part: (Variable) -> Variable) -> Variable {
    normFirst ? x + dropout(part(norm(x))) : norm(x + dropout(part(x)))
  }
}
