import CLatentKernels
import LatentKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Picks a unary loop from a table.
private typealias Loop = @Sendable (latent_ops) -> (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void

/// One unary loop of a table, and what it should compute.
private struct UnaryCase: Sendable {
  let name: String
  let loop: Loop
  let reference: @Sendable (Double) -> Double

  static let all: [UnaryCase] = [
    UnaryCase(name: "exp", loop: { $0.exp }, reference: { exp($0) }),
    UnaryCase(name: "log", loop: { $0.log }, reference: { log($0) }),
    UnaryCase(name: "log1p", loop: { $0.log1p }, reference: { log1p($0) }),
    UnaryCase(name: "sigmoid", loop: { $0.sigmoid }, reference: { 0.5 * (1 + tanh(0.5 * $0)) }),
    UnaryCase(name: "tanh", loop: { $0.tanh }, reference: { tanh($0) }),
    UnaryCase(name: "softplus", loop: { $0.softplus }, reference: { log(1 + exp($0)) }),
  ]
}

@Suite struct ElementwiseTests {
  /// About 1e-40.
  let denormal = Float(bitPattern: 71362)
  static let lengths = [0, 1, 7, 17, 33, 64, 131]

  /// Positive, so that every function has a value, and different at each index.
  func input<T: BinaryFloatingPoint & BitwiseCopyable>(_ n: Int, as type: T.Type) -> [T] {
    (0..<n).map { T(0.03125 + 0.0625 * Double($0 * 37 % 101)) }
  }

  func check<T: BinaryFloatingPoint & BitwiseCopyable>(
    _ element: ElementType, _ set: InstructionSet, _ n: Int, tolerance: Double, _: T
  ) {
    let table = Operations.table(for: element, set: set).pointee
    let x = input(n + 1, as: T.self)
    for unary in UnaryCase.all {
      var y = [T](repeating: -7, count: n + 1)
      unary.loop(table)(x, &y, n)
      for i in 0..<n {
        let expected = unary.reference(Double(x[i]))
        #expect(abs(Double(y[i]) - expected) <= tolerance * abs(expected), "\(unary.name) \(set) n=\(n) i=\(i)")
      }
      #expect(y[n] == -7, "\(unary.name) \(set) wrote past n=\(n)")

      var inPlace = x
      inPlace.withUnsafeMutableBytes { unary.loop(table)($0.baseAddress!, $0.baseAddress!, n) }
      #expect(inPlace[..<n] == y[..<n], "\(unary.name) \(set) in place, n=\(n)")
      #expect(inPlace[n] == x[n])
    }
  }

  @Test(arguments: InstructionSet.withOwnLoops, lengths)
  func lengthsAndAliasing(_ set: InstructionSet, _ n: Int) {
    check(.float32, set, n, tolerance: 4e-7, Float(0))
    check(.float64, set, n, tolerance: 1e-14, Double(0))
  }

  private func values<T: BinaryFloatingPoint & BitwiseCopyable>(
    _ x: [T], _ element: ElementType, _ set: InstructionSet, _ loop: Loop
  ) -> [T] {
    var y = [T](repeating: 0, count: x.count)
    loop(Operations.table(for: element, set: set).pointee)(x, &y, x.count)
    return y
  }

  @Test(arguments: InstructionSet.withOwnLoops)
  func specialValues(_ set: InstructionSet) {
    let inf = Float.infinity
    #expect(values([inf, -inf, 0, -0.0, -104, 89], .float32, set, { $0.exp }) == [inf, 0, 1, 1, 0, inf])
    #expect(values([inf, 0, -0.0, 1], .float32, set, { $0.log }) == [inf, -inf, -inf, 0])
    #expect(values([inf, -1, 0], .float32, set, { $0.log1p }) == [inf, -inf, 0])
    #expect(values([inf, -inf, 0, -200], .float32, set, { $0.sigmoid }) == [1, 0, 0.5, 0])
    #expect(values([inf, -inf, 9.1, -9.1, denormal], .float32, set, { $0.tanh }) == [1, -1, 1, -1, denormal])
    #expect(values([inf, -inf, 1000, -1000], .float32, set, { $0.softplus }) == [inf, 0, 1000, 0])
    let nan = Float.nan
    #expect(values([nan, -1, -inf], .float32, set, { $0.log }).map(\.isNaN) == [true, true, true])
    #expect(values([nan, -1.5, -inf], .float32, set, { $0.log1p }).map(\.isNaN) == [true, true, true])
    for unary in UnaryCase.all {
      #expect(values([nan, -nan], .float32, set, unary.loop).map(\.isNaN) == [true, true], "\(unary.name)")
    }
    let odd: [Loop] = [{ $0.tanh }, { $0.log1p }]
    for loop in odd {
      #expect(values([Float(-0.0), 0], .float32, set, loop).map(\.sign) == [.minus, .plus])
    }
  }

  /// tanh stays within [-1, 1], sigmoid within [0, 1]: a backward pass takes 1 - y^2 and y (1 - y) as not negative.
  @Test(arguments: InstructionSet.withOwnLoops)
  func boundedResults(_ set: InstructionSet) {
    let x = (0..<200_000).map { Float($0) * 0x1p-13 - 12 }
    #expect(values(x, .float32, set, { $0.tanh }).allSatisfy { abs($0) <= 1 })
    #expect(values(x, .float32, set, { $0.sigmoid }).allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test(arguments: InstructionSet.withOwnLoops)
  func doubleTails(_ set: InstructionSet) {
    let x: [Double] = [-700, -40, 40, 700, -1000, 1000, .infinity, -.infinity]
    let sigmoid = values(x, .float64, set, { $0.sigmoid })
    #expect(abs(sigmoid[0] / exp(-700) - 1) < 1e-13)
    #expect(abs(sigmoid[1] / exp(-40) - 1) < 1e-13)
    #expect(sigmoid[2...3] == [1, 1])
    #expect(sigmoid[4...] == [0, 1, 1, 0])
    let softplus = values(x, .float64, set, { $0.softplus })
    #expect(abs(softplus[0] / exp(-700) - 1) < 1e-13)
    #expect(softplus[2...] == [40, 700, 0, 1000, .infinity, 0])
    #expect(values([Double.nan], .float64, set, { $0.sigmoid })[0].isNaN)
    #expect(values([Double.nan], .float64, set, { $0.softplus })[0].isNaN)
  }

  /// The worker threads flush denormals to zero: results then are zero where they would be denormal, and denormal
  /// arguments count as zero.
  @Test(arguments: InstructionSet.withOwnLoops)
  func flushedDenormals(_ set: InstructionSet) {
    let state = latent_flush_denormals()
    defer { latent_restore_denormals(state) }
    let x: [Float] = [-100, -87]
    #expect(values(x, .float32, set, { $0.exp }).map { $0 == 0 } == [true, false])
    #expect(values(x, .float32, set, { $0.sigmoid }).map { $0 == 0 } == [true, false])
    #expect(values([denormal], .float32, set, { $0.log }) == [-.infinity])
    #expect(values([denormal], .float32, set, { $0.tanh }) == [0])
    #expect(values([denormal], .float32, set, { $0.log1p }) == [0])
  }
}
