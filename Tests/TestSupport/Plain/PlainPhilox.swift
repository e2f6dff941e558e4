extension Plain {
  /// Philox4x32-10 as its paper states it (Salmon et al. 2011), to compare the vectorised one with.
  public static func philox(counter: [UInt32], key: [UInt32]) -> [UInt32] {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let a = c[0].multipliedFullWidth(by: 0xD251_1F53)
      let b = c[2].multipliedFullWidth(by: 0xCD9E_8D57)
      c = [b.high ^ c[1] ^ k[0], b.low, a.high ^ c[3] ^ k[1], a.low]
      k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85]
    }
    return c
  }

  /// The words of a stream as the kernels define them.
  public static func philoxWords(key: UInt64, stream: UInt64, count: Int) -> [UInt32] {
    func halves(_ value: UInt64) -> [UInt32] { [UInt32(truncatingIfNeeded: value), UInt32(value >> 32)] }
    let blocks = (0..<(count + 3) / 4).map { philox(counter: [UInt32($0), 0] + halves(stream), key: halves(key)) }
    return Array(blocks.joined().prefix(count))
  }
}
