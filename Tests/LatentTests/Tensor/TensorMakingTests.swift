import Latent
import TestSupport
import Testing

/// Tensors from literals and rules, arithmetic as it is written, and what is said of mistakes.
@Suite struct TensorMakingTests {
  private func expect(_ tensor: Tensor, _ shape: [Int], _ values: [Double], _ element: ElementType = .float32) {
    #expect(tensor.shape == shape && tensor.values == values && tensor.element == element, "\(tensor.debugDescription)")
  }

  @Test func literals() {
    expect(Tensor(3.5), [], [3.5])
    expect(Tensor(3), [], [3])
    expect(Tensor([1, 2, 3]), [3], [1, 2, 3])
    expect(Tensor([1, 2.5], element: .float64), [2], [1, 2.5], .float64)
    expect(Tensor([[1, 2], [3, 4]]), [2, 2], [1, 2, 3, 4])
    expect(Tensor([[[1, 2]], [[3, 4]]], element: .float64), [2, 1, 2], [1, 2, 3, 4], .float64)
    expect(Tensor([0.1] as [Float]), [1], [Double(Float(0.1))])
    expect(Tensor([7, 8] as [UInt8]), [2], [7, 8])
    let labels = [3, 1]
    expect(Tensor(labels), [2], [3, 1])
    expect(Tensor(ones: [2, 1]), [2, 1], [1, 1])
    expect(Tensor([[]] as [[Double]]), [1, 0], [])
  }

  @Test func rules() {
    expect(.arange(3), [3], [0, 1, 2])
    expect(.arange(1, 2, by: 0.25), [4], [1, 1.25, 1.5, 1.75])
    expect(.arange(3, 0, by: -1), [3], [3, 2, 1])
    expect(.arange(3, 0), [0], [])
    expect(.linspace(0, 1, count: 5, element: .float64), [5], [0, 0.25, 0.5, 0.75, 1], .float64)
    expect(.linspace(2, 9, count: 1), [1], [2])
    #expect(Tensor.linspace(0, 0.7, count: 8, element: .float64).values.last == 0.7)
    expect(.identity(2), [2, 2], [1, 0, 0, 1])
    let key = RandomKey(seed: 1)
    let (normal, uniform) = (
      Tensor.normal([100, 100], mean: 2, standardDeviation: 3, key: key),
      Tensor.uniform([100, 100], in: -1...3, key: key)
    )
    #expect(abs(normal.mean().scalar - 2) < 0.1 && abs(normal.variance().scalar - 9) < 0.3)
    #expect(abs(uniform.mean().scalar - 1) < 0.05 && uniform.max().scalar <= 3 && uniform.min().scalar >= -1)
    #expect(normal.values == Tensor.normal([100, 100], mean: 2, standardDeviation: 3, key: key).values)
    #expect(Tensor.normal([2], key: key).values != Tensor.normal([2], key: key.child(1)).values)
  }

  @Test func arithmetic() {
    let x = Tensor([[1, 2], [3, 4]])
    expect(2 * x + 1, [2, 2], [3, 5, 7, 9])
    expect(1 - x / 2, [2, 2], [0.5, 0, -0.5, -1])
    expect(-x * Tensor([1, 10]), [2, 2], [-1, -20, -3, -40])
    expect((x - x.mean(axes: [0])) / 2, [2, 2], [-0.5, -0.5, 0.5, 0.5])
    expect(x .> 2, [2, 2], [0, 0, 1, 1])
    expect(x .== 2, [2, 2], [0, 1, 0, 0])
    expect(x .>= 2, [2, 2], [0, 1, 1, 1])
    expect(x .<= 2, [2, 2], [1, 1, 0, 0])
    expect(x .< 2, [2, 2], [1, 0, 0, 0])
    expect((x .> 2).select(x, Tensor(0)), [2, 2], [0, 0, 3, 4])
    expect(Tensor.maximum(x, 3) - Tensor.minimum(x, 2), [2, 2], [2, 1, 1, 2])
    let image = matmul(x, x.transposed())
    expect(image, [2, 2], [5, 11, 11, 25])
    let undefined = Tensor.maximum(x, .nan).values
    #expect(undefined.allSatisfy { $0.isNaN })
    #expect(gradient(at: x) { Variable.maximum($0, 3).sum() }.values == [0, 0, 1, 1])
    #expect(gradient(at: x) { Variable.minimum($0, 3).sum() }.values == [1, 1, 1, 0])
  }

