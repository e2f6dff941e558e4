import Foundation
import LatentFiles
import LatentReport
import Testing

@Suite struct FormatTests {
  @Test(arguments: [
    (243.81234, 2, "243.81"), (-243.81634, 2, "-243.82"), (0, 3, "0.000"), (9.999, 2, "10.00"), (-0.001, 2, "0.00"),
    (0.5, 0, "0"), (1.5, 0, "2"), (0.125, 2, "0.12"), (0.375, 2, "0.38"), (2.675, 2, "2.67"), (1.005, 2, "1.00"),
    (0.07, 1, "0.1"), (-12, 0, "-12"), (1e15, 1, "1000000000000000.0"), (9_007_199_254_740_992, 0, "9007199254740992"),
    (1e30, 2, "1e+30"), (.nan, 2, "nan"), (.infinity, 0, "inf"), (-.infinity, 4, "-inf"),
    (.leastNonzeroMagnitude, 15, "0.000000000000000"),
  ])
  func fixed(value: Double, decimals: Int, expected: String) {
    #expect(Format.fixed(value, decimals) == expected)
  }

  @Test func fixedAgreesWithPrintf() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<3000 {
      let exponent = Int.random(in: -12...17, using: &generator)
      var value = Double.random(in: -10...10, using: &generator) * pow(10, Double(exponent))
      // Every other value lies on or next to a tie, where rounding goes wrong.
      if Bool.random(using: &generator) { value = (value * 16).rounded() / 16 }
      if Bool.random(using: &generator) { value = (value * 1000).rounded() / 1000 + 0.0005 }
      for decimals in 0...12 {
        var expected = String(format: "%.\(decimals)f", value)
        if expected.allSatisfy({ "-0.".contains($0) }) && expected.hasPrefix("-") { expected.removeFirst() }
        #expect(Format.fixed(value, decimals) == expected)
      }
    }
  }

  @Test(arguments: [
    (0, 0, "0"), (999, 0, "999"), (1000, 0, "1,000"), (-1000, 0, "-1,000"), (-999, 0, "-999"), (7264.4, 0, "7,264"),
    (1_234_567.891, 2, "1,234,567.89"), (999.999, 1, "1,000.0"), (100_000, 0, "100,000"), (.nan, 0, "nan"),
    (1e300, 0, "1e+300"),
  ])
  func grouped(value: Double, decimals: Int, expected: String) {
    #expect(Format.grouped(value, decimals: decimals) == expected)
  }

  @Test(arguments: [
    (0, "0.0 s"), (12.34, "12.3 s"), (59.94, "59.9 s"), (59.96, "1:00 min"), (60, "1:00 min"), (65, "1:05 min"),
    (3599.4, "59:59 min"), (3599.6, "1:00:00 h"), (7384, "2:03:04 h"), (100 * 3600, "100:00:00 h"), (-1, "–"),
    (.nan, "–"), (.infinity, "–"),
  ])
  func duration(seconds: Double, expected: String) {
    #expect(Format.duration(seconds) == expected)
  }

  @Test func rates() {
    #expect(Format.rate(7264.3, "images") == "7,264 images/s")
    #expect(Format.rate(3.24, "images") == "3.2 images/s")
    #expect(Format.rate(9.97, "images") == "10 images/s")
    #expect(Format.rate(.nan, "images") == "–")
    #expect(Format.rate(.infinity, "images") == "–")
    #expect(Format.rate(-1, "images") == "–")
  }

  @Test func percentIsFullOnlyAtTheEnd() {
    for whole in 0...100 { #expect(Format.percent(Double(whole) / 100) == "\(whole)%") }
    #expect(Format.percent(0.9999) == "99%")
    #expect(Format.percent(1.0.nextDown) == "99%")
    #expect(Format.percent(7) == "100%")
    #expect(Format.percent(-1) == "0%")
    #expect(Format.percent(.nan) == "0%")
  }

  @Test(arguments: [
    (0, "0"), (243.8134, "243.81"), (-243.8134, "-243.81"), (15.7, "15.70"), (9.9999, "10.00"), (1, "1.000"),
    (0.69314, "0.6931"), (12345.6, "12,346"), (1.23e-5, "1.2e-05"), (-9.97e-7, "-1.0e-06"), (2.5e12, "2.5e+12"),
    (9.96e10, "1.0e+11"), (1e300, "1.0e+300"), (.nan, "nan"), (-.infinity, "-inf"),
  ])
  func measure(value: Double, expected: String) {
    #expect(Format.measure(value) == expected)
  }
}
