import CLatentKernels
import LatentKernels
import TestSupport
import Testing

/// Products of bfloat16 of every instruction set, in both orders, against a plain loop: the same bits, whether an operand is float32 or rounded
/// already. SSE2, whose multiply-adds round twice, is outside of that.
@Suite struct MixedProductTests {
  static let sets = InstructionSets.mixed.flatMap { set in [Precision.pairs, .tiles].map { Loops(set: set, order: $0) }
  }

  static func sets(of order: Precision) -> [Loops] { sets.filter { $0.order == order } }

  struct Loops: Sendable, CustomTestStringConvertible {
    let set: InstructionSet, order: Precision
    var testDescription: String { "\(order), \(set)" }
    /// Terms of a sum that are taken at a time.
    var group: Int { order == .pairs ? 2 : 32 }
    /// Rows that B takes when it is packed: whole groups.
    func packedRows(_ k: Int) -> Int { (k + group - 1) / group * group }
    var products: latent_mixed_products { Operations.products(order, set: set)!.pointee }
    var narrow: (UnsafePointer<Float>, UnsafeMutablePointer<UInt16>, Int) -> Void {
      Operations.mixedTable(set: set).pointee.narrow
    }
  }

  /// Terms that a packed product and one of tall matrices take at a time.
  static let packedDepth = 576, tallDepth = 864

  struct Sizes: Sendable, CustomTestStringConvertible {
    let m: Int, n: Int, k: Int
    var testDescription: String { "\(m)x\(n)x\(k)" }
  }

  /// Around the blocks' rows, the panels' columns, odd numbers of terms, and one more than a depth.
  static let sizes: [Sizes] =
    [
      (1, 1, 1), (3, 5, 2), (8, 32, 16), (9, 33, 7), (5, 70, 31), (67, 17, 40), (13, 65, 577), (4, 8, 1153), (2, 3, 0),
      (270, 33, 9), (35, 2100, 3), (3, 1090, 35),
    ]
    .map { Sizes(m: $0.0, n: $0.1, k: $0.2) }

  private struct Case {
    let sizes: Sizes
    let loops: Loops
    let table: latent_mixed_products
    let a: [Float], b: [Float], c: [Float]

    init(_ loops: Loops, _ sizes: Sizes) {
      (self.sizes, self.loops, table) = (sizes, loops, loops.products)
      var sample = SampleValues(seed: 3)
      func floats(_ count: Int) -> [Float] { sample.numbers(count).map(Float.init) }
      (a, b, c) = (floats(sizes.m * sizes.k), floats(sizes.k * sizes.n), floats(sizes.m * sizes.n))
    }

    func expected(depth: Int, accumulating: Bool) -> [Float] {
      (0..<sizes.m).flatMap { i in
        (0..<sizes.n).map { j in
          let (left, right) = ({ a[i * sizes.k + $0] }, { b[$0 * sizes.n + j] })
          let start = accumulating ? c[i * sizes.n + j] : nil
          return loops.order == .pairs
            ? PlainPairs.product(left, right, terms: sizes.k, depth: depth, adding: start)
            : PlainPairs.tileProduct(left, right, terms: sizes.k, adding: start)
        }
      }
    }

    /// A's rows as bfloat16, an even number of elements each.
    func narrow(_ values: [Float], rows: Int, columns: Int) -> (bits: [UInt16], stride: Int) {
      let stride = (columns + 1) & ~1
      var bits = [UInt16](repeating: 0, count: rows * stride + 2)
      for row in 0..<rows {
        bits.withUnsafeMutableBufferPointer { to in
          values.withUnsafeBufferPointer { from in
            if columns > 0 { loops.narrow(from.baseAddress! + row * columns, to.baseAddress! + row * stride, columns) }
          }
        }
      }
      return (bits, stride)
    }

    func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
      (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
    }
  }

  static func expect(_ found: [Float], _ expected: [Float], _ what: String) {
    let differing = zip(found, expected).count { $0.bitPattern != $1.bitPattern }
    #expect(differing == 0 && found.count == expected.count, "\(what): \(differing) of \(expected.count) differ")
  }

  @Test(arguments: sets, sizes) func packed(_ loops: Loops, _ sizes: Sizes) {
    let product = Case(loops, sizes)
    let (m, n, k) = (sizes.m, sizes.n, sizes.k)
    let table = product.table
    // B begins behind a group of what is packed.
    let group = loops.group
    let rows = group + loops.packedRows(k)
    for isTransposed in [false, true] {
      var packed = [UInt16](repeating: 0x7fc0, count: table.packed_count(rows, n))
      let right = isTransposed ? product.transposed(product.b, rows: k, columns: n) : product.b
      table.pack(right + [0], k, n, isTransposed ? k : n, isTransposed ? 1 : 0, &packed, rows, group)
      for accumulating in [false, true] {
        let expected = product.expected(depth: Self.packedDepth, accumulating: accumulating)
        var c = accumulating ? product.c : [Float](repeating: .nan, count: m * n)
        table.multiply_packed(product.a + [0], 0, m, k, k, packed, rows, group, &c, n, n, accumulating ? 1 : 0)
        Self.expect(c, expected, "floats, transposed \(isTransposed), adding \(accumulating)")
        let (bits, stride) = product.narrow(product.a, rows: m, columns: k)
        c = accumulating ? product.c : [Float](repeating: .nan, count: m * n)
        table.multiply_packed(bits, 1, m, k, stride, packed, rows, group, &c, n, n, accumulating ? 1 : 0)
        Self.expect(c, expected, "bfloat16, transposed \(isTransposed), adding \(accumulating)")
      }
    }
  }