  @Test func inPlace() {
    let x = Tensor([[1, 2], [3, 4]])
    var y = x
    y += 1
    y -= x
    y *= Tensor([2, 3])
    y /= 2
    expect(y, [2, 2], [1, 1.5, 1, 1.5])
    y *= -2
    y -= 1
    y += y
    y /= y
    expect(y, [2, 2], [1, 1, 1, 1])
    expect(x, [2, 2], [1, 2, 3, 4])
    let slope = gradient(at: x) { x in
      var y = x
      y *= x
      y += 1
      y -= x
      y /= 2
      y *= 3
      y += x
      y -= 1
      y /= x
      return y.sum()
    }
    // (3 / 2 (x^2 - x + 1) + x - 1) / x = 3 / 2 x - 1 / 2 + 1 / 2x
    for (found, x) in zip(slope.values, x.values) { #expect(abs(found - (1.5 - 0.5 / (x * x))) < 1e-5) }
  }

  @Test func misuse() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      func expect(_ message: String, _ body: (Tensor) -> Void) {
        expectStop(message, message) { body(Tensor(zeros: [2, 3])) }
      }
      expect("+: [2, 3] of float32 and [2] of float32 do not match") { _ = $0 + Tensor([1, 2]) }
      expect("*: [2, 3] of float32 and [3] of float64 do not match") { _ = $0 * Tensor([1, 2, 3], element: .float64) }
      expect("+=: [2, 2, 3] of float32 can't be repeated to [2, 3] of float32") {
        var x = $0
        x += Tensor(zeros: [2, 2, 3])
      }
      expect("matmul: [2, 3] of float32 by [2, 3] of float32 do not fit [..., M, K], [..., K, N]") {
        _ = matmul($0, $0)
      }
      expect("sum: the axes [2] are not different axes of 2 dimensions, of the shape [2, 3]") { _ = $0.sum(axes: [2]) }
      expect("concatenated: [2, 3] and [3] along axis 0") { _ = Tensor.concatenated([$0, $0[0]]) }
      expect("exp: a tensor of the shape [2, 3]: bfloat16 only keeps numbers") { _ = $0.converted(to: .bfloat16).exp() }
      expect("+=: a tensor of the shape [2, 3]: bfloat16 only keeps numbers") {
        var x = $0.converted(to: .bfloat16)
        x += 1
      }
      expect("Tensor: rows of 2 and of 1 numbers; all must have as many") { _ in _ = Tensor([[1, 2], [3]]) }
      expect("scatter: source [2, 1] of float32, places [2, 2] of float32, along axis 1 into [2, 3] of float32") {
        _ = $0.scatter(Tensor(zeros: [2, 1]), at: Tensor(zeros: [2, 2]), axis: 1)
      }
      expect("scatter: 1 of 4 places are no whole numbers in 0..<3") {
        _ = $0.scatter(Tensor(zeros: [2, 2]), at: Tensor([[0, 1], [2, 3]]), axis: 1)
      }
      expect("fft: the shape [2, 3] is none of complex numbers, whose last axis has a size of 2") { _ = $0.fft() }
      expect("rfft: axis 2 of the numbers [2, 3], for the shape [2, 3]") { _ = $0.rfft(axis: 2) }
      expect("irfft: 2 complex numbers along axis -1 of the shape [2, 2] are not the half of 4 real ones") {
        _ = $0[.all, ..<2].irfft(count: 4)
      }
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }
}
