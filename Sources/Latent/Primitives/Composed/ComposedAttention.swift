import LatentKernels

/// Attention of operations whose gradients can be differentiated again, with all weights [B, N, T, S] in memory.
struct ComposedAttention {
  let heads: Int
  let scale: Double
  let isCausal: Bool
  /// Added to the scores, each axis of [B, N, T, S] or 1.
  let added: Variable?
  /// The probability with which a weight becomes 0.
  let dropout: Double

  /// query [B, T, N d], key [B, S, N d], value [B, S, N e] -> [B, T, N e]
  func callAsFunction(_ query: Variable, _ key: Variable, _ value: Variable) -> Variable {
    var scores = scale * matmul(split(query), split(key), transposingB: true)
    let isBlind = masked(&scores)
    var weights = scores.softmax()
    if let isBlind { weights = isBlind.selecting(.selectWhereFalse, weights) }
    if dropout > 0 {
      let tape = query.tape
      weights = Latent.dropout(
        weights, rate: dropout, key: tape.makeKey(), examples: tape.pass.examples(count: query.shape[0]))
    }
    let y = matmul(weights, split(value)).transposed([0, 2, 1, 3])
    return y.reshaped(to: [query.shape[0], query.shape[1], value.shape[2]])
  }

  /// [B, N, T, d]
  private func split(_ x: Variable) -> Variable {
    x.reshaped(to: [x.shape[0], x.shape[1], heads, x.shape[2] / heads]).transposed([0, 2, 1, 3])
  }

  /// Adds to the scores what is to be added. The softmax of a row that sees nothing is not defined: such rows become zeros.
  ///
  /// - Returns: 1 for rows that see nothing and 0 for the others; nil where there is none
  private func masked(_ scores: inout Variable) -> Variable? {
    let (tape, shape) = (scores.tape, Array(scores.shape.suffix(2)))
    let unseen = tape.constant(Tensor(-.infinity, element: scores.element))
    if let added { scores = scores + added }
    var later: Variable?
    if isCausal {
      let ones = tape.constant(Tensor(repeating: 1, shape: shape, element: scores.element))
      later = ones.triu(diagonal: shape[1] - shape[0] + 1)
      scores = later!.select(unseen, scores)
    }
    guard var limits = added?.detached(), scores.tensor.count > 0 else { return nil }
    if let later { limits = later.select(unseen, limits) }
    let isBlind = limits.max(axes: [-1], keepingDimensions: true) .== -.infinity
    if !isBlind.tensor.values.contains(1) { return nil }
    scores = isBlind.selecting(.selectWhereFalse, scores)
    return isBlind
  }
}
