import Latent
import TestSupport
import Testing

/// Sorting and places at their edges: ties, NaN, zeros of both signs, lines of all lengths.
@Suite struct OrderTests {
  private func values(_ x: [Double], _ element: ElementType = .float64, _ function: (Variable) -> Variable) -> [Double]
  {
    function(Tape().constant(Tensor(x, shape: [x.count], element: element))).tensor.values
  }

  /// Against Swift's sort, which is stable too: short lines are sorted otherwise than long ones.
  @Test(arguments: ElementType.computing, [1, 2, 47, 48, 49, 300, 5000])
  func lengths(_ element: ElementType, _ count: Int) {
    var sample = SampleValues(seed: count)
    for scale in [1.0, 1e-3, 1e30] {
      let x = Tensor((0..<count).map { _ in scale * Double(sample.whole(-50...50)) }, shape: [count], element: element)
      let rising = x.values.indices.sorted { x.values[$0] < x.values[$1] }
      let falling = x.values.indices.sorted { x.values[$0] > x.values[$1] }
      let y = Tape().constant(x)
      #expect(y.argsort().tensor.values == rising.map(Double.init), "\(scale)")
      #expect(y.argsort(descending: true).tensor.values == falling.map(Double.init), "\(scale)")
      #expect(y.sorted().tensor.values == rising.map { x.values[$0] })
      let (most, least) = (y.topK(count / 2), y.topK(count / 2, smallest: true))
      #expect(most.places.tensor.values == falling.prefix(count / 2).map(Double.init))
      #expect(least.places.tensor.values == rising.prefix(count / 2).map(Double.init))
      #expect(y.argmax().scalar == Double(falling[0]) && y.argmin().scalar == Double(rising[0]))
    }
  }

  @Test(arguments: ElementType.computing)
  func special(_ element: ElementType) {
    let x = [0, .infinity, -0.0, .nan, -.infinity, 1, 0, .nan]
    #expect(values(x, element) { $0.argsort() } == [4, 0, 2, 6, 5, 1, 3, 7])
    #expect(values(x, element) { $0.argsort(descending: true) } == [3, 7, 1, 5, 0, 2, 6, 4])
    #expect(values(x, element) { $0.argmax() } == [3] && values(x, element) { $0.argmin() } == [3])
    #expect(values([1, .nan] + [Double](repeating: 2, count: 40), element) { $0.argmax() } == [1])
    #expect(
      values([2, 2, 1, 1], element) { $0.argmax() } == [0] && values([2, 2, 1, 1], element) { $0.argmin() } == [2])
    // Both zeros keep their sign.
    #expect(values([0, -0.0, -1], element) { $0.sorted() }.map(\.sign) == [.minus, .plus, .minus])
  }

  /// Of many equal elements the first, wherever they are.
  @Test func firstOfMany() {
    for count in [15, 16, 17, 100] {
      for place in 0..<count {
        let x = (0..<count).map { $0 >= place && $0 % 3 == place % 3 ? 1.0 : 0 }
        #expect(values(x) { $0.argmax() } == [Double(place)])
        let columns = Tensor(x.flatMap { [$0, -$0] }, shape: [count, 2])
        let both = Tape().constant(columns)
        #expect(both.argmax(axis: 0).tensor.values[0] == Double(place))
        #expect(both.argmin(axis: 0).tensor.values[1] == Double(place))
      }
    }
  }

  /// Equal elements share no gradient: it goes to those that were taken.
  @Test func gradientsOfTies() {
    let x = Tensor([3, 1, 3, 3], shape: [4], element: .float64)
    #expect(gradient(at: x) { $0.topK(2).values.sum() }.values == [1, 0, 1, 0])
  }

  @Test func sums() {
    // Added in double: in float the sum would stay at 2^24.
    let x = Tape().constant(Tensor(repeating: 1, shape: [(1 << 24) + 64]))
    #expect(x.cumulativeSum().tensor.storage[(1 << 24) + 32..<(1 << 24) + 33].doubles() == [0x1p24 + 32])
    #expect(values([3, 0, 2]) { $0.cumulativeProduct() } == [3, 0, 0])
  }
}
