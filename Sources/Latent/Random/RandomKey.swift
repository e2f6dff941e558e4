/// Where randomness comes from: an explicit key, as in JAX. The same key gives the same numbers, always; independent
/// numbers come from children of a key.
///
/// All generators are counter-based (Salmon et al. 2011): a number is a function of key, stream and position, so results
/// depend neither on the number of threads nor on the order in which they work.
public struct RandomKey: Sendable, Hashable {
  /// The key of the generators in `LatentKernels`.
  public let bits: UInt64

  /// The root key of a seed.
  public init(seed: UInt64) { bits = RandomKey.mixed(seed ^ 0x6c61_7465_6e74_0001) }

  private init(bits: UInt64) { self.bits = bits }

  /// An independent key: one for each index.
  public func child(_ index: UInt64) -> RandomKey {
    RandomKey(bits: RandomKey.mixed(bits ^ RandomKey.mixed(index &+ 0x9e37_79b9_7f4a_7c15)))
  }

  /// An independent key for a purpose, such as `shuffle`.
  public func child(_ name: String) -> RandomKey {
    // FNV-1a: a fixed hash, unlike Swift's own, which changes from run to run
    child(name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
  }

  /// The finaliser of SplitMix64 (Steele, Lea & Flood 2014): every bit of the result depends on every bit of the input.
  static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// The numbers 0..<count in random order (Fisher & Yates).
  public func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    order.withUnsafeMutableBufferPointer { order in
      for last in stride(from: count - 1, to: 0, by: -1) {
        let random = RandomKey.mixed(bits &+ UInt64(last) &* 0x9e37_79b9_7f4a_7c15)
        // Lemire 2019: the high half of the product is uniform to 2^-64 * count, far below what any run can show.
        order.swapAt(last, Int(random.multipliedFullWidth(by: UInt64(last + 1)).high))
      }
    }
    return order
  }
}
