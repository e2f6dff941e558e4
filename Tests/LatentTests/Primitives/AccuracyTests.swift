import Foundation
import Latent
import TestSupport
import Testing

/// Reductions of a million float32 numbers are right to 1e-6, along whichever axes.
@Suite struct AccuracyTests {
  /// [100, 100, 100], numbers of one sign, where a sum in single precision would be off by 1e-3 and more.
  private static let shape = [100, 100, 100]
  private static let x = Initializer.uniform(0...2)(shape: shape, key: RandomKey(seed: 1))
  private static let values = x.values

  private static let exponentials = values.map { exp($0) }

  private struct Moments { var sum = 0.0, squares = 0.0, exponentials = 0.0 }

  /// Sums over the axes for each result: of the numbers, of the squares of their distances from 1, of exp.
  private func moments(_ axes: [Int]) -> [Moments] {
    let weights = (0..<3).map { axis in
      axes.contains(axis) ? 0 : ((axis + 1)..<3).reduce(1) { axes.contains($1) ? $0 : $0 * 100 }
    }
    var results = [Moments](repeating: Moments(), count: (0..<3).reduce(1) { axes.contains($1) ? $0 : $0 * 100 })
    Self.values.withUnsafeBufferPointer { values in
      Self.exponentials.withUnsafeBufferPointer { exponentials in
        results.withUnsafeMutableBufferPointer { results in
          for index in 0..<1_000_000 {
            let (i, j, k) = (index / 10_000, index / 100 % 100, index % 100)
            let place = i * weights[0] + j * weights[1] + k * weights[2]
            results[place].sum += values[index]
            results[place].squares += (values[index] - 1) * (values[index] - 1)
            results[place].exponentials += exponentials[index]
          }
        }
      }
    }
    return results
  }

  private func worst(_ found: Variable, _ expected: [Double]) -> Double {
    zip(found.tensor.values, expected).map { abs($0 - $1) / abs($1) }.max() ?? .infinity
  }

  @Test(arguments: [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]])
  func reductions(_ axes: [Int]) {
    let x = Tape().constant(Self.x)
    let moments = moments(axes)
    let n = Double(1_000_000 / moments.count)
    #expect(worst(x.sum(axes: axes), moments.map(\.sum)) < 1e-6)
    #expect(worst(x.mean(axes: axes), moments.map { $0.sum / n }) < 1e-6)
    let variances = moments.map { $0.squares / n - ($0.sum / n - 1) * ($0.sum / n - 1) }
    #expect(worst(x.variance(axes: axes), variances) < 1e-6)
    #expect(worst(x.logSumExp(axes: axes), moments.map { log($0.exponentials) }) < 1e-6)
  }

  /// The mean of a million numbers far from 0, with a variance that is small beside it.
  @Test func farFromZero() {
    let tape = Tape()
    let x = tape.constant(Self.x) + 1000
    let values = x.tensor.values
    let mean = values.reduce(0, +) / 1e6
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1e6
    #expect(abs(x.mean().scalar / mean - 1) < 1e-6)
    #expect(abs(x.variance().scalar / variance - 1) < 1e-5)  // the numbers' own mean is rounded to 6e-5
  }

  /// Softmax along an axis of any length: each sums to 1.
  @Test(arguments: [([1, 1_000_000], 1), ([1_000_000, 1], 0), ([1000, 1000], 0), ([100, 100, 100], 1)])
  func softmax(_ shape: [Int], _ axis: Int) {
    let x = Tape().constant(Self.x).reshaped(to: shape)
    let y = x.softmax(axis: axis)
    let (count, inner) = (shape[axis], shape[(axis + 1)...].reduce(1, *))
    var sums = [Double](repeating: 0, count: 1_000_000 / count)
    y.tensor.values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        for index in 0..<1_000_000 { sums[index / (inner * count) * inner + index % inner] += values[index] }
      }
    }
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-6 })
  }

  /// The gradients that sum: of what was repeated a million times, of biases, and of losses.
  @Test func gradients() {
    let operands = Operands([
      "number": Tensor([0.5], shape: []), "row": Tensor(repeating: 0.5, shape: [10]),
      "column": Tensor(repeating: 0.5, shape: [100_000, 1]), "kernel": Tensor(repeating: 0.5, shape: [1, 10]),
    ])
    let (value, gradients) = valueWithGradients(of: operands) { operands, tape in
      let x = tape.constant(Self.x).reshaped(to: [100_000, 10])
      let sum = x * operands("number", on: tape) + x * operands("row", on: tape) + x * operands("column", on: tape)
      let one = tape.constant(Tensor(repeating: 1, shape: [100_000, 1]))
      let layer = dense(one, kernel: operands("kernel", on: tape), bias: operands("row", on: tape))
      return sum.sum() + (x * layer).sum() + (x * operands("number", on: tape).broadcast(to: [100_000, 10])).sum()
    }
    let total = Self.values.reduce(0, +)
    func sum(_ places: some Sequence<Int>) -> Double { places.reduce(0) { $0 + Self.values[$1] } }
    let columns = (0..<10).map { sum(stride(from: $0, to: 1_000_000, by: 10)) }
    let rows = (0..<100_000).map { sum($0 * 10..<$0 * 10 + 10) }
    #expect(abs(value / (3 * total) - 1) < 1e-6)
    func error(_ path: String, _ expected: [Double]) -> Double {
      zip(gradients[path].values, expected).map { abs($0 / $1 - 1) }.max()!
    }
    #expect(error("number", [2 * total]) < 1e-6)
    #expect(error("row", columns.map { 2 * $0 }) < 1e-6)
    #expect(error("column", rows) < 1e-6)
  }

  @Test func losses() {
    let x = Tape().constant(Self.x).reshaped(to: [1, 1_000_000])
    let targets = Tensor(zeros: [1, 1_000_000])
    #expect(abs(squaredError(x, targets: targets).scalar / Self.values.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6)
    let entropy = Self.values.reduce(0) { $0 + log(1 + exp($1)) }
    #expect(abs(binaryCrossEntropy(logits: x, targets: targets).scalar / entropy - 1) < 1e-6)
    let halves = Self.values.map { 0.5 * $0 }
    let clipped = halves.reduce(0) { $0 - log(1 - min(max($1, 1e-7), 1 - 1e-7)) }
    let found = binaryCrossEntropy(probabilities: 0.5 * x, targets: targets).scalar
    #expect(abs(found / clipped - 1) < 1e-5)  // 1 - p is rounded where p is near 1
  }
}
