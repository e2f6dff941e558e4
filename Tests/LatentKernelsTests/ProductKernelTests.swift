import CLatentKernels
import CTestSupport
import LatentKernels
import Testing

/// The packed and the tall product of every instruction set against three plain loops. The operands are whole numbers, so
/// that both are exact and every bit must agree, those between and after the result's rows included.
@Suite struct ProductKernelTests {
  static let sets = InstructionSet.available

  /// Around the widths of all panels: 4 to 32 columns.
  static let columns = Array(1...70) + [255, 257]

  /// One product: its sizes, and the operands in memory whose end is guarded.
  private struct Case {
    let table: latent_ops
    let element: ElementType
    let m: Int, n: Int, k: Int
    let aStride: Int, bStride: Int, cStride: Int
    let aTransposed: Bool
    let a: GuardedArray
    let b: GuardedArray

    private var flag: Int32 { element == .float64 ? 1 : 0 }

    init(
      _ set: InstructionSet, _ element: ElementType, m: Int, n: Int, k: Int, gap: Int, aTransposed: Bool = false,
      bTransposed: Bool = false
    ) {
      table = Operations.table(for: element, set: set).pointee
      self.element = element
      (self.m, self.n, self.k, self.aTransposed) = (m, n, k, aTransposed)
      let (aRows, aColumns) = aTransposed ? (k, m) : (m, k)
      let (bRows, bColumns) = bTransposed ? (n, k) : (k, n)
      (aStride, bStride, cStride) = (aColumns + gap, bColumns + 2 * gap, n + 3 * gap)
      a = GuardedArray(wholeNumbers: max(0, (aRows - 1) * aStride + aColumns), element, seed: m + 3 * k)
      b = GuardedArray(wholeNumbers: max(0, (bRows - 1) * bStride + bColumns), element, seed: n + 5 * k)
    }

    func result() -> GuardedArray {
      GuardedArray(wholeNumbers: max(0, (m - 1) * cStride + n), element, seed: 7)
    }

    /// What C should be, with A and B from `first` on.
    func plain(accumulating: Bool, bTransposed: Bool = false, first: Int = 0, depth: Int? = nil) -> GuardedArray {
      let c = result()
      ctest_product(
        flag, aTransposed ? 1 : 0, bTransposed ? 1 : 0, m, n, depth ?? k, a.pointer, aStride,
        b.pointer + first * (bTransposed ? 1 : bStride) * element.size, bStride, accumulating ? 1 : 0, c.pointer, cStride)
      return c
    }

    /// B, packed.
    func packed(bTransposed: Bool = false) -> GuardedArray {
      let packed = GuardedArray(wholeNumbers: table.packed_count(k, n), element, seed: 9)
      table.pack(b.pointer, k, n, bStride, bTransposed ? 1 : 0, packed.pointer)
      return packed
    }

    /// The packed product with A's first `depth` columns and B's rows from `first` on.
    func packedProduct(_ packed: GuardedArray, accumulating: Bool, first: Int = 0, depth: Int? = nil) -> GuardedArray {
      let c = result()
      table.multiply_packed(
        a.pointer, m, depth ?? k, aStride, aTransposed ? 1 : 0, packed.pointer, k, first, c.pointer, n, cStride,
        accumulating ? 1 : 0)
      return c
    }

    /// A^T B, where A is transposed.
    func tallProduct(accumulating: Bool) -> GuardedArray {
      let c = result()
      let scratch = GuardedArray(wholeNumbers: table.tall_scratch_count(), element, seed: 11)
      table.multiply_tall(
        a.pointer, aStride, m, b.pointer, bStride, n, k, c.pointer, cStride, accumulating ? 1 : 0, scratch.pointer)
      return c
    }
  }

  @Test(arguments: sets, ElementType.allCases)
  func packedProducts(_ set: InstructionSet, _ element: ElementType) {
    for n in Self.columns {
      for m in n > 70 ? [1, 8, 20] : Array(1...20) {
        let product = Case(set, element, m: m, n: n, k: 5, gap: (m + n) % 3)
        let packed = product.packed()
        for accumulating in [false, true] {
          let matches = product.packedProduct(packed, accumulating: accumulating)
            .hasSameBits(as: product.plain(accumulating: accumulating))
          #expect(matches, "\(set) \(element) [\(m), 5] by [5, \(n)], accumulating \(accumulating)")
        }
      }
    }
  }

