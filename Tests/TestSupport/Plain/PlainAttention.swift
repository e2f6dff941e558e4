import Foundation

extension Plain {
  /// Multi-head attention (Vaswani et al. 2017) of x [B, T, D] to a context [B, S, D], a head and a place at a time.
  public struct Attention: Sendable {
    public var query: Dense, key: Dense, value: Dense, output: Dense
    public var heads: Int

    public init(query: Dense, key: Dense, value: Dense, output: Dense, heads: Int) {
      (self.query, self.key, self.value, self.output, self.heads) = (query, key, value, output, heads)
    }

    /// [B, T, D]
    public func forward(_ x: [Double], context: [Double], batch: Int, isCausal: Bool) -> [Double] {
      let size = query.outputs
      guard batch > 0 else { return [] }
      let (time, places, width) = (x.count / batch / size, context.count / batch / size, size / heads)
      let (q, k, v) = (query.forward(x), key.forward(context), value.forward(context))
      var mixed = q.map { _ in 0.0 }
      for b in 0..<batch {
        for first in stride(from: 0, to: size, by: width) {
          for t in 0..<time {
            let row = (b * time + t) * size + first
            let seen = isCausal ? t + 1 : places
            var weights: [Double] = []
            for s in 0..<seen {
              let other = (b * places + s) * size + first
              var score = 0.0
              for d in 0..<width { score += q[row + d] * k[other + d] }
              weights.append(exp(score / Double(width).squareRoot()))
            }
            let total = weights.reduce(0, +)
            for s in 0..<seen {
              let other = (b * places + s) * size + first
              for d in 0..<width { mixed[row + d] += weights[s] / total * v[other + d] }
            }
          }
        }
      }
      return output.forward(mixed)
    }
  }
}
