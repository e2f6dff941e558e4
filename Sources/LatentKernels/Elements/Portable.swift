import CLatentKernels

/// Functions of single numbers with the same bits on every system. Those of the C library differ in their last bits, from
/// one version to the next and from one processor to another, and a learning rate would differ with them.
public enum Portable {
  /// x^y, exact to 0.7 units in the last place.
  public static func power(_ x: Double, _ y: Double) -> Double { latent_scalar_power(x, y) }

  /// The cosine of a number of half turns, cos(pi x), from 1 at 0 to -1 at 1.
  ///
  /// - Precondition: `halfTurns` is in 0...1
  public static func cosine(halfTurns x: Double) -> Double {
    require(x >= 0 && x <= 1, "cosine: \(x) half turns; 0...1 are needed")
    return latent_scalar_cosine(x)
  }
}
