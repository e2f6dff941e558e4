import CLatentKernels
import CTestSupport
import LatentKernels
import Testing

/// The errors of the single-precision functions against double precision, for each instruction set.
///
/// `scripts/exhaustive-ulp` does the same for all 2^32 floats.
@Suite struct UlpTests {
  enum Function: CaseIterable {
    case exp, log, log1p, sigmoid, softplus, tanh, erf
    case sin, cos, tan, atan, expm1, sinh, cosh, asinh, acosh, atanh, erfinv

    var reference: ulp_function {
      switch self {
      case .exp: ulp_exp
      case .log: ulp_log
      case .log1p: ulp_log1p
      case .sigmoid: ulp_sigmoid
      case .softplus: ulp_softplus
      case .tanh: ulp_tanh
      case .erf: ulp_erf
      case .sin: ulp_sin
      case .cos: ulp_cos
      case .tan: ulp_tan
      case .atan: ulp_atan
      case .expm1: ulp_expm1
      case .sinh: ulp_sinh
      case .cosh: ulp_cosh
      case .asinh: ulp_asinh
      case .acosh: ulp_acosh
      case .atanh: ulp_atanh
      case .erfinv: ulp_erfinv
      }
    }

    var bound: Double { ulp_bound(reference) }

    func loop(_ set: InstructionSet, _ element: ElementType = .float32) -> ulp_loop {
      let table = Operations.table(for: element, set: set).pointee
      return switch self {
      case .exp: table.exp
      case .log: table.log
      case .log1p: table.log1p
      case .sigmoid: table.sigmoid
      case .softplus: table.softplus
      case .tanh: table.tanh
      case .erf: table.erf
      case .sin: table.sin
      case .cos: table.cos
      case .tan: table.tan
      case .atan: table.atan
      case .expm1: table.expm1
      case .sinh: table.sinh
      case .cosh: table.cosh
      case .asinh: table.asinh
      case .acosh: table.acosh
      case .atanh: table.atanh
      case .erfinv: table.erfinv
      }
    }
  }

  /// The worst errors at `count` floats, from the bit pattern `first` on, for each available instruction set.
  func sweep(_ function: Function, first: UInt32, stride: UInt32, count: UInt64) -> [ulp_report] {
    let loops: [ulp_loop] = InstructionSet.withOwnLoops.map { function.loop($0) }
    var reports = loops.map { _ in ulp_report() }
    ulp_sweep(function.reference, loops, loops.count, first, stride, count, &reports)
    return reports
  }

  func check(_ function: Function, _ reports: [ulp_report]) {
    for (set, report) in zip(InstructionSet.withOwnLoops, reports) {
      let x = Float(bitPattern: report.worst_bits)
      #expect(
        report.max_ulp <= function.bound,
        "\(function) with \(set): \(report.max_ulp) ulp at \(x), \(report.got) instead of \(report.expected)")
    }
  }

  @Test(arguments: Function.allCases)
  func acrossAllFloats(_ function: Function) {
    // 4.2 million bit patterns; the stride is odd, so every low bit of the mantissa gets its turn.
    check(function, sweep(function, first: 0, stride: 1021, count: (1 << 32) / 1021 + 1))
  }

  /// Where a formula changes, a result leaves the range of normal numbers, or a value is special.
  static let criticalPoints: [Float] =
    [
      0, .leastNonzeroMagnitude, Float(bitPattern: 71362), .leastNormalMagnitude, 1e-30, 0x1p-25, 0x1p-24, 0x1p-23,
      0x1p-12, 0.1, 0.25,
      0.2928932, 0.34657359, 0.41421356, 0.5, 0.70710677, 1, 1.4142135, 2, 3, 8.3, 8.66, 9.01, 9.02, 10, 15.9, 16.6,
      17.3, 20, 86.64, 87.33655, 88.02969, 88.72284, 89, 103.27893, 103.97208, 104, 0x1p23, 0x1p24, 0x1p31, 0x1p63,
      0x1p126, 1.5707964, 3.1415927, 1_572_864, 1.2e38, 0x1p127, 2.4061596e38, .greatestFiniteMagnitude, .infinity,
      .nan,
    ] + (1...300).map { Float($0) * 0.34657359 }  // multiples of ln(2) / 2, where the reduction steps
    + (1...100).map { Float($0) * 0.78539816 }  // and of pi / 4

  @Test(arguments: Function.allCases)
  func aroundCriticalPoints(_ function: Function) {
    for point in Self.criticalPoints {
      for bits in [point.bitPattern, (-point).bitPattern] {
        check(function, sweep(function, first: bits &- 64, stride: 1, count: 129))
      }
    }
  }

  @Test func theMeasureItself() {
    #expect(ulp_distance(1, 1) == 0)
    #expect(ulp_distance(Float(1).nextUp, 1) == 1)
    #expect(ulp_distance(.leastNonzeroMagnitude * 3, Double(Float.leastNonzeroMagnitude)) == 2)
    #expect(ulp_distance(.greatestFiniteMagnitude, 1e300) == 1)
    #expect(ulp_distance(.infinity, 1e300) == 0)
    #expect(ulp_distance(.infinity, -.infinity) > 1e7)
    #expect(ulp_distance(.nan, 1) == .infinity)
    #expect(ulp_distance(1, .nan) == .infinity)
    #expect(ulp_distance(.nan, .nan) == 0)
    #expect(ulp_distance(0, -0.0) == .infinity)
  }
}
