import Latent

/// Dropout, plainly.
public struct PlainDropout: Sendable {
  let rate: Double
  let key: RandomKey
  /// The number of the example at each place of the batch.
  public let example: @Sendable (UInt64) -> UInt64

  public init(rate: Double, key: RandomKey, example: @escaping @Sendable (UInt64) -> UInt64 = { $0 }) {
    (self.rate, self.key, self.example) = (rate, key, example)
  }

  /// With the key that the first layer that draws gets in the first step, or the second, and so on.
  public init(rate: Double, draw: Int) {
    self.init(rate: rate, key: RandomKey(seed: 0).child("draw").child(0).child(UInt64(draw)))
  }

  /// What each element of [B, ...] is multiplied by: 0 or 1 / (1 - rate), a word of the example's stream against the rate.
  public func factors(_ shape: [Int]) -> [Double] {
    let columns = shape.dropFirst().reduce(1, *)
    let words = (0..<UInt64(shape[0])).flatMap {
      Plain.philoxWords(key: key.bits, stream: example($0), count: columns)
    }
    let (least, kept) = ((rate * 0x1p32).rounded(), 1 / (1 - rate))
    return words.map { Double($0) >= least ? kept : 0 }
  }

  /// x with some elements 0 and the others divided by 1 - rate.
  public func dropped(_ x: [Double], _ shape: [Int]) -> [Double] { zip(x, factors(shape)).map { $0 * $1 } }
}
