import Foundation
import Latent
import Testing

/// Fourier transforms of all lengths, beside sums by their definition, and at their edges.
@Suite struct FourierTests {
  private func signal(_ count: Int, seed: UInt64 = 1, element: ElementType = .float64) -> Tensor {
    Tensor.uniform([count, 2], in: -1...1, key: RandomKey(seed: seed), element: element)
  }

  /// Powers of 2, products of small primes, primes with a pass of their own, and those without.
  @Test func everyLength() {
    for n in Array(1...140) + [243, 256, 310, 509] {
      let x = signal(n)
      let (values, y) = (x.values, x.fft().values)
      for k in 0..<n {
        var (re, im) = (0.0, 0.0)
        for j in 0..<n {
          let angle = -2 * .pi * Double(j * k % n) / Double(n)
          re += values[2 * j] * cos(angle) - values[2 * j + 1] * sin(angle)
          im += values[2 * j] * sin(angle) + values[2 * j + 1] * cos(angle)
        }
        #expect(abs(y[2 * k] - re) < 2e-14 * Double(n) && abs(y[2 * k + 1] - im) < 2e-14 * Double(n), "\(n): \(k)")
      }
    }
  }

  /// There and back, of long lines too, and of many: tables are kept for some lengths only.
  @Test func thereAndBack() {
    for n in [1 << 16, 100_003, 60_000, 1 << 18] {
      let x = signal(n)
      let back = x.fft().ifft()
      let worst = (back - x).abs().max().scalar
      #expect(worst < 1e-13, "\(n): \(worst)")
      let real = x[.all, 0]
      #expect((real.rfft().irfft(count: n) - real).abs().max().scalar < 1e-13)
      // Parseval
      let energy = x.fft().squared().sum().scalar / Double(n)
      #expect(abs(energy / x.squared().sum().scalar - 1) < 1e-12)
    }
    let many = Tensor.normal([64, 100, 3], key: RandomKey(seed: 2), element: .float64)
    #expect((many.rfft(axis: 1).irfft(axis: 1) - many).abs().max().scalar < 1e-14)
  }

  @Test func halvesAreThoseOfTheWhole() {
    for n in [1, 2, 7, 8, 74] {
      let x = signal(n)[.all, 0]
      let whole = Tensor.stacked([x, Tensor(zeros: [n], element: .float64)], axis: 1).fft()
      let half = x.rfft()
      #expect(half.shape == [n / 2 + 1, 2])
      #expect((half - whole[..<(n / 2 + 1)]).abs().max().scalar < 1e-14)
      let last: Double = half[n / 2, 1]
      #expect(half.values[1] == 0 && (n % 2 == 1 || last == 0))
    }
  }

  /// Floats are computed in double and rounded once.
  @Test func floats() {
    let x = signal(1000, element: .float32)
    let exact = x.converted(to: .float64).fft().converted(to: .float32)
    #expect(x.fft().values == exact.values)
  }

  @Test func whatIsNotFiniteSpreads() {
    var x = signal(8)
    x[3, 0] = .infinity
    let y = x.fft()
    for k in 0..<8 { #expect(!y[k].values.allSatisfy { $0.isFinite }, "\(k): \(y[k])") }
    #expect(Tensor(zeros: [0, 4, 2]).fft().shape == [0, 4, 2] && Tensor(zeros: [0, 4]).rfft().shape == [0, 3, 2])
  }
}
