import Latent
import TestSupport
import Testing

/// Parts of tensors, read and written.
@Suite struct SubscriptTests {
  /// 0...23 as [2, 3, 4]: the element (i, j, k) is 12 i + 4 j + k.
  private let x = Tensor.arange(24).reshaped(to: [2, 3, 4])

  private func expect(_ part: Tensor, _ shape: [Int], _ values: [Double], _ name: String) {
    #expect(part.shape == shape && part.values == values, "\(name): \(part.shape) \(part.values)")
  }

  @Test func parts() {
    expect(x[1], [3, 4], (12..<24).map(Double.init), "a row")
    expect(x[1, 2], [4], [20, 21, 22, 23], "a row of a row")
    expect(x[1, 2, 3], [], [23], "an element")
    expect(x[0..<1], [1, 3, 4], (0..<12).map(Double.init), "a range")
    expect(x[0, 1...2, ..<2], [2, 2], [4, 5, 8, 9], "ranges")
    expect(x[.all, 1, 2...], [2, 2], [6, 7, 18, 19], "all")
    expect(x[...1, 0, ...0], [2, 1], [0, 12], "through")
    expect(x[..., 3], [2, 3], [3, 7, 11, 15, 19, 23], "the last dimension")
    expect(x[..., 1..<3, 0], [2, 2], [4, 8, 16, 20], "the last two dimensions")
    expect(x[1, .ellipsis, 0], [3], [12, 16, 20], "an ellipsis")
    expect(x[1, 2, 3, .ellipsis], [], [23], "an ellipsis of nothing")
    expect(x[1, .newAxis, 2, 0..<2], [1, 2], [20, 21], "a new axis")
    expect(x[0, 0, stride(from: 0, to: 4, by: 2)], [2], [0, 2], "a stride")
    expect(x[0, 0, stride(from: 3, through: 0, by: -1)], [4], [3, 2, 1, 0], "a stride back")
    expect(x[0, stride(from: 2, to: 2, by: 1)], [0, 4], [], "an empty stride")
    expect(x[2...], [0, 3, 4], [], "an empty range")
    expect(x[...], [2, 3, 4], x.values, "everything")
    let row: Double = x[1, 0, 2]
    #expect(row == 14)
    let index: any TensorIndex = 1
    #expect("\(index.axisIndex)" == "1")
  }

  @Test func placesFromTheEnd() {
    expect(x[-1], [3, 4], (12..<24).map(Double.init), "the last row")
    expect(x[1, -1, -4], [], [20], "an element")
    expect(x[..., (-2)...], [2, 3, 2], [2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23], "the last two")
    expect(x[0, 0, ..<(-1)], [3], [0, 1, 2], "all but the last")
    expect(x[0, 0, -3 ... -1], [3], [1, 2, 3], "a range to the last")
    expect(x[0, 0, ...(-1)], [4], [0, 1, 2, 3], "through the last")
    expect(x[0, 0, 1 ..< -1 + 4], [2], [1, 2], "both kinds")
    var y = x
    y[-1, 0, -2] = 100
    #expect(y[1, 0, 2].scalar == 100)
    expect(Tape().constant(x)[-1, 0].tensor, [4], [12, 13, 14, 15], "a variable's")
  }

  @Test func variablesGiveTheSame() {
    let v = Tape().constant(x)
    expect(v[1, 1..<3, 0].tensor, [2], [16, 20], "places and ranges")
    expect(
      v[..., stride(from: 0, to: 4, by: 3)].tensor, [2, 3, 2], x[..., stride(from: 0, to: 4, by: 3)].values, "stride")
    expect(v.transposed()[3].tensor, [3, 2], [3, 15, 7, 19, 11, 23], "of a transposition")
    let slope = gradient(at: x) { ($0[1] * $0[0]).sum() + 2 * $0[0, 0, 0] }
    let expected = [14.0] + (13..<24).map(Double.init) + (0..<12).map(Double.init)
    #expect(slope.values == expected)
  }

