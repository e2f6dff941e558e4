import Latent
import TestSupport
import Testing

/// Parts of tensors and variables that a mask names, beside plain loops.
@Suite struct MaskSubscriptTests {
  private let x = Tensor.arange(24).reshaped(to: [4, 2, 3])
  private let rows = Tensor([1, 0, 0, 1])

  private func expect(_ part: Tensor, _ shape: [Int], _ values: [Double]) {
    #expect(part.shape == shape && part.values == values, "\(part.shape) \(part.values)")
  }

  @Test func parts() {
    expect(x[rows], [2, 2, 3], (0..<6).map(Double.init) + (18..<24).map(Double.init))
    expect(x[x .> 20.5], [3], [21, 22, 23])
    let pairs = Tensor([0, 1, 0, 0, 0, 0, 2, 0], shape: [4, 2])
    expect(x[pairs], [2, 3], [3, 4, 5, 18, 19, 20])
    expect(x[x .< 0], [0], [])
    let one: Double = x[x .== 7]
    #expect(one == 7)
  }

  @Test func assignment() {
    var y = x
    y[y .> 2.5] = 0
    expect(y, x.shape, x.values.map { $0 > 2.5 ? 0 : $0 })
    y = x
    y[rows] = Tensor([7, 8, 9])
    expect(y, x.shape, x.values.enumerated().map { [0, 3].contains($0 / 6) ? 7 + Double($0 % 3) : $1 })
    y = x
    y[rows] = y[rows] * 10
    expect(y, x.shape, x.values.enumerated().map { [0, 3].contains($0 / 6) ? 10 * $1 : $1 })
    y = x
    y[x .> 20.5] = Tensor([-1, -2, -3])
    #expect(Array(y.values.suffix(4)) == [20, -1, -2, -3] && y[0].values == x[0].values)
    y = x
    y[x .< 0] = 5
    #expect(y.values == x.values)
    // What is not taken may be no number.
    var z = Tensor([1, .nan, 3])
    z[1 - (z .== z)] = 0
    #expect(z.values == [1, 0, 3])
  }

  @Test func gradients() {
    let slopes = gradient(at: x) { ($0[rows] * $0[rows]).sum() }
    #expect(slopes.values == x.values.enumerated().map { [0, 3].contains($0 / 6) ? 2 * $1 : 0 })
  }

  @Test func misuse() async {
    let reading = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.arange(24).reshaped(to: [4, 6])[Tensor([1, 0])] as Tensor
    }
    #expect(text(reading).contains("Tensor[mask]: a mask [2] does not fit the first dimensions of [4, 6]"))
    let writing = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var x = Tensor.arange(4)
      x[x .> 1.5] = Tensor([1, 2, 3])
    }
    #expect(
      text(writing).contains(
        "Tensor[mask] =: [3] of float32 does not fit the [2] of float32 where the mask [4] is not 0"))
  }

  private func text(_ result: ExitTest.Result?) -> String {
    result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
  }
}
