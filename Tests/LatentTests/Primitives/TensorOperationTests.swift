import Latent
import Testing

/// Operations of tensors at their edges: many elements, infinities and NaN, corners and ties.
@Suite struct TensorOperationTests {
  /// A float sum in float would be wrong in the third digit.
  @Test(arguments: [[1_000_000], [1, 1_000_000, 1], [1_000_000, 3]])
  func aMillionValues(_ shape: [Int]) {
    let x = Tape().constant(Tensor(repeating: 0.1, shape: shape))
    let axis = shape.firstIndex(of: 1_000_000)!
    for mean in x.mean(axes: [axis]).tensor.values { #expect(abs(mean / 0.1 - 1) < 1e-6) }
  }

  @Test func infinitiesAndNaN() {
    let tape = Tape()
    func values(_ x: [Double]) -> Variable { tape.constant(Tensor(x, shape: [x.count])) }
    #expect(values([1, .nan, 2]).max().scalar.isNaN)
    #expect(values([.nan, 1]).min().scalar.isNaN)
    let largest = Variable.maximum(values([.nan, 1]), values([1, .nan])).tensor.values
    #expect(largest.allSatisfy { $0.isNaN })
    #expect(values([-.infinity, -.infinity]).logSumExp().scalar == -.infinity)
    #expect(values([-.infinity, 0]).logSumExp().scalar == 0)
    #expect(abs(values([1000, 1000]).logSumExp().scalar - 1000.6931) < 1e-3)
    #expect(values([1, 0]).select(values([3, .nan]), values([.nan, 4])).tensor.values == [3, 4])
    #expect(values([]).sum().scalar == 0)
  }

  private func slopes(_ x: [Double], _ function: (Variable) -> Variable) -> [Double] {
    gradient(at: Tensor(x, shape: [x.count], element: .float64)) { function($0).sum() }.values
  }

  /// Where an element is no extreme alone, all of them share; where two operands are equal, the first gets all.
  @Test func ties() {
    #expect(slopes([3, 1, 3, 3, 0, 3]) { $0.max() } == [0.25, 0, 0.25, 0.25, 0, 0.25])
    #expect(slopes([3, 1, 3, 3, 1, 3]) { $0.min() } == [0, 0.5, 0, 0, 0.5, 0])
    let functions: [(Variable, Variable) -> Variable] = [Variable.maximum, Variable.minimum]
    for function in functions {
      let pair = Tensor([2, 2], shape: [2], element: .float64)
      let gradients = valueWithGradient(at: [pair, pair]) { function($0[0], $0[1]).sum() }.gradients
      #expect(gradients[0].values == [1, 1] && gradients[1].values == [0, 0])
    }
  }

  @Test func corners() {
    #expect(slopes([-1, 0, 1]) { $0.relu() } == [0, 0, 1])
    #expect(slopes([-1, 0, 1]) { $0.abs() } == [-1, 0, 1])
    #expect(slopes([-3, -2, 0, 2, 3]) { $0.clipped(to: -2...2) } == [0, 1, 1, 1, 0])
    let targets = Tensor([0, 1, 0.5], shape: [3], element: .float64)
    #expect(slopes([0, 1, 0.5]) { 3 * binaryCrossEntropy(probabilities: $0, targets: targets) } == [0, 0, 0])
  }
}
