import Latent

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A way from one latent point to another.
public enum LatentPath: String, Sendable, CaseIterable {
  /// Straight: (1 - t) a + t b.
  case linear
  /// On the arc between their directions, (sin((1 - t) w) a + sin(t w) b) / sin w with the angle w between them, so that
  /// the points on the way are as far from the origin as samples of the prior are (White 2016).
  case spherical

  /// Points on the way: a, b [Z] and t in 0...1 for each -> [t.count, Z].
  public func points(from a: Tensor, to b: Tensor, at t: [Double]) -> Tensor {
    require(
      a.shape == b.shape && a.shape.count == 1 && a.element == b.element,
      "LatentPath: from \(a.shape) to \(b.shape); both are [Z]")
    let (from, to) = (a.values, b.values)
    let rows = t.flatMap { t in
      let (first, second) = weights(from, to, t)
      return zip(from, to).map { first * $0 + second * $1 }
    }
    return Tensor(rows, shape: [t.count, from.count], element: a.element)
  }

  /// How much of each end.
  private func weights(_ a: [Double], _ b: [Double], _ t: Double) -> (Double, Double) {
    guard self == .spherical else { return (1 - t, t) }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let lengths = (dot(a, a) * dot(b, b)).squareRoot()
    let angle = lengths > 0 ? acos(max(-1, min(1, dot(a, b) / lengths))) : 0
    // Where directions agree, or are opposite, there is no one arc between them.
    guard sin(angle) > 1e-6 else { return (1 - t, t) }
    return (sin((1 - t) * angle) / sin(angle), sin(t * angle) / sin(angle))
  }
}
