import LatentKernels

/// Multi-head attention (Vaswani et al. 2017): in each of h heads, softmax(Q K^T / sqrt(d)) V; the heads side by side
/// through one more dense layer.
public struct MultiHeadAttention: Module {
  /// [D, D] each, with biases
  public var query: Dense, key: Dense, value: Dense, output: Dense
  /// h, the number of heads.
  public let heads: Int

  /// - Parameters:
  ///   - size: D, a multiple of the number of heads
  ///   - heads: h, each of d = D / h dimensions
  public init(size: Int, heads: Int, key randomKey: RandomKey, element: ElementType = .float32) {
    require(
      heads > 0 && size > 0 && size % heads == 0, "MultiHeadAttention: \(size) dimensions in \(heads) heads")
    func dense(_ name: String) -> Dense {
      Dense(inputSize: size, outputSize: size, key: randomKey.child(name), element: element)
    }
    query = dense("query")
    key = dense("key")
    value = dense("value")
    output = dense("output")
    self.heads = heads
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("query", &query)
    visitor.visit("key", &key)
    visitor.visit("value", &value)
    visitor.visit("output", &output)
  }

  /// What each place of x takes from those of the context.
  ///
  /// - Parameters:
  ///   - x: [B, T, D]
  ///   - context: [B, S, D]; x itself where left out (self-attention)
  ///   - isCausal: whether place t sees places 0...t only; S must be T
  /// - Returns: [B, T, D]
  public func callAsFunction(_ x: Variable, context: Variable? = nil, isCausal: Bool = false) -> Variable {
    let context = context ?? x
    let size = query.kernel.value.shape[0]
    require(
      x.shape.count == 3 && context.shape.count == 3 && x.shape[2] == size && context.shape[2] == size
        && x.shape[0] == context.shape[0] && (!isCausal || x.shape[1] == context.shape[1]),
      of: [x, context, query.kernel.on(x.tape)],
      "MultiHeadAttention: x \(x.shape), context \(context.shape) do not fit [B, T, \(size)], [B, S, \(size)]")
    return output(
      scaledDotProductAttention(query(x), key(context), value(context), heads: heads, isCausal: isCausal))
  }
}
