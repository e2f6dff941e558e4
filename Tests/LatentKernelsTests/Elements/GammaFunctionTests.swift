import LatentKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// log Gamma and digamma against the C library and PyTorch.
@Suite struct GammaFunctionTests {
  private func values(_ function: UnaryFunction, _ x: [Double], _ element: ElementType = .float64) -> [Double] {
    let (from, to) = (Storage(count: x.count, element: element), Storage(count: x.count, element: element))
    from.assign(x)
    to.assign(function, of: from)
    return to.doubles()
  }

  @Test func logGammaIsThatOfTheLibrary() {
    let near: [Double] = (1...20_000).map { 0.001 * Double($0) }
    let far: [Double] = (1...400).map { exp(0.07 * Double($0)) }
    let x: [Double] = near + far + [1e-300, 1e-10, 1e15]
    for (x, found) in zip(x, values(.logGamma, x)) {
      #expect(abs(found - lgamma(x)) < max(2e-14, 8e-16 * abs(lgamma(x))), "\(x)")
    }
  }

  /// torch.digamma(x) in float64.
  @Test func digammaIsThatOfPyTorch() {
    let golden = [
      (0.01, -100.56088545786866), (0.3, -3.502524222200133), (0.5, -1.9635100260214229), (1, -0.5772156649015328),
      (2, 0.422784335098467), (3.7, 1.1671535393615111), (7.999, 2.015508332090348), (8, 2.0156414779556098),
      (25.5, 3.2189424728839198), (1000, 6.907255195648812), (1e6, 13.81551005796419), (1e12, 27.631021115928046),
    ]
    for ((x, expected), found) in zip(golden, values(.digamma, golden.map(\.0))) {
      #expect(abs(found - expected) < max(1e-14, 1e-15 * abs(expected)), "\(x)")
    }
    // psi(x + 1) = psi(x) + 1 / x
    let x = (1...3000).map { 0.01 * Double($0) }
    for (place, (low, high)) in zip(values(.digamma, x), values(.digamma, x.map { $0 + 1 })).enumerated() {
      #expect(abs(high - low - 1 / x[place]) < max(1e-14, 1e-15 / x[place]), "\(x[place])")
    }
  }

  /// trigamma(1/2) = pi^2 / 2, trigamma(1) = pi^2 / 6; torch.polygamma(1, x) of others; and trigamma(x) - trigamma(x + 1) =
  /// 1 / x^2.
  @Test func trigammas() {
    let golden = [
      (0.01, 10001.621213528313), (0.5, 4.934802200544679), (1, 1.6449340668482264), (7.999, 0.1331547166131586),
      (1000, 0.0010005001666666333),
    ]
    for ((x, expected), found) in zip(golden, values(.trigamma, golden.map(\.0))) {
      #expect(abs(found - expected) < 1e-10 * expected, "\(x): \(found)")
    }
    let x = (1...3000).map { 0.01 * Double($0) }
    for (place, (low, high)) in zip(values(.trigamma, x), values(.trigamma, x.map { $0 + 1 })).enumerated() {
      #expect(abs(low - high - 1 / (x[place] * x[place])) < 12 * low.ulp, "\(x[place])")
    }
  }

  @Test func float32IsRounded() {
    let x = (1...2000).map { Double(Float(0.013 * Double($0))) }
    for function in [UnaryFunction.logGamma, .digamma, .trigamma] {
      #expect(values(function, x, .float32) == values(function, x).map { Double(Float($0)) })
    }
  }

  @Test(arguments: ElementType.computing)
  func edges(_ element: ElementType) {
    #expect(values(.logGamma, [0, .infinity], element) == [.infinity, .infinity])
    #expect(values(.digamma, [0, .infinity], element) == [-.infinity, .infinity])
    #expect(values(.trigamma, [0, .infinity], element) == [.infinity, 0])
    for function in [UnaryFunction.logGamma, .digamma, .trigamma] {
      for value in values(function, [-1.5, .nan], element) { #expect(value.isNaN) }
    }
  }
}
