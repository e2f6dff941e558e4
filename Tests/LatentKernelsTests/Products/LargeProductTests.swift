import CLatentKernels
import CTestSupport
import LatentKernels
import Testing

/// Products that are taken in parts: more rows than stay near for all panels, more columns than panels stay near. The operands are whole
/// numbers, so that every order of a sum is exact and every bit must agree with a plain loop's; memory ends where matrices do.
@Suite struct LargeProductTests {
  static let m = 300, k = 700, n = 800

  private struct Operands {
    let a: GuardedArray, b: GuardedArray, c: GuardedArray, expected: GuardedArray

    init(_ element: ElementType) {
      let (m, k, n) = (LargeProductTests.m, LargeProductTests.k, LargeProductTests.n)
      a = GuardedArray(wholeNumbers: m * k, element, seed: 1)
      b = GuardedArray(wholeNumbers: k * n, element, seed: 2)
      c = GuardedArray(wholeNumbers: m * n, element, seed: 3)
      expected = c.copy()
      ctest_product(
        element == .float64 ? 1 : 0, 0, 0, m, n, k, a.pointer, k, b.pointer, n, 1, expected.pointer, n)
    }
  }

  @Test(arguments: ElementType.computing) func packed(_ element: ElementType) {
    let (m, k, n) = (Self.m, Self.k, Self.n)
    let operands = Operands(element)
    for set in InstructionSet.withOwnLoops {
      let table = Operations.table(for: element, set: set).pointee
      let packed = GuardedArray(count: table.packed_count(k, n), element, filledWith: .nan)
      table.pack(operands.b.pointer, k, n, n, 0, packed.pointer, k, 0)
      let c = operands.c.copy()
      table.multiply_packed(operands.a.pointer, m, k, k, packed.pointer, k, 0, c.pointer, n, n, 1)
      #expect(c.hasSameBits(as: operands.expected), "\(set)")
    }
  }

  /// A as floats, and as bfloat16 already.
  @Test(arguments: [Precision.pairs, .tiles]) func mixed(_ order: Precision) {
    let (m, k, n) = (Self.m, Self.k, Self.n)
    let operands = Operands(.float32)
    for loops in MixedProductTests.sets(of: order) {
      let table = loops.products
      let rows = loops.packedRows(k)
      var packed = [UInt16](repeating: 0x7fc0, count: table.packed_count(k, n))
      table.pack(operands.b.pointer.assumingMemoryBound(to: Float.self), k, n, n, 0, &packed, rows, 0)
      var narrow = [UInt16](repeating: 0, count: m * k)
      loops.narrow(operands.a.pointer.assumingMemoryBound(to: Float.self), &narrow, m * k)
      for isNarrow in [false, true] {
        let c = operands.c.copy()
        narrow.withUnsafeBytes {
          table.multiply_packed(
            isNarrow ? $0.baseAddress! : UnsafeRawPointer(operands.a.pointer), isNarrow ? 1 : 0, m, k, k, packed, rows,
            0, c.pointer.assumingMemoryBound(to: Float.self), n, n, 1)
        }
        #expect(c.hasSameBits(as: operands.expected), "\(loops.set), bfloat16 \(isNarrow)")
      }
    }
  }
}
