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
      Range(.erf, -7, 7, 1.5), Range(.erf, 0, 0, 1.5), Range(.sin, -10, 10, 0.85), Range(.sin, -1e15, 1e15, 0.85),
      Range(.sin, 0, 0, 0.85), Range(.cos, -10, 10, 0.85), Range(.cos, 0, 0, 0.85), Range(.tan, -10, 10, 2.3),
      Range(.tan, 0, 0, 2.3), Range(.atan, -3, 3, 1.6), Range(.atan, 0, 0, 1.6), Range(.expm1, -1, 1, 0.9),
      Range(.expm1, -50, 710, 0.9), Range(.expm1, 0, 0, 0.9), Range(.sinh, -1, 1, 2.1), Range(.sinh, -711, 711, 2.1),
      Range(.sinh, 0, 0, 2.1), Range(.cosh, -1, 1, 1.1), Range(.cosh, -711, 711, 1.1), Range(.cosh, 0, 0, 1.1),
      Range(.asinh, -3, 3, 1.8), Range(.asinh, 0, 0, 1.8), Range(.acosh, 1, 3, 2.1), Range(.acosh, 0, 0, 2.1),
      Range(.atanh, -1, 1, 1.7), Range(.atanh, 0, 0, 1.7), Range(.erfinv, -0.85, 0.85, 7.5), Range(.erfinv, -1, 1, 7.5),
      Range(.erfinv, 1 - 1e-12, 1, 7.5), Range(.erfinv, 0, 0, 7.5),
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

    private func angles(_ y: [Double], _ x: [Double], _ set: InstructionSet) -> [Double] {
      var result = [Double](repeating: 0, count: y.count)
      let (stride, shape) = ([1], [y.count])
      Operations.table(for: .float64, set: set).pointee.broadcast(
        latent_atan2, y, stride, x, stride, &result, shape, 1, 0, y.count)
      return result
    }

    /// Of points of all sizes, and what C99 says of zeros and infinities.
    @Test(arguments: InstructionSet.withOwnLoops)
    func anglesOfPoints(_ set: InstructionSet) {
      var sample = SystemNumbers(state: 3)
      for (low, high) in [(-1.0, 1.0), (-1e3, 1e-3), (0, 0)] {
        let numbers = (0..<60_000).map { _ in
          low < high ? Double.random(in: low...high, using: &sample) : Double(bitPattern: sample.next())
        }
        let (y, x) = (Array(numbers[..<30_000]), Array(numbers[30_000...]))
        for (place, angle) in angles(y, x, set).enumerated() {
          let error = ulp64_of_angle(y[place], x[place], angle)
          if error > 1.6 { Issue.record("\(y[place]), \(x[place]): \(error) ulp, \(angle)") }
        }
      }
      let special = [0, -0.0, 1, -1, .infinity, -.infinity, .leastNonzeroMagnitude, 1e300, -1e-300, .nan]
      let pairs = special.flatMap { y in special.map { (y, $0) } }
      let found = angles(pairs.map(\.0), pairs.map(\.1), set)
      for ((y, x), angle) in zip(pairs, found) { #expect(ulp64_of_angle(y, x, angle) <= 1.6, "\(y), \(x): \(angle)") }
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
