import CLatentKernels
import CTestSupport
import LatentKernels
import Testing

/// C = A^T B of every instruction set against three plain loops over whole numbers, which are exact: every bit must
/// agree, in both results where A's columns are split, and no byte beside them may change.
@Suite struct TransposedProductTests {
  private func check(
    _ set: InstructionSet, _ element: ElementType, k: Int, m: Int, n: Int, split: Int, gap: Int = 1,
    accumulating: (upper: Bool, lower: Bool)
  ) {
    let type: Int32 = element == .float64 ? 1 : 0
    let (aStride, bStride) = (m + gap, n + 2 * gap)
    let a = GuardedArray(wholeNumbers: max(0, (k - 1) * aStride + m), element, seed: m + k)
    let b = GuardedArray(wholeNumbers: max(0, (k - 1) * bStride + n), element, seed: n + 2 * k)
    func result(_ rows: Int, _ accumulating: Bool) -> GuardedArray {
      accumulating
        ? GuardedArray(wholeNumbers: rows * n, element, seed: rows)
        : GuardedArray(count: rows * n, element, filledWith: .nan)
    }
    let (upper, lower) = (result(split, accumulating.upper), result(m - split, accumulating.lower))
    let (expectedUpper, expectedLower) = (upper.copy(), lower.copy())
    ctest_product(
      type, 1, 0, split, n, k, a.pointer, aStride, b.pointer, bStride, accumulating.upper ? 1 : 0,
      expectedUpper.pointer, n)
    ctest_product(
      type, 1, 0, m - split, n, k, a.pointer + split * element.size, aStride, b.pointer, bStride,
      accumulating.lower ? 1 : 0, expectedLower.pointer, n)
    let room = GuardedArray(count: Int(LATENT_COLUMNS_ROOM), element, filledWith: .nan)
    Operations.table(for: element, set: set).pointee.multiply_transposed(
      a.pointer, k, m, split, aStride, b.pointer, n, bStride, upper.pointer, accumulating.upper ? 1 : 0,
      split < m ? lower.pointer : nil, accumulating.lower ? 1 : 0, room.pointer)
    let name = "\(set) \(element) [\(k), \(m)]^T by [\(k), \(n)] split at \(split), accumulating \(accumulating)"
    #expect(upper.hasSameBits(as: expectedUpper), "\(name): upper")
    #expect(lower.hasSameBits(as: expectedLower), "\(name): lower")
  }

  /// More columns than are packed at a time, and splits at which the groups of both results meet.
  @Test(arguments: InstructionSet.withOwnLoops, ElementType.computing)
  func manyColumns(_ set: InstructionSet, _ element: ElementType) {
    for (m, split) in [(256, 255), (257, 257), (300, 13), (530, 261), (513, 512)] {
      check(set, element, k: 5, m: m, n: 33, split: split, gap: 1, accumulating: (true, false))
    }
    check(set, element, k: 870, m: 270, n: 3, split: 260, gap: 0, accumulating: (false, true))
  }

  /// Every number of rows and columns around the sizes of the micro-kernel's blocks.
  @Test(arguments: InstructionSet.withOwnLoops, ElementType.computing)
  func allWidthsAndHeights(_ set: InstructionSet, _ element: ElementType) {
    for n in Array(1...70) + [255] {
      for m in n > 70 ? [1, 19] : [1, 2, 3, 5, 7, 8, 13, 19] {
        check(set, element, k: 6, m: m, n: n, split: m, gap: n % 3, accumulating: (n % 2 == 0, false))
      }
    }
  }

  /// Depths around the blocks of 864 rows, of both results.
  @Test(arguments: InstructionSet.withOwnLoops, ElementType.computing)
  func depthsAndSplits(_ set: InstructionSet, _ element: ElementType) {
    for k in [1, 2, 31, 863, 864, 865, 1729] {
      for (m, split) in [(1, 1), (9, 4), (23, 16), (12, 0)] {
        for (upper, lower) in [(false, false), (true, false), (false, true), (true, true)] {
          check(set, element, k: k, m: m, n: 37, split: split, accumulating: (upper, lower))
        }
      }
    }
  }

  /// Nothing to add up: what is not added to is cleared. No columns: nothing is touched.
  @Test(arguments: InstructionSet.withOwnLoops, ElementType.computing)
  func emptyProducts(_ set: InstructionSet, _ element: ElementType) {
    for (k, m, n) in [(0, 9, 33), (4, 0, 33), (4, 9, 0), (0, 0, 0)] {
      for accumulating in [false, true] {
        check(set, element, k: k, m: m, n: n, split: m / 2, accumulating: (accumulating, !accumulating))
      }
    }
  }
}
