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
      guard batch > 0 else { return [] }
      return output.forward(
        Plain.attention(
          query.forward(x), key.forward(context), value.forward(context), batch: batch, heads: heads,
          isCausal: isCausal,
          queries: x.count / batch / query.outputs, keys: context.count / batch / query.outputs))
    }
  }

  /// Scaled dot-product attention of q [B, T, N d] to k [B, S, N d] and v [B, S, N e]: [B, T, N e].
  ///
  /// - Parameters:
  ///   - isCausal: whether the last T of the S places see themselves and those before only
  ///   - added: to the score of an example, a head, a query's place and a key's place
  ///   - kept: what the weight of these is multiplied by
  public static func attention(
    _ q: [Double], _ k: [Double], _ v: [Double], batch: Int, heads: Int, isCausal: Bool, queries: Int, keys: Int,
    scale: Double? = nil, added: ((_ b: Int, _ head: Int, _ t: Int, _ s: Int) -> Double)? = nil,
    kept: ((_ b: Int, _ head: Int, _ t: Int, _ s: Int) -> Double)? = nil
  ) -> [Double] {
    guard batch > 0, queries > 0 else { return [] }
    let (size, valueSize) = (q.count / batch / queries, v.count / batch / keys)
    let (width, valueWidth) = (size / heads, valueSize / heads)
    var mixed = [Double](repeating: 0, count: batch * queries * valueSize)
    for (b, head) in (0..<batch).flatMap({ b in (0..<heads).map { (b, $0) } }) {
      for t in 0..<queries {
        let row = (b * queries + t) * size + head * width
        let weights = (0..<(isCausal ? keys - queries + t + 1 : keys)).map { s in
          let other = (b * keys + s) * size + head * width
          return exp(
            (scale ?? 1 / Double(width).squareRoot()) * (0..<width).reduce(0) { $0 + q[row + $1] * k[other + $1] }
              + (added?(b, head, t, s) ?? 0))
        }
        let (total, place) = (weights.reduce(0, +), (b * queries + t) * valueSize + head * valueWidth)
        if total == 0 { continue }  // nothing is seen
        for (s, weight) in weights.enumerated() {
          let weight = weight * (kept?(b, head, t, s) ?? 1)
          for d in 0..<valueWidth {
            mixed[place + d] += weight / total * v[(b * keys + s) * valueSize + head * valueWidth + d]
          }
        }
      }
    }
    return mixed
  }
}