  /// Depths around the block of 512 rows, A plain and transposed, B packed from its transpose.
  @Test(arguments: sets, ElementType.allCases)
  func deepPackedProducts(_ set: InstructionSet, _ element: ElementType) {
    for (k, n) in [(1, 33), (15, 17), (16, 8), (17, 40), (511, 9), (512, 32), (513, 47), (1030, 17)] {
      for m in [1, 5, 13] {
        for (aTransposed, bTransposed) in [(false, false), (true, false), (false, true), (true, true)] {
          let product = Case(
            set, element, m: m, n: n, k: k, gap: m % 4, aTransposed: aTransposed, bTransposed: bTransposed)
          let packed = product.packed(bTransposed: bTransposed)
          for accumulating in [false, true] {
            let matches = product.packedProduct(packed, accumulating: accumulating)
              .hasSameBits(as: product.plain(accumulating: accumulating, bTransposed: bTransposed))
            #expect(
              matches, "\(set) \(element) [\(m), \(k)] by [\(k), \(n)], transposed \(aTransposed), \(bTransposed)")
          }
        }
      }
    }
  }

  /// The LSTM's first step uses the last rows of its stacked weights only.
  @Test(arguments: sets, ElementType.allCases)
  func laterRowsOfThePackedOperand(_ set: InstructionSet, _ element: ElementType) {
    for (k, first, depth) in [(7, 3, 4), (7, 0, 3), (7, 7, 0), (600, 23, 560), (1030, 515, 515)] {
      let product = Case(set, element, m: 5, n: 37, k: k, gap: 1)
      let matches = product.packedProduct(product.packed(), accumulating: false, first: first, depth: depth)
        .hasSameBits(as: product.plain(accumulating: false, first: first, depth: depth))
      #expect(matches, "\(set) \(element) rows \(first)..<\(first + depth) of \(k)")
    }
  }

  @Test(arguments: sets, ElementType.allCases)
  func tallProducts(_ set: InstructionSet, _ element: ElementType) {
    for n in Self.columns {
      for m in n > 70 ? [1, 8, 20] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 17, 20] {
        let product = Case(set, element, m: m, n: n, k: 6, gap: (m + n) % 3, aTransposed: true)
        let accumulating = (m + n) % 2 == 0
        let matches = product.tallProduct(accumulating: accumulating)
          .hasSameBits(as: product.plain(accumulating: accumulating))
        #expect(matches, "\(set) \(element) [6, \(m)]^T by [6, \(n)], accumulating \(accumulating)")
      }
    }
    for k in [1, 511, 512, 513, 1030] {
      for (m, n) in [(1, 1), (5, 17), (13, 33), (20, 64)] {
        for accumulating in [false, true] {
          let product = Case(set, element, m: m, n: n, k: k, gap: m % 4, aTransposed: true)
          let matches = product.tallProduct(accumulating: accumulating)
            .hasSameBits(as: product.plain(accumulating: accumulating))
          #expect(matches, "\(set) \(element) [\(k), \(m)]^T by [\(k), \(n)], accumulating \(accumulating)")
        }
      }
    }
  }

  /// Nothing to add up: C is cleared, or stays as it is. No rows or columns: nothing is touched.
  @Test(arguments: sets, ElementType.allCases)
  func emptyProducts(_ set: InstructionSet, _ element: ElementType) {
    for (m, n, k) in [(5, 33, 0), (0, 33, 4), (5, 0, 4), (0, 0, 0), (1, 1, 0)] {
      for accumulating in [false, true] {
        let packed = Case(set, element, m: m, n: n, k: k, gap: 2)
        let tall = Case(set, element, m: m, n: n, k: k, gap: 2, aTransposed: true)
        let packedMatches = packed.packedProduct(packed.packed(), accumulating: accumulating)
          .hasSameBits(as: packed.plain(accumulating: accumulating))
        let tallMatches = tall.tallProduct(accumulating: accumulating)
          .hasSameBits(as: tall.plain(accumulating: accumulating))
        #expect(packedMatches && tallMatches, "\(set) \(element) [\(m), \(k)] by [\(k), \(n)], \(accumulating)")
      }
    }
  }
}
