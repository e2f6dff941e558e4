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
    let width = size / heads
    func split(_ y: Variable) -> Variable {  // [B, T, D] -> [B, h, T, d]
      y.reshaped(to: [y.shape[0], y.shape[1], heads, width]).transposed([0, 2, 1, 3])
    }
    let (q, k, v) = (split(query(x)), split(key(context)), split(value(context)))
    var scores = 1 / Double(width).squareRoot() * matmul(q, k.transposed([0, 1, 3, 2]))
    if isCausal { scores = scores + MultiHeadAttention.mask(x) }
    let mixed = matmul(scores.softmax(), v).transposed([0, 2, 1, 3])
    return output(mixed.reshaped(to: x.shape))
  }

  /// 0 where a place may look and a number that the softmax turns into 0 where not: [T, T]
  private static func mask(_ x: Variable) -> Variable {
    let time = x.shape[1]
    let values = (0..<time * time).map { $0 % time <= $0 / time ? 0 : -1e9 }
    return x.tape.constant(Tensor(values, shape: [time, time], element: x.tensor.element))
  }
}
