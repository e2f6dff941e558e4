import CLatentKernels
import CTestSupport
import LatentKernels
import Testing

/// The packed product of every instruction set against three plain loops. The operands are whole numbers, so that both
/// are exact and every bit must agree, those between and after the result's rows included.
@Suite struct ProductKernelTests {
  static let sets = InstructionSet.withOwnLoops

  /// Around the widths of all panels: 4 to 32 columns.
  static let columns = Array(1...70) + [255, 257]

  /// One product: its sizes, and the operands in memory whose end is guarded.
  private struct Case {
    let table: latent_ops
    let element: ElementType
    let m: Int, n: Int, k: Int
    let aStride: Int, bStride: Int, cStride: Int
    let bTransposed: Bool
    let a: GuardedArray
    let b: GuardedArray

    init(
      _ set: InstructionSet, _ element: ElementType, m: Int, n: Int, k: Int, gap: Int, bTransposed: Bool = false
    ) {
      table = Operations.table(for: element, set: set).pointee
      self.element = element
      (self.m, self.n, self.k, self.bTransposed) = (m, n, k, bTransposed)
      let (bRows, bColumns) = bTransposed ? (n, k) : (k, n)
      (aStride, bStride, cStride) = (k + gap, bColumns + 2 * gap, n + 3 * gap)
      a = GuardedArray(wholeNumbers: max(0, (m - 1) * aStride + k), element, seed: m + 3 * k)
      b = GuardedArray(wholeNumbers: max(0, (bRows - 1) * bStride + bColumns), element, seed: n + 5 * k)
    }

    /// C before the product: numbers to add to, or what must not be read.
    func result(accumulating: Bool) -> GuardedArray {
      let count = max(0, (m - 1) * cStride + n)
      return accumulating
        ? GuardedArray(wholeNumbers: count, element, seed: 7) : GuardedArray(count: count, element, filledWith: .nan)
    }

    /// What C should be, from B's rows from `first` on.
    func plain(accumulating: Bool, first: Int = 0, depth: Int? = nil) -> GuardedArray {
      let c = result(accumulating: accumulating)
      ctest_product(
        element == .float64 ? 1 : 0, 0, bTransposed ? 1 : 0, m, n, depth ?? k, a.pointer, aStride,
        b.pointer + first * (bTransposed ? 1 : bStride) * element.size, bStride, accumulating ? 1 : 0, c.pointer,
        cStride)
      return c
    }

    /// B, packed in two parts of `split` and more rows.
    func packed(split: Int = 0) -> GuardedArray {
      let packed = GuardedArray(count: table.packed_count(k, n), element, filledWith: .nan)
      let flag: Int32 = bTransposed ? 1 : 0
      table.pack(b.pointer, split, n, bStride, flag, packed.pointer, k, 0)
      let rest = b.pointer + split * (bTransposed ? 1 : bStride) * element.size
      table.pack(rest, k - split, n, bStride, flag, packed.pointer, k, split)
      return packed
    }

    /// The packed product with A's first `depth` columns and B's rows from `first` on.
    func packedProduct(_ packed: GuardedArray, accumulating: Bool, first: Int = 0, depth: Int? = nil) -> GuardedArray {
      let c = result(accumulating: accumulating)
      table.multiply_packed(
        a.pointer, m, depth ?? k, aStride, packed.pointer, k, first, c.pointer, n, cStride, accumulating ? 1 : 0)
      return c
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func allWidthsAndHeights(_ set: InstructionSet, _ element: ElementType) {
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

  /// Depths around the block of 512 rows; B packed from itself or its transpose, in one part or two.
  @Test(arguments: sets, ElementType.computing)
  func depths(_ set: InstructionSet, _ element: ElementType) {
    let sizes = [
      (1, 33), (2, 5), (3, 64), (15, 17), (16, 8), (17, 40), (33, 31), (511, 9), (512, 32), (513, 47), (1030, 17),
    ]
    for (k, n) in sizes {
      for m in [1, 5, 13] {
        for bTransposed in [false, true] {
          let product = Case(set, element, m: m, n: n, k: k, gap: m % 4, bTransposed: bTransposed)
          let packed = product.packed(split: k / 3 * (m % 3))
          for accumulating in [false, true] {
            let matches = product.packedProduct(packed, accumulating: accumulating)
              .hasSameBits(as: product.plain(accumulating: accumulating))
            #expect(matches, "\(set) \(element) [\(m), \(k)] by [\(k), \(n)], transposed \(bTransposed)")
          }
        }
      }
    }
  }

  /// The LSTM's first step uses the last rows of its stacked weights only.
  @Test(arguments: sets, ElementType.computing)
  func laterRowsOfThePackedOperand(_ set: InstructionSet, _ element: ElementType) {
    for (k, first, depth) in [(7, 3, 4), (7, 0, 3), (7, 7, 0), (600, 23, 560), (1030, 515, 515)] {
      let product = Case(set, element, m: 5, n: 37, k: k, gap: 1)
      let matches = product.packedProduct(product.packed(), accumulating: false, first: first, depth: depth)
        .hasSameBits(as: product.plain(accumulating: false, first: first, depth: depth))
      #expect(matches, "\(set) \(element) rows \(first)..<\(first + depth) of \(k)")
    }
  }

  /// Nothing to add up: C is cleared, or stays as it is. No rows or columns: nothing is touched.
  @Test(arguments: sets, ElementType.computing)
  func emptyProducts(_ set: InstructionSet, _ element: ElementType) {
    for (m, n, k) in [(5, 33, 0), (0, 33, 4), (5, 0, 4), (0, 0, 0), (1, 1, 0)] {
      for accumulating in [false, true] {
        let product = Case(set, element, m: m, n: n, k: k, gap: 2)
        let matches = product.packedProduct(product.packed(), accumulating: accumulating)
          .hasSameBits(as: product.plain(accumulating: accumulating))
        #expect(matches, "\(set) \(element) [\(m), \(k)] by [\(k), \(n)], \(accumulating)")
      }
    }
  }
}
