import Foundation
import Latent
import TestSupport

/// A linear map of each line along an axis, by its matrix: entry (k, p; j, q) is what part q of the operand's number j adds to part p
/// of the result's number k. Real numbers have one part.
private struct LineMap: Sendable {
  let (operandParts, resultParts): (Int, Int)
  /// Numbers of the result's line.
  let count: @Sendable (_ operand: Int) -> Int
  let entry: @Sendable (_ operand: Int, _ k: Int, _ p: Int, _ j: Int, _ q: Int) -> Double

  /// The result's shape for [..., numbers, ...] along an axis, with the parts at the end.
  func shape(_ numbers: [Int], _ axis: Int) -> [Int] {
    var shape = numbers
    shape[axis] = count(numbers[axis])
    return resultParts == 2 ? shape + [2] : shape
  }

  func value(_ x: PlainTensor, _ axis: Int) -> PlainTensor {
    let numbers = operandParts == 2 ? Array(x.shape.dropLast()) : x.shape
    return PlainTensor(shape(numbers, axis)) { index in
      let p = resultParts == 2 ? index.last! : 0
      var (sum, place) = (0.0, Array(index.prefix(numbers.count)))
      for j in 0..<numbers[axis] {
        place[axis] = j
        for q in 0..<operandParts {
          sum += entry(numbers[axis], index[axis], p, j, q) * x[operandParts == 2 ? place + [q] : place]
        }
      }
      return sum
    }
  }

  func gradient(_ x: PlainTensor, _ dy: [Double], _ axis: Int) -> [Double] {
    let numbers = operandParts == 2 ? Array(x.shape.dropLast()) : x.shape
    let upstream = PlainTensor(dy, shape(numbers, axis))
    return PlainTensor(x.shape) { index in
      let q = operandParts == 2 ? index.last! : 0
      var (sum, place) = (0.0, Array(index.prefix(numbers.count)))
      for k in 0..<count(numbers[axis]) {
        place[axis] = k
        for p in 0..<resultParts {
          sum += entry(numbers[axis], k, p, index[axis], q) * upstream[resultParts == 2 ? place + [p] : place]
        }
      }
      return sum
    }.values
  }
}

/// 2 pi j k / n
private func angle(_ j: Int, _ k: Int, _ n: Int) -> Double { 2 * .pi * Double(j * k % n) / Double(n) }

/// Part p of exp(i angle) times a number whose part q is 1.
private func turned(_ angle: Double, _ p: Int, _ q: Int) -> Double {
  p == q ? cos(angle) : p == 0 ? -sin(angle) : sin(angle)
}

private let complex = LineMap(
  operandParts: 2, resultParts: 2, count: { $0 }, entry: { n, k, p, j, q in turned(-angle(j, k, n), p, q) })
private let inverse = LineMap(
  operandParts: 2, resultParts: 2, count: { $0 }, entry: { n, k, p, j, q in turned(angle(j, k, n), p, q) / Double(n) })
private let half = LineMap(
  operandParts: 1, resultParts: 2, count: { $0 / 2 + 1 }, entry: { n, k, p, j, _ in turned(-angle(j, k, n), p, 0) })

/// The inverse of a half, by the whole of the conjugates that it stands for.
private func real(_ count: @escaping @Sendable (Int) -> Int) -> LineMap {
  LineMap(operandParts: 2, resultParts: 1, count: count) { numbers, k, _, j, q in
    let n = count(numbers)
    if q == 1 && (j == 0 || 2 * j == n) { return 0 }
    let own = turned(angle(j, k, n), 0, q)
    let other = j == 0 || 2 * j == n ? 0 : turned(angle(n - j, k, n), 0, q) * (q == 1 ? -1 : 1)
    return (own + other) / Double(n)
  }
}

private func fourier(
  _ name: String, covers: [String], _ map: LineMap, _ function: @escaping @Sendable (Variable, Int) -> Variable
) -> ConformingCase {
  let small: Sizes = ["B": 2, "T": 3, "D": 4]
  // Lengths of other factors, and primes that have no pass of their own.
  let long: [Sizes] = [["B": 2, "T": 30, "D": 16], ["B": 1, "T": 37, "D": 49], ["B": 1, "T": 2, "D": 94]]
  return ConformingCase(name, covers: covers, small: small, sizes: small.odd + long) { s in
    Trial(
      [.input("x", [s.B, s.T, s.D] + (map.operandParts == 2 ? [2] : []))],
      calls: { [function($0.x, 1), function($0.x, -1)] }, plain: { [map.value($0.x, 1), map.value($0.x, 2)] },
      gradient: { v, upstreams in
        ["x": Plain.sum(map.gradient(v.x, upstreams[0], 1), map.gradient(v.x, upstreams[1], 2))]
      })
  }
}

let fourierCases: [ConformingCase] = [
  fourier("fft", covers: ["Variable.fft(axis:)"], complex) { $0.fft(axis: $1) },
  fourier("ifft", covers: ["Variable.ifft(axis:)"], inverse) { $0.ifft(axis: $1) },
  fourier("rfft", covers: ["Variable.rfft(axis:)"], half) { $0.rfft(axis: $1) },
  fourier("irfft of even numbers", covers: ["Variable.irfft(count:, axis:)"], real { max(1, 2 * $0 - 2) }) { x, axis in
    let numbers = x.shape[axis < 0 ? 2 : axis]
    return numbers > 1 ? x.irfft(axis: axis) : x.irfft(count: 1, axis: axis)
  },
  fourier("irfft of odd numbers", covers: [], real { 2 * $0 - 1 }) { x, axis in
    x.irfft(count: 2 * x.shape[axis < 0 ? 2 : axis] - 1, axis: axis)
  },
]
