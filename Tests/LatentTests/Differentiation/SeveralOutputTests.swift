import Latent
import TestSupport
import Testing

/// Primitives with several outputs: one way back for all of them.
@Suite struct SeveralOutputTests {
  private func tensor(_ values: [Double]) -> Tensor {
    Tensor(values, shape: [values.count], element: .float64)
  }

  /// x -> (2 x, x^2, sum x): the way back runs once, whichever outputs have a gradient, and knows which.
  private func three(_ x: Variable, asked: @escaping ([Bool]) -> Void = { _ in }) -> [Variable] {
    let values = x.tensor.values
    let outputs = [values.map { 2 * $0 }, values.map { $0 * $0 }, [values.reduce(0, +)]].map { tensor($0) }
    return x.tape.record("three", inputs: [x], outputs: outputs) { backward in
      let upstream = (0..<3).map { backward.upstream(of: $0) }
      asked(upstream.map { $0 != nil })
      #expect(backward.upstream.values == upstream.compactMap { $0 }.first?.values)
      if let doubled = upstream[0] { backward.add(doubled, times: 2, to: 0) }
      if let square = upstream[1] {
        backward.add(tensor(zip(square.values, values).map { 2 * $0 * $1 }), to: 0)
      }
      if let sum = upstream[2] { backward.add(tensor(values.map { _ in sum.values[0] }), to: 0) }
    }
  }

  @Test(arguments: [[0], [1], [2], [0, 1], [0, 2], [1, 2], [2, 0, 1], []])
  func severalOutputs(_ used: [Int]) {
    let operands = Operands(["w": tensor([3, -2])])
    var asked: [[Bool]] = []
    let (_, gradients) = valueWithGradients(of: operands) { operands, tape in
      let outputs = three(operands("w", on: tape)) { asked.append($0) }
      #expect(outputs.map(\.shape) == [[2], [2], [1]])
      var loss = tape.constant(tensor([0])).sum()
      for output in used {
        let sum = outputs[output].sum()
        loss = loss + sum * sum
      }
      return loss
    }
    // The squares of 2 (a + b), of a^2 + b^2 and of a + b, with a = 3 and b = -2.
    let slopes: [[Double]] = [[8, 8], [156, -104], [2, 2]]
    let expected = used.reduce([0, 0]) { Plain.sum($0, slopes[$1]) }
    #expect(gradients["w"].values == expected)
    let known = (0..<3).map { used.contains($0) }
    #expect(asked == (used.isEmpty ? [] : [known]))
  }

  /// A further output may be the loss itself, or go where an earlier node reads it.
  @Test func furtherOutputs() {
    let operands = Operands(["w": tensor([3, -2])])
    let (value, gradients) = valueWithGradients(of: operands) { three($0("w", on: $1))[2] }
    #expect(value == 1 && gradients["w"].values == [1, 1])
    let (_, chained) = valueWithGradients(of: operands) { operands, tape in
      three(three(operands("w", on: tape))[1])[1].sum()  // w^4
    }
    #expect(chained["w"].values == [108, -32])  // 4 w^3
    // Not recorded: no variable has a gradient.
    let outputs = three(Tape().constant(tensor([1, 2])))
    #expect(outputs.map(\.tensor.values) == [[2, 4], [1, 4], [3]])
  }
}
