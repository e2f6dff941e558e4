import CLatentKernels
import LatentKernels
import TestSupport
import Testing

/// Loops over strides, in pieces, against an index for each element.
@Suite struct StridedKernelTests {
  static let sets = InstructionSet.withOwnLoops

  /// A shape with the strides of two operands, and how many elements each of them has.
  private struct Layout {
    var shape: [Int], first: [Int], second: [Int]
    var firstCount = 0, secondCount = 0

    /// Dimensions in any order in memory, with gaps now and then, and repeated where `repeating` allows it.
    init(_ sample: inout SampleValues, repeating: (first: Bool, second: Bool)) {
      let rank = sample.whole(0...4)
      shape = (0..<rank).map { $0 + 2 < rank ? sample.whole(1...3) : sample.whole(1...40) }
      (first, firstCount) = Layout.strides(shape, &sample, repeating.first)
      (second, secondCount) = Layout.strides(shape, &sample, repeating.second)
    }

    static func strides(_ shape: [Int], _ sample: inout SampleValues, _ isRepeated: Bool) -> ([Int], Int) {
      var order = Array(shape.indices)
      for place in order.indices { order.swapAt(place, sample.whole(0...order.count - 1)) }
      var strides = [Int](repeating: 0, count: shape.count)
      var next = 1
      for place in order where !isRepeated || sample.whole(0...2) > 0 {
        strides[place] = next
        next *= shape[place]
        if sample.whole(0...5) == 0 { next += 3 }
      }
      return (strides, zip(strides, shape).reduce(1) { $0 + $1.0 * ($1.1 - 1) })
    }

    var count: Int { shape.reduce(1, *) }

    /// Where element `index` of the whole is in the operands.
    func places(_ index: Int) -> (Int, Int) {
      var (rest, a, b) = (index, 0, 0)
      for place in shape.indices.reversed() {
        a += rest % shape[place] * first[place]
        b += rest % shape[place] * second[place]
        rest /= shape[place]
      }
      return (a, b)
    }
  }

  /// Cuts 0..<count anywhere.
  private func pieces(_ count: Int, _ sample: inout SampleValues) -> [Range<Int>] {
    let cuts = [0, count] + (0..<sample.whole(0...3)).map { _ in sample.whole(0...count) }
    let sorted = cuts.sorted()
    return zip(sorted, sorted.dropFirst()).map { $0..<$1 }
  }

  @Test(arguments: sets, ElementType.computing)
  func copies(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    var sample = SampleValues(seed: 1)
    for round in 0..<120 {
      let layout = Layout(&sample, repeating: (true, false))
      let x = GuardedArray(wholeNumbers: layout.firstCount, element, seed: round)
      let y = GuardedArray(wholeNumbers: layout.secondCount, element, seed: round + 1)
      var expected = y.values
      let values = x.values
      let accumulates = round % 2 == 0
      for index in 0..<layout.count {
        let (from, to) = layout.places(index)
        expected[to] = accumulates ? expected[to] + values[from] : values[from]
      }
      for piece in pieces(layout.count, &sample) {
        table.strided_copy(
          x.pointer, layout.first, y.pointer, layout.second, layout.shape, layout.shape.count, accumulates ? 1 : 0,
          piece.lowerBound, piece.count)
      }
      #expect(y.values == expected, "\(set) \(layout) accumulating \(accumulates)")
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func broadcasts(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    var sample = SampleValues(seed: 2)
    for round in 0..<120 {
      let layout = Layout(&sample, repeating: (true, true))
      let a = GuardedArray(wholeNumbers: layout.firstCount, element, seed: round)
      let b = GuardedArray(wholeNumbers: layout.secondCount, element, seed: round + 1)
      let y = GuardedArray(count: layout.count, element)
      let (x, z) = (a.values, b.values)
      let expected = (0..<layout.count).map { x[layout.places($0).0] - z[layout.places($0).1] }
      for piece in pieces(layout.count, &sample) {
        table.broadcast(
          latent_subtract, a.pointer, layout.first, b.pointer, layout.second, y.pointer, layout.shape,
          layout.shape.count, piece.lowerBound, piece.count)
      }
      #expect(y.values == expected, "\(set) \(layout)")
    }
  }

  /// The merging of dimensions, and shapes repeated by NumPy's rule.
  @Test func repeatedShapes() {
    var sample = SampleValues(seed: 3)
    for round in 0..<200 {
      let rank = sample.whole(0...4)
      let shape = (0..<rank).map { _ in sample.whole(1...5) }
      func operand(_ seed: Int) -> (shape: [Int], values: Storage) {
        let own = shape.suffix(sample.whole(0...rank)).map { sample.whole(0...2) == 0 ? 1 : $0 }
        let storage = Storage(count: own.reduce(1, *), element: .float64)
        storage.assign(sample.numbers(storage.count))
        return (own, storage)
      }
      let (a, b) = (operand(round), operand(round + 1))
      let (left, right) = (PlainTensor(a.values.doubles(), a.shape), PlainTensor(b.values.doubles(), b.shape))
      let y = Storage(count: shape.reduce(1, *), element: .float64)
      y.assign(.subtract, a.values, of: a.shape, b.values, of: b.shape, shape: shape)
      let difference = PlainTensor(shape) { left.broadcast($0) - right.broadcast($0) }
      #expect(y.doubles() == difference.values, "\(a.shape) - \(b.shape) over \(shape)")
      y.assign(a.values, of: a.shape, repeatedTo: shape)
      #expect(y.doubles() == PlainTensor(shape) { left.broadcast($0) }.values, "\(a.shape) to \(shape)")
      y.assign(a.values, of: a.shape, repeatedTo: shape, accumulating: true)
      #expect(y.doubles() == PlainTensor(shape) { 2 * left.broadcast($0) }.values, "\(a.shape) twice to \(shape)")
    }
  }

  @Test(arguments: ElementType.computing)
  func numbers(_ element: ElementType) {
    let x = Storage(count: 5, element: element)
    x.assign([1, -2, 4, 0.5, 8])
    let y = Storage(count: 5, element: element)
    y.assign(.subtract, x, 0.25)
    #expect(y.doubles() == [0.75, -2.25, 3.75, 0.25, 7.75])
    y.assign(.divide, 2, x)
    #expect(y.doubles() == [2, -1, 0.5, 4, 0.25])
    y.assign(.maximum, y, 0.5)
    #expect(y.doubles() == [2, 0.5, 0.5, 4, 0.5])
    y.addProduct(x, y)
    #expect(y.doubles() == [4, -0.5, 2.5, 6, 4.5])
  }
}