  @Test func writing() {
    var y = x
    y[0] = Tensor(zeros: [3, 4])
    expect(y, [2, 3, 4], [Double](repeating: 0, count: 12) + (12..<24).map(Double.init), "a row")
    y[1, 2] = Tensor(5)
    y[1, 0..<2, 1] = Tensor([-1, -2])
    expect(y[1], [3, 4], [12, -1, 14, 15, 16, -2, 18, 19, 5, 5, 5, 5], "parts")
    y[1, 2, 3] = 7
    y[..., 0] = 1
    y[1, 0, 2] += 100
    y[1, 1] *= y[1, 2]
    expect(y[1], [3, 4], [1, -1, 114, 15, 1, -10, 90, 133, 1, 5, 5, 7], "numbers")
    y[0, .all, stride(from: 3, through: 1, by: -1)] = Tensor([[3, 2, 1]])
    expect(y[0], [3, 4], [1, 1, 2, 3, 1, 1, 2, 3, 1, 1, 2, 3], "a stride back")
    y[0, 1...] = y[0, 0...0]
    y[0...] -= y
    expect(y, [2, 3, 4], [Double](repeating: 0, count: 24), "of its own")
    #expect(x.values == (0..<24).map(Double.init))
    var small = Tensor([1, 2], element: .float64)
    small[0] = 0.1
    #expect(small.values == [0.1, 2])
  }

  /// What one value writes, no other sees; what nobody shares is written where it is.
  @Test func valuesKeepTheirElements() {
    var y = x
    let (row, all) = (y[1], y[...])
    y[1] = Tensor(zeros: [3, 4])
    #expect(row.values == (12..<24).map(Double.init) && all.values == x.values)
    var part = y[0]
    part[0] = Tensor(9)
    #expect(y.values[0] == 0 && part.values[0] == 9)
  }

  @Test func bfloat16IsCutIntoRows() {
    let kept = x.converted(to: .bfloat16)
    #expect(kept[1, 2].values == [20, 21, 22, 23] && kept[1].element == .bfloat16)
  }

  @Test func misuse() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let x = Tensor(zeros: [2, 3])
      func expect(_ message: String, _ body: (inout Tensor) -> Void) {
        expectStop(message, message) {
          var x = x
          body(&x)
        }
      }
      expect("subscript [2]: place 2 is outside of 0..<2, axis 0 of the shape [2, 3]") { _ = $0[2] as Tensor }
      expect("subscript [-3]: place -3 is outside of 0..<2, axis 0") { _ = $0[-3] as Tensor }
      expect("subscript [0, 1..<4]: 1..<4 is outside of 0..<3, axis 1 of the shape [2, 3]") {
        _ = $0[0, 1..<4] as Tensor
      }
      expect("subscript [..., 4...]: 4... is outside of 0..<3, axis 1") { _ = $0[..., 4...] as Tensor }
      expect("subscript [0, 0, 0]: 3 indices for the 2 dimensions of the shape [2, 3]") { _ = $0[0, 0, 0] as Tensor }
      expect("subscript [..., ...]: more than one ellipsis") { _ = $0[.ellipsis, .ellipsis] as Tensor }
      expect("subscript [stride [0, 2, 4]]: stride [0, 2, 4] is outside of 0..<2, axis 0") {
        _ = $0[stride(from: 0, to: 6, by: 2)] as Tensor
      }
      expect("subscript [0]: 3 elements of the shape [2, 3], where one number is wanted") { _ = $0[0] as Double }
      expect("subscript [0] =: [2] of float32 does not fit the part [3] of float32, of the shape [2, 3]") {
        $0[0] = Tensor(zeros: [2])
      }
      expect("subscript [0] =: [3] of float64 does not fit the part [3] of float32") {
        $0[0] = Tensor(zeros: [3], element: .float64)
      }
      expect("subscript [.all, 0] of a tensor of the shape [2, 3], which is not in one piece: bfloat16 only keeps") {
        _ = $0.converted(to: .bfloat16)[.all, 0] as Tensor
      }
      expect("subscript [3]: place 3 is outside of 0..<2, axis 0 of the shape [2, 3]") { _ = Tape().constant($0)[3] }
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }
}
