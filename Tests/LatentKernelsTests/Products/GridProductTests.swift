import CLatentKernels
import CTestSupport
import LatentKernels
import TestSupport
import Testing

/// Products through grids, of every instruction set, against the same product of a left operand written out as a matrix.
/// The operands are whole numbers, so that both are exact and every bit must agree; memory ends where the grids do.
@Suite struct GridProductTests {
  static let sets = InstructionSet.withOwnLoops

  /// A grid's counts and steps.
  struct Grid: Sendable, CustomStringConvertible {
    let counts: (Int, Int, Int), steps: (Int, Int, Int)

    var value: latent_grid { latent_grid(counts: counts, steps: steps) }
    var count: Int { counts.0 * counts.1 * counts.2 }
    var places: [Int] {
      (0..<count).map { index in
        index / counts.2 / counts.1 * steps.0 + index / counts.2 % counts.1 * steps.1 + index % counts.2 * steps.2
      }
    }
    /// Elements from the start to behind the last place.
    var extent: Int { (places.max() ?? -1) + 1 }
    var description: String { "\(counts) by \(steps)" }

    /// As many places, of rows of n elements with a gap after each and a larger one after each line.
    func rows(of n: Int) -> Grid {
      Grid(counts: counts, steps: (counts.1 * (counts.2 * (n + 1) + 2), counts.2 * (n + 1) + 2, n + 1))
    }
  }

  /// Rows and depths: single elements, none, patches of 3x3 with 1 and 33 channels at strides of 1 to 3, more than are
  /// looked up or multiplied at a time (512 rows; 288 and 864 steps).
  static let shapes: [(rows: Grid, depth: Grid)] = [
    (Grid(counts: (1, 1, 1), steps: (0, 0, 0)), Grid(counts: (1, 1, 1), steps: (0, 0, 1))),
    (Grid(counts: (2, 3, 5), steps: (63, 18, 2)), Grid(counts: (1, 0, 3), steps: (0, 9, 1))),
    (Grid(counts: (2, 3, 5), steps: (63, 9, 1)), Grid(counts: (1, 3, 3), steps: (0, 9, 1))),
    (Grid(counts: (1, 4, 3), steps: (0, 700, 66)), Grid(counts: (1, 3, 99), steps: (0, 400, 1))),
    (Grid(counts: (3, 19, 11), steps: (300, 15, 3)), Grid(counts: (1, 2, 17), steps: (0, 35, 1))),
    (Grid(counts: (1, 3, 6), steps: (0, 40, 1)), Grid(counts: (3, 20, 18), steps: (2500, 80, 4))),
  ]

  private func forEachCase(
    _ set: InstructionSet, _ element: ElementType,
    _ body: (latent_ops, _ rows: Grid, _ depth: Grid, _ n: Int, _ a: GuardedArray, _ accumulating: Bool, String) -> Void
  ) {
    let table = Operations.table(for: element, set: set).pointee
    for (rows, depth) in Self.shapes {
      let a = GuardedArray(
        wholeNumbers: rows.extent + max(depth.extent - 1, 0), element, seed: rows.count + 3 * depth.count)
      for n in rows.count * depth.count > 1000 ? [2, 33] : [1, 2, 3, 7, 15, 16, 17, 31, 32, 33, 64, 67] {
        for accumulating in [false, true] {
          body(
            table, rows, depth, n, a, accumulating,
            "\(set) \(element) rows \(rows), depth \(depth), n \(n), accumulating \(accumulating)")
        }
      }
    }
  }

  /// A [m, k], written out.
  private func matrix(_ a: GuardedArray, _ rows: Grid, _ depth: Grid) -> GuardedArray {
    let (values, steps) = (a.values, depth.places)
    return GuardedArray(rows.places.flatMap { row in steps.map { values[row + $0] } }, a.element)
  }

  /// C at its places, before or after the product of `left` and `right` was added, and what lies between.
  private func result(
    _ left: GuardedArray, _ right: GuardedArray, m: Int, n: Int, k: Int, _ rows: Grid, accumulating: Bool
  ) -> (before: GuardedArray, after: GuardedArray) {
    let count = rows.count == 0 ? 0 : rows.extent + n - 1
    let before = GuardedArray(wholeNumbers: count, left.element, seed: 7)
    let after = before.copy()
    var values = after.values
    let product = GuardedArray(count: m * n, left.element, filledWith: 0)
    ctest_product(
      left.element == .float64 ? 1 : 0, 0, 0, m, n, k, left.pointer, k, right.pointer, n, 0, product.pointer, n)
    let sums = product.values
    for (row, place) in rows.places.enumerated() {
      for column in 0..<n {
        values[place + column] = (accumulating ? values[place + column] : 0) + sums[row * n + column]
      }
    }
    after.values = values
    return (before, after)
  }