  @Test(arguments: sets, sizes) func small(_ loops: Loops, _ sizes: Sizes) {
    let product = Case(loops, sizes)
    let (m, n, k) = (sizes.m, sizes.n, sizes.k)
    let expected = product.expected(depth: Self.packedDepth, accumulating: true)
    for (isLeftTransposed, isRightTransposed) in [(false, false), (false, true), (true, false), (true, true)] {
      let left = isLeftTransposed ? product.transposed(product.a, rows: m, columns: k) : product.a
      let right = isRightTransposed ? product.transposed(product.b, rows: k, columns: n) : product.b
      var c = product.c
      product.table.multiply_strided(
        left + [0], m, k, isLeftTransposed ? 1 : k, isLeftTransposed ? m : 1, right + [0], n,
        isRightTransposed ? k : n, isRightTransposed ? 1 : 0, &c, n, 1)
      Self.expect(c, expected, "transposed \(isLeftTransposed), \(isRightTransposed)")
    }
  }

  /// The rows of the result in two parts.
  @Test(arguments: sets, sizes) func tall(_ loops: Loops, _ sizes: Sizes) {
    let product = Case(loops, sizes)
    let (m, n, k) = (sizes.m, sizes.n, sizes.k)
    let expected = product.expected(depth: Self.tallDepth, accumulating: true)
    let left = product.transposed(product.a, rows: m, columns: k)
    let (leftBits, leftStride) = product.narrow(left, rows: k, columns: m)
    let (rightBits, rightStride) = product.narrow(product.b, rows: k, columns: n)
    for (isLeftNarrow, isRightNarrow) in [(false, false), (true, true), (true, false)] {
      let split = m / 2
      var (upper, lower) = (Array(product.c[..<(split * n)]), Array(product.c[(split * n)...]))
      var pairs = [UInt32](repeating: 0, count: Int(LATENT_PAIRS_ROOM))
      (left + [0]).withUnsafeBytes { floats in
        leftBits.withUnsafeBytes { bits in
          (product.b + [0]).withUnsafeBytes { rightFloats in
            rightBits.withUnsafeBytes { rightBits in
              product.table.multiply_transposed(
                (isLeftNarrow ? bits : floats).baseAddress!, isLeftNarrow ? 1 : 0, k, m, split,
                isLeftNarrow ? leftStride : m, (isRightNarrow ? rightBits : rightFloats).baseAddress!,
                isRightNarrow ? 1 : 0, n, isRightNarrow ? rightStride : n, &upper, 1, &lower, 1, &pairs)
            }
          }
        }
      }
      Self.expect(upper + lower, expected, "bfloat16 \(isLeftNarrow), \(isRightNarrow)")
    }
  }

  /// Every bfloat16 and the floats halfway to its neighbours and just beside them.
  @Test(arguments: InstructionSet.available) func rounding(_ set: InstructionSet) {
    let table = Operations.mixedTable(set: set).pointee
    let floats = (UInt32(0)...0xffff).flatMap { upper in
      [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff].map { Float(bitPattern: upper << 16 | $0) }
    }
    var bits = [UInt16](repeating: 0, count: floats.count)
    table.narrow(floats, &bits, floats.count)
    let back = bits.map { Float(bitPattern: UInt32($0) << 16) }
    for (x, y) in zip(floats, back) {
      let expected = PlainPairs.rounded(x)
      guard y.bitPattern != expected.bitPattern, !(x.isNaN && y.isNaN) else { continue }
      Issue.record("\(set): \(x) became \(y), not \(expected)")
      return
    }
    // In place, as a row of gradients is rounded.
    for count in [1, 15, 16, 17, 100] {
      var values = Array(floats[20_000..<20_000 + count])
      values.withUnsafeMutableBytes {
        table.narrow(
          $0.baseAddress!.assumingMemoryBound(to: Float.self), $0.baseAddress!.assumingMemoryBound(to: UInt16.self),
          count)
      }
      let found = values.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)[..<count]) }
      #expect(found == Array(bits[20_000..<20_000 + count]))
    }
  }

  /// Products and sums below 2^-126 are 0 with all sets: what AVX512_BF16 and AMX make of them, and other sets on threads that flush.
  @Test(arguments: [Precision.pairs, .tiles]) func smallNumbersAreTheSame(_ order: Precision) {
    let results = Self.sets(of: order).map { loops in
      let table = loops.products
      let state = latent_flush_denormals()
      defer { latent_restore_denormals(state) }
      let (m, n, k) = (8, 32, 64)
      var sample = SampleValues(seed: 5)
      // Of very different sizes: some sums vanish, others do not.
      let a = sample.numbers(m * k).enumerated().map {
        Float(sign: .plus, exponent: -58 - $0 / k, significand: Float($1))
      }
      let b = sample.numbers(k * n).enumerated().map {
        Float(sign: .plus, exponent: -60 - $0 % n / 4, significand: Float($1))
      }
      var (packed, c) = (
        [UInt16](repeating: 0, count: table.packed_count(k, n)), [Float](repeating: .nan, count: m * n)
      )
      table.pack(b, k, n, n, 0, &packed, k, 0)
      table.multiply_packed(a, 0, m, k, k, packed, k, 0, &c, n, n, 0)
      return c.map(\.bitPattern)
    }
    #expect(results.allSatisfy { $0 == results[0] })
    #expect(results[0].contains { $0 & 0x7fff_ffff == 0 } && results[0].contains { $0 & 0x7fff_ffff != 0 })
  }
}
