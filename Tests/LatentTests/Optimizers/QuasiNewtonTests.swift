import Latent
import Testing

@Suite struct QuasiNewtonTests {
  private func storage(_ values: [Double]) -> Storage {
    Tensor(values, shape: [values.count], element: .float64).storage
  }

  /// The minimum of sum c (x - a)^2 / 2 + (x - a)^4 lies at a, for curvatures from 0.1 to 100.
  @Test func findsTheMinimum() {
    let (n, tolerance) = (40, 1e-8)
    let places = (0..<n).map { Double($0 % 7) - 3 }
    let curvatures = (0..<n).map { 0.1 * Portable.power(1e3, Double($0) / Double(n - 1)) }
    var calls = 0
    let found = QuasiNewton(tolerance: tolerance, limit: 500).minimum(
      from: storage(Array(repeating: 5, count: n))
    ) { x in
      calls += 1
      let steps = zip(x.doubles(), places).map { $0 - $1 }
      let value = zip(curvatures, steps).reduce(0.0) { $0 + $1.0 * $1.1 * $1.1 / 2 + $1.1 * $1.1 * $1.1 * $1.1 }
      return (value, storage(zip(curvatures, steps).map { $0 * $1 + 4 * $1 * $1 * $1 }))
    }
    for (index, (x, place)) in zip(found.numbers.doubles(), places).enumerated() {
      #expect(abs(x - place) * curvatures[index] <= tolerance, "\(index): \(x), not \(place)")
    }
    #expect(calls < 400 && found.isMinimum && found.slope <= tolerance)
  }

  /// Two numbers along a bent valley (Rosenbrock 1960): not convex, and steps must be halved.
  @Test func halvesItsSteps() {
    let found = QuasiNewton(tolerance: 1e-9, limit: 200).minimum(
      from: storage([-1.2, 1])
    ) { place in
      let (x, y) = (place.doubles()[0], place.doubles()[1])
      let rise = y - x * x
      return ((1 - x) * (1 - x) + 100 * rise * rise, storage([-2 * (1 - x) - 400 * x * rise, 200 * rise]))
    }
    #expect(found.numbers.doubles().allSatisfy { abs($0 - 1) < 1e-6 })
  }

  /// It ends where it begins if nothing is to gain, or nothing is a number; and after the limit.
  @Test func ends() {
    func end(_ limit: Int, _ slope: Double) -> (place: [Double], calls: Int) {
      var calls = 0
      let place = QuasiNewton(tolerance: 1e-5, limit: limit).minimum(
        from: storage([2])
      ) { x in
        calls += 1
        return (slope * x.doubles()[0], storage([slope]))
      }
      return (place.numbers.doubles(), calls)
    }
    #expect(end(50, 0) == ([2], 1) && end(50, .nan) == ([2], 1))
    #expect(end(3, 1).place[0] < 0 && end(3, 1).calls == 4)
  }
}