  @Test(arguments: sets, ElementType.computing)
  func packed(_ set: InstructionSet, _ element: ElementType) {
    forEachCase(set, element) { table, rows, depth, n, a, accumulating, name in
      let (m, k) = (rows.count, depth.count)
      let b = GuardedArray(wholeNumbers: k * n, element, seed: n)
      let packed = GuardedArray(count: table.packed_count(k, n), element, filledWith: .nan)
      table.pack(b.pointer, k, n, n, 0, packed.pointer, k, 0)
      let cRows = rows.rows(of: n)
      let (c, expected) = result(matrix(a, rows, depth), b, m: m, n: n, k: k, cRows, accumulating: accumulating)
      withUnsafePointers(rows, depth, cRows) {
        table.operands.multiply_grid(a.pointer, $0, $1, packed.pointer, n, c.pointer, $2, accumulating ? 1 : 0)
      }
      #expect(c.hasSameBits(as: expected), "\(name)")
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func narrow(_ set: InstructionSet, _ element: ElementType) {
    forEachCase(set, element) { table, rows, depth, n, a, accumulating, name in
      guard depth.steps.2 == 1, n <= 7 else { return }
      let (m, k) = (rows.count, depth.count)
      let b = GuardedArray(wholeNumbers: k * n, element, seed: n)
      let values = b.values
      let transpose = GuardedArray((0..<n).flatMap { column in (0..<k).map { values[$0 * n + column] } }, element)
      let cRows = rows.rows(of: n)
      let (c, expected) = result(matrix(a, rows, depth), b, m: m, n: n, k: k, cRows, accumulating: accumulating)
      withUnsafePointers(rows, depth, cRows) {
        table.operands.multiply_grid_narrow(
          a.pointer, $0, $1, transpose.pointer, n, c.pointer, $2, accumulating ? 1 : 0)
      }
      #expect(c.hasSameBits(as: expected), "\(name)")
    }
  }

  /// The same operands with rows and depth exchanged, too: a gradient has few rows and a great depth.
  @Test(arguments: sets, ElementType.computing)
  func transposed(_ set: InstructionSet, _ element: ElementType) {
    forEachCase(set, element) { table, first, second, n, a, accumulating, name in
      for (rows, depth) in [(first, second), (second, first)] where rows.count > 0 {
        let (m, k) = (rows.count, depth.count)
        let bRows = depth.rows(of: n)
        let b = GuardedArray(wholeNumbers: k == 0 ? 0 : bRows.extent + n - 1, element, seed: n)
        let values = b.values
        let dense = GuardedArray(bRows.places.flatMap { place in (0..<n).map { values[place + $0] } }, element)
        let cRows = Grid(counts: (1, 1, m), steps: (0, 0, n))
        let (c, expected) = result(matrix(a, rows, depth), dense, m: m, n: n, k: k, cRows, accumulating: accumulating)
        withUnsafePointers(rows, depth, bRows) {
          table.multiply_grid_transposed(a.pointer, $0, $1, b.pointer, $2, n, c.pointer, accumulating ? 1 : 0)
        }
        #expect(c.hasSameBits(as: expected), "\(name)")
      }
    }
  }

  /// Zeros on some sides or on none.
  @Test(arguments: sets, ElementType.computing)
  func padding(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    let images = 2
    for channels in [1, 7, 17, 33] {
      for (height, width, top, left, paddedHeight, paddedWidth) in [
        (1, 1, 0, 0, 1, 1), (3, 5, 1, 2, 6, 8), (3, 5, 0, 0, 4, 5), (2, 4, 2, 1, 4, 5), (4, 3, 0, 0, 4, 5),
      ] {
        var padding = latent_padding(
          height: height, width: width, channels: channels, top: top, left: left, padded_height: paddedHeight,
          padded_width: paddedWidth)
        var sample = SampleValues(seed: channels)
        let count = images * height * width * channels
        let x = GuardedArray(wholeNumbers: count, element, seed: 3)
        let y = GuardedArray(sample.numbers(count).map { max(0, $0) }, element)
        for output in [nil, y] {
          let padded = GuardedArray(count: images * paddedHeight * paddedWidth * channels, element, filledWith: .nan)
          table.operands.pad_images(
            &padding, x.pointer, output?.pointer, output == nil ? latent_linear : latent_relu, images, padded.pointer)
          let (values, outputs) = (x.values, output?.values)
          let expected = PlainTensor([images, paddedHeight, paddedWidth, channels]) { index in
            let (row, column) = (index[1] - top, index[2] - left)
            guard row >= 0, row < height, column >= 0, column < width else { return 0 }
            let place = ((index[0] * height + row) * width + column) * channels + index[3]
            return (outputs?[place] ?? 1) > 0 ? values[place] : 0
          }
          #expect(padded.values == expected.values, "\(set) \(element) \(padding)")
        }
      }
    }
  }
}

func withUnsafePointers(
  _ a: GridProductTests.Grid, _ b: GridProductTests.Grid, _ c: GridProductTests.Grid,
  _ body: (UnsafePointer<latent_grid>, UnsafePointer<latent_grid>, UnsafePointer<latent_grid>) -> Void
) {
  withUnsafePointer(to: a.value) { a in
    withUnsafePointer(to: b.value) { b in withUnsafePointer(to: c.value) { c in body(a, b, c) } }
  }
}
