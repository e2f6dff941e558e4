import LatentFiles
import LatentKernels
import Testing

/// Floating-point numbers of 16 bits, judged by the definition of their formats (IEEE 754-2019, section 3.4) and by
/// looking for the nearest among all of them.
@Suite struct SixteenBitTests {
  struct Format: Sendable, CustomTestStringConvertible {
    let type: StoredElementType
    let exponentBits: Int
    var fractionBits: Int { 15 - exponentBits }
    var testDescription: String { type.name }

    /// The value of some bits.
    func value(_ bits: UInt16) -> Double {
      let exponent = Int(bits & 0x7FFF) >> fractionBits
      let fraction = Double(Int(bits) & (1 << fractionBits - 1)) / Double(1 << fractionBits)
      let bias = 1 << (exponentBits - 1) - 1
      let sign: Double = bits >> 15 == 0 ? 1 : -1
      if exponent == 1 << exponentBits - 1 { return fraction == 0 ? sign * .infinity : .nan }
      // A power of two by repeated multiplication: exact.
      func power(_ n: Int) -> Double { (0..<abs(n)).reduce(1) { result, _ in n < 0 ? result / 2 : result * 2 } }
      return sign * (exponent == 0 ? power(1 - bias) * fraction : power(exponent - bias) * (1 + fraction))
    }

    /// All numbers from 0 up in the order of their bits, and where the next one after the largest would be.
    var ladder: [Double] {
      let infinity = UInt16(1 << exponentBits - 1) << UInt16(fractionBits)
      let finite = (0..<infinity).map { value($0) }
      return finite + [2 * finite[finite.count - 1] - finite[finite.count - 2]]
    }
  }

  static let formats = [Format(type: .float16, exponentBits: 5), Format(type: .bfloat16, exponentBits: 8)]

  private func bits(_ array: StoredArray) -> [UInt16] {
    stride(from: 0, to: array.bytes.count, by: 2).map { UInt16(array.bytes[$0]) | UInt16(array.bytes[$0 + 1]) << 8 }
  }

  @Test(arguments: formats) func everyPatternIsReadAndWrittenBack(format: Format) {
    let all = Array(UInt16.min ... .max)
    let bytes = all.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let array = StoredArray(shape: [all.count], elementType: format.type, bytes: bytes)
    let (floats, doubles) = (array.floats, array.doubles)
    for pattern in all {
      let expected = format.value(pattern)
      let (single, double) = (floats[Int(pattern)], doubles[Int(pattern)])
      if expected.isNaN {
        #expect(single.isNaN && double.isNaN)
      } else if Double(single) != expected || double != expected || (single.sign == .minus) != (pattern >> 15 == 1) {
        Issue.record("\(format.type) \(pattern): \(single), \(double), not \(expected)")
      }
    }
    #expect(bits(StoredArray(shape: [all.count], floats: floats, as: format.type)) == all)
    for (pattern, back) in zip(all, bits(StoredArray(shape: [all.count], doubles: doubles, as: format.type))) {
      // On the way through a double, a signalling NaN becomes a quiet one.
      if format.value(pattern).isNaN ? !format.value(back).isNaN : back != pattern {
        Issue.record("\(format.type) \(pattern): \(back)")
      }
    }
  }

  /// At each midpoint of neighbours and next to it, in double precision and, where a float has the number, in single.
  @Test(arguments: formats) func roundingIsToNearestTiesToEven(format: Format) {
    let ladder = format.ladder
    var values: [Double] = []
    var expected: [UInt16] = []
    for low in 0..<ladder.count - 1 {
      let (below, above) = (ladder[low], ladder[low + 1])
      let middle = below + (above - below) / 2
      values += [below, below.nextUp, middle.nextDown, middle, middle.nextUp, above.nextDown]
      let even = UInt16(low + low % 2)
      expected += [UInt16(low), UInt16(low), UInt16(low), even, UInt16(low) + 1, UInt16(low) + 1]
    }
    #expect(bits(StoredArray(shape: [values.count], doubles: values, as: format.type)) == expected)
    let negative = StoredArray(shape: [values.count], doubles: values.map { -$0 }, as: format.type)
    #expect(bits(negative) == expected.map { $0 | 0x8000 })

    var floats: [Float] = []
    var nearest: [UInt16] = []
    for low in 0..<ladder.count - 1 {
      let (below, above) = (Float(ladder[low]), Float(ladder[low + 1]))
      let middle = Float(ladder[low] + (ladder[low + 1] - ladder[low]) / 2)
      floats += [below, middle.nextDown, middle, middle.nextUp]
      let even = UInt16(low + low % 2)
      nearest += [UInt16(low), UInt16(low), even, UInt16(low) + 1]
      #expect(Double(middle) * 2 == ladder[low] + ladder[low + 1] || above.isInfinite)
    }
    #expect(bits(StoredArray(shape: [floats.count], floats: floats, as: format.type)) == nearest)
  }

  @Test(arguments: formats) func theEndsOfTheRange(format: Format) {
    let largest = format.ladder[format.ladder.count - 2]
    let values: [Double] = [
      largest, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, -0.0,
    ]
    let array = StoredArray(shape: [7], doubles: values, as: format.type)
    #expect(array.doubles == [largest, .infinity, -.infinity, .infinity, 0, 0, 0])
    #expect(array.doubles.map(\.sign) == values.map(\.sign))
    let floats: [Float] = [.greatestFiniteMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude]
    let single = StoredArray(shape: [3], floats: floats, as: format.type)
    #expect(single.floats == [.infinity, 0, format.type == .bfloat16 ? .leastNormalMagnitude : 0])
    // The payload of each of these is lost; they must not become infinite.
    let nans: [Float] = [.nan, .signalingNaN, Float(bitPattern: 0x7F80_0001), Float(bitPattern: 0xFFC0_0001)]
    #expect(StoredArray(shape: [4], floats: nans, as: format.type).floats.allSatisfy { $0.isNaN })
    let doubleNaNs: [Double] = [.nan, .signalingNaN, Double(bitPattern: 0x7FF0_0000_0000_0001)]
    #expect(StoredArray(shape: [3], doubles: doubleNaNs, as: format.type).floats.allSatisfy { $0.isNaN })
  }
}
