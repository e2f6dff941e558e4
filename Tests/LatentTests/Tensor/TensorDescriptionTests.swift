import Latent
import Testing

/// How tensors are printed.
@Suite struct TensorDescriptionTests {
  @Test func small() {
    #expect("\(Tensor(2.5))" == "2.5")
    #expect("\(Tensor([1, 2, 3]))" == "[1.0, 2.0, 3.0]")
    #expect("\(Tensor([[1, -2], [30, 4]]))" == "[[ 1.0, -2.0],\n [30.0,  4.0]]")
    #expect("\(Tensor([0.1, 1 / 3.0, 2]))" == "[0.1000, 0.3333, 2.0000]")
    #expect("\(Tensor([0.25, 1.5]))" == "[0.25, 1.50]")
    #expect("\(Tensor([1e-7, 1.5]))" == "[1.0e-07, 1.5e+00]")
    #expect("\(Tensor([123_456_789, 0, -1.25e10], element: .float64))" == "[ 1.2346e+08,  0.0000e+00, -1.2500e+10]")
    #expect("\(Tensor([.nan, .infinity, -.infinity, 1]))" == "[ nan,  inf, -inf,  1.0]")
    #expect("\(Tensor(zeros: [2, 0]))" == "[[],\n []]  shape [2, 0] of float32")
    #expect("\(Tensor(zeros: [0]))" == "[]  shape [0] of float32")
    #expect("\(Tensor([1, 2]).converted(to: .bfloat16))" == "[1.0, 2.0]")
  }

  @Test func stacks() {
    let x = Tensor.arange(8).reshaped(to: [2, 2, 2])
    #expect("\(x)" == "[[[0.0, 1.0],\n  [2.0, 3.0]],\n\n [[4.0, 5.0],\n  [6.0, 7.0]]]")
    #expect(
      Tensor([[1, 2], [3, 4]], element: .float64).debugDescription
        == "Tensor([[1.0, 2.0],\n        [3.0, 4.0]], shape: [2, 2], element: .float64)")
  }

  @Test func large() {
    #expect(
      "\(Tensor.arange(2000))"
        == "[   0.0,    1.0,    2.0, ..., 1997.0, 1998.0, 1999.0]  shape [2000] of float32")
    let matrix = "\(Tensor.arange(4000).reshaped(to: [1000, 4]))".split(separator: "\n")
    #expect(matrix.count == 7)
    #expect(matrix[0] == "[[   0.0,    1.0,    2.0,    3.0],")
    #expect(matrix[3] == " ...,")
    #expect(matrix[6] == " [3996.0, 3997.0, 3998.0, 3999.0]]  shape [1000, 4] of float32")
  }

  /// Lines are cut at 80 columns.
  @Test func wide() {
    let lines = "\(Tensor.arange(100))".split(separator: "\n")
    #expect(lines.count == 8 && lines.allSatisfy { $0.count <= 80 })
    #expect(lines[0] == "[ 0.0,  1.0,  2.0,  3.0,  4.0,  5.0,  6.0,  7.0,  8.0,  9.0, 10.0, 11.0, 12.0,")
    #expect(lines[1].hasPrefix(" 13.0, 14.0,"))
  }

  @Test func variables() {
    let tape = Tape()
    let x = tape.constant(Tensor([[1, 2], [3, 4]]))
    #expect("\(x)" == "Variable([[1.0, 2.0],\n          [3.0, 4.0]], shape: [2, 2], element: .float32)")
    #expect("\(x.sum())" == "Variable(10.0, shape: [], element: .float32)")
    // A transposition is shown as it is, and is still one afterwards.
    let (turned, count) = (x.transposed(), tape.operationCount)
    #expect("\(turned)" == "Variable([[1.0, 3.0],\n          [2.0, 4.0]], shape: [2, 2], element: .float32)")
    #expect(tape.operationCount == count)
  }

  @Test func parametersAndBuffers() {
    let layer = BatchNorm(size: 3)
    #expect("\(layer.gamma)" == "Parameter [3] of float32")
    #expect("\(layer.frozen.gamma)" == "frozen Parameter [3] of float32")
    #expect("\(Buffer(Tensor(zeros: [2, 1], element: .float64)))" == "Buffer [2, 1] of float64")
  }
}
