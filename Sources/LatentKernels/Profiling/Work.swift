/// What a call computes and moves, to hold its time against what the machine could do.
public struct Work: Sendable, Equatable {
  /// C[m, n] from A[m, k] and B[k, n].
  public struct Product: Sendable, Hashable {
    /// The sizes of the product.
    public let m: Int, n: Int, k: Int
    /// Whether A lies in memory as [k, m], as in a weight gradient.
    public let isLeftTransposed: Bool

    public init(m: Int, n: Int, k: Int, isLeftTransposed: Bool = false) {
      (self.m, self.n, self.k, self.isLeftTransposed) = (m, n, k, isLeftTransposed)
    }
  }

  /// Floating-point operations; a multiply-add is two. An exp, sigmoid or tanh counts as the 20 that it takes here.
  public var flops: Double
  /// Bytes that must be read and written at least: each operand once.
  public var bytes: Double
  /// The shape, where the work is a matrix product.
  public var product: Product?

  /// Work without a product in it.
  public init(flops: Double, bytes: Double) { (self.flops, self.bytes) = (flops, bytes) }

  /// A matrix product.
  public init(product: Product, element: ElementType) {
    let (m, n, k) = (Double(product.m), Double(product.n), Double(product.k))
    flops = 2 * m * n * k
    bytes = (m * k + k * n + m * n) * Double(element.size)
    self.product = product
  }

  /// Both, one after the other; the shape is that of the first.
  public static func + (a: Work, b: Work) -> Work {
    var sum = a
    sum.flops += b.flops
    sum.bytes += b.bytes
    return sum
  }

  /// Operations of an exp, sigmoid or tanh.
  public static let transcendental = 20.0
}
