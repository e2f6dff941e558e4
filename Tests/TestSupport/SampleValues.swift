/// Numbers for tests, the same in every run, from a generator that has nothing to do with the library's own: SplitMix64
/// (Steele, Lea & Flood 2014).
public struct SampleValues: Sendable {
  private var state: UInt64

  /// Each seed gives other numbers.
  public init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0xd134_2543_de82_ef95 &+ 1 }

  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number between the two.
  public mutating func number(_ range: ClosedRange<Double> = -1...1) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Double(next() >> 11) * 0x1p-53
  }

  /// `count` numbers.
  public mutating func numbers(_ count: Int, _ range: ClosedRange<Double> = -1...1) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(count)
    for _ in 0..<count { result.append(number(range)) }
    return result
  }

  /// `count` numbers from -1 to 1, none of them nearer to 0 than `distance`: for functions with a corner there.
  public mutating func numbersAwayFromZero(_ count: Int, distance: Double = 0.05) -> [Double] {
    numbers(count).map { $0 < 0 ? $0 * (1 - distance) - distance : $0 * (1 - distance) + distance }
  }

  /// A whole number of the range.
  public mutating func whole(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }
}
