import CLatentKernels
import CTestSupport
import LatentKernels
import Testing

#if os(Linux)
  /// The double-precision functions against the C library's long doubles, and that each instruction set has the same bits.
  @Suite struct DoubleFunctionTests {
    struct Range: Sendable, CustomStringConvertible {
      let function: UlpTests.Function
      let low: Double, high: Double, bound: Double

      var description: String { "\(function) \(low)...\(high)" }

      init(_ function: UlpTests.Function, _ low: Double, _ high: Double, _ bound: Double) {
        (self.function, self.low, self.high, self.bound) = (function, low, high, bound)
      }
    }

    /// 0...0 stands for all doubles.
    static let ranges = [
      Range(.exp, -1, 1, 0.7), Range(.exp, -708, 709.7, 0.7), Range(.exp, -746, -708, 1.2), Range(.exp, 0, 0, 0.7),
      Range(.log, 0.5, 2, 0.9), Range(.log, 0, 1e-300, 0.9), Range(.log, 0, 0, 0.9),
      Range(.log1p, -0.999, 3, 0.9), Range(.log1p, -1e-3, 1e-3, 0.9), Range(.log1p, 0, 0, 0.9),
      Range(.sigmoid, -40, 40, 2.5), Range(.sigmoid, 0, 0, 2.5), Range(.softplus, -40, 40, 1.5),
      Range(.softplus, 0, 0, 1.5), Range(.tanh, -20, 20, 2.7), Range(.tanh, 0, 0, 2.7), Range(.erf, -1, 1, 1.5),
      Range(.erf, -7, 7, 1.5), Range(.erf, 0, 0, 1.5),
    ]

    @Test(arguments: ranges)
    func errors(_ range: Range) {
      let report = ulp64_sweep(
        range.function.reference, range.function.loop(.best, .float64), range.low, range.high, 400_000)
      #expect(report.max_ulp <= range.bound, "\(range): \(report.max_ulp) ulp at \(report.worst), \(report.got)")
    }

    /// With and without fused multiply-add.
    @Test(arguments: ranges)
    func sameBits(_ range: Range) {
      var sample = SystemNumbers(state: 7)
      let x =
        (0..<20_000).map { _ in
          range.low < range.high
            ? Double.random(in: range.low...range.high, using: &sample)
            : Double(bitPattern: sample.next())
        } + [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.leastNormalMagnitude, 1, -1]
      let results = InstructionSet.withOwnLoops.map { set in
        var y = [Double](repeating: 0, count: x.count)
        range.function.loop(set, .float64)(x, &y, x.count)
        return y
      }
      for y in results {
        #expect(zip(y, results[0]).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }, "\(range)")
      }
    }

    /// What C99 says of special values, zeros and signs, and whole powers of whole numbers exactly.
    @Test func powers() {
      for (low, high, most) in [(0.0, 3.0, 600.0), (0.9, 1.1, 7000), (0, 1e-300, 1), (1e200, 1e300, 1.02)] {
        let report = ulp64_sweep_powers({ Portable.power($0, $1) }, low, high, most, 400_000)
        #expect(report.max_ulp <= 0.75, "\(low)...\(high): \(report.max_ulp) ulp at \(report.worst)")
      }
      let special = [
        0, -0.0, 1, -1, 2, -2, 0.5, -0.5, .infinity, -.infinity, .nan, 3, -3, 1e300, -1e300, 1e-310, 0x1p53,
        .leastNonzeroMagnitude, 2.5,
      ]
      for x in special {
        for y in special {
          let (found, expected) = (Portable.power(x, y), ctest_power(x, y))
          #expect(
            found.bitPattern == expected.bitPattern || (found.isNaN && expected.isNaN)
              || abs(found - expected) <= expected.ulp, "\(x)^\(y) is \(found), not \(expected)")
        }
      }
      for base in 1...39 {
        var power = 1.0
        for exponent in 0...9 {
          if power < 0x1p53 { #expect(Portable.power(Double(base), Double(exponent)) == power) }
          power *= Double(base)
        }
      }
    }

    @Test func cosines() {
      #expect([0, 0.5, 1].map { Portable.cosine(halfTurns: $0) } == [1, 0, -1])
      for step in 0...1000 {
        let x = Double(step) / 1000
        #expect(ulp64_of_cosine(x, Portable.cosine(halfTurns: x)) < 1.5 || x == 0.5, "\(x)")
      }
    }

    private struct SystemNumbers: RandomNumberGenerator {
      var state: UInt64

      mutating func next() -> UInt64 {
        state = state &* 0x5851_f42d_4c95_7f2d &+ 0x1405_7b7e_f767_814f
        return state ^ state >> 29
      }
    }
  }
#endif
