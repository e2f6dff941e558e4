import CLatentKernels
import LatentKernels
import TestSupport
import Testing

/// Products through grids with bfloat16 operands, of every instruction set and in both orders, against a plain loop: the same bits. Where
/// tiles are read in place and where patches are put together first; memory ends where the grids do.
@Suite struct MixedGridTests {
  typealias Grid = GridProductTests.Grid
  typealias Loops = MixedProductTests.Loops

  struct Places: Sendable, CustomTestStringConvertible {
    let rows: Grid, depth: Grid
    var testDescription: String { "rows \(rows), depth \(depth)" }
  }

  /// Patches of `taps` rows and columns on images with some channels, `across` places to a line.
  static func patches(
    images: Int = 2, down: Int, across: Int, channels: Int, taps: (Int, Int), stride: Int = 1
  ) -> Places {
    let width = (across - 1) * stride + taps.1
    let (line, image) = (width * channels, ((down - 1) * stride + taps.0) * width * channels)
    return Places(
      rows: Grid(counts: (images, down, across), steps: (image, stride * line, stride * channels)),
      depth: Grid(counts: (1, taps.0, taps.1 * channels), steps: (0, line, 1)))
  }

  /// Lines of fewer places than a tile has rows, as many, a little more, and more than two tiles; an odd number of lines; few places, runs
  /// that end within sixteen pairs, odd numbers of channels, and no terms.
  static let places = [
    patches(down: 7, across: 7, channels: 64, taps: (2, 2)),
    patches(down: 3, across: 14, channels: 32, taps: (3, 3), stride: 2),
    patches(images: 1, down: 2, across: 16, channels: 32, taps: (1, 1)),
    patches(down: 2, across: 20, channels: 16, taps: (2, 2)),
    patches(images: 1, down: 3, across: 49, channels: 32, taps: (1, 2)),
    patches(images: 9, down: 1, across: 5, channels: 32, taps: (1, 3)),
    patches(images: 40, down: 3, across: 6, channels: 32, taps: (1, 1)),
    patches(down: 5, across: 3, channels: 32, taps: (2, 2)),
    patches(down: 3, across: 9, channels: 5, taps: (3, 3)),
    patches(down: 4, across: 8, channels: 12, taps: (3, 3), stride: 2),
    patches(images: 1, down: 2, across: 8, channels: 64, taps: (4, 5)),
    Places(rows: Grid(counts: (2, 3, 6), steps: (63, 18, 2)), depth: Grid(counts: (1, 0, 32), steps: (0, 9, 1))),
  ]

  /// A's numbers as bfloat16, the last of them before memory that must not be touched.
  private struct Operand {
    let values: [Float]
    private let memory: GuardedArray
    var pointer: UnsafeMutableRawPointer { memory.pointer + (memory.count * 4 - values.count * 2) }

    init(_ count: Int, seed: Int) {
      var sample = SampleValues(seed: seed)
      values = sample.numbers(count).map { PlainPairs.rounded(Float($0)) }
      memory = GuardedArray(count: (count + 1) / 2, .float32)
      for (index, value) in values.enumerated() {
        pointer.storeBytes(of: UInt16(value.bitPattern >> 16), toByteOffset: 2 * index, as: UInt16.self)
      }
    }
  }

  private func sum(
    _ order: Precision, _ a: [Float], _ b: (Int) -> Float, _ places: [Int], depth: Int, adding: Float?
  ) -> Float {
    order == .pairs
      ? PlainPairs.product({ a[places[$0]] }, b, terms: places.count, depth: depth, adding: adding)
      : PlainPairs.tileProduct({ a[places[$0]] }, b, terms: places.count, adding: adding)
  }

  @Test(arguments: [Precision.pairs, .tiles], places) func packed(_ order: Precision, _ places: Places) {
    let (rows, depth) = (places.rows, places.depth)
    let k = depth.count
    let a = Operand(rows.extent + max(depth.extent - 1, 0), seed: 3)
    for n in [3, 16, 33, 64] {
      var sample = SampleValues(seed: n)
      let b = sample.numbers(k * n).map { PlainPairs.rounded(Float($0)) }
      let results = rows.rows(of: n)
      let c = sample.numbers(results.extent + n - 1).map(Float.init)
      for isAccumulating in [false, true] {
        var expected = c
        for (row, place) in zip(rows.places, results.places) {
          let terms = depth.places.map { row + $0 }
          for j in 0..<n {
            expected[place + j] = sum(
              order, a.values, { b[$0 * n + j] }, terms, depth: MixedProductTests.packedDepth,
              adding: isAccumulating ? c[place + j] : nil)
          }
        }
        for loops in MixedProductTests.sets(of: order) {
          let table = loops.products
          var packed = [UInt16](repeating: 0x7fc0, count: table.packed_count(k, n))
          table.pack(b + [0], k, n, n, 0, &packed, loops.packedRows(k), 0)
          let found = GuardedArray(c.map(Double.init), .float32)
          withUnsafePointers(rows, depth, results) {
            table.multiply_grid(a.pointer, $0, $1, packed, n, found.pointer, $2, isAccumulating ? 1 : 0)
          }
          MixedProductTests.expect(
            found.values.map(Float.init), expected, "\(loops.set), n \(n), adding \(isAccumulating)")
        }
      }
    }
  }

  /// The gradient of a kernel: rows and depth exchanged.
  @Test(arguments: [Precision.pairs, .tiles], places.filter { $0.depth.count > 0 })
  func transposed(_ order: Precision, _ places: Places) {
    let (rows, depth) = (places.depth, places.rows)
    let a = Operand(rows.extent + depth.extent - 1, seed: 5)
    for n in [3, 33] {
      let bRows = depth.rows(of: n)
      let b = Operand(bRows.extent + n - 1, seed: 7)
      var sample = SampleValues(seed: n)
      let c = sample.numbers(rows.count * n).map(Float.init)
      for isAccumulating in [false, true] {
        let (depthPlaces, bPlaces) = (depth.places, bRows.places)
        let expected = rows.places.enumerated().flatMap { i, row in
          (0..<n).map { j in
            sum(
              order, a.values, { b.values[bPlaces[$0] + j] }, depthPlaces.map { row + $0 }, depth: 256,
              adding: isAccumulating ? c[i * n + j] : nil)
          }
        }
        let wide = GuardedArray(b.values.map(Double.init), .float32)
        for (loops, isNarrow) in MixedProductTests.sets(of: order).flatMap({ [($0, true), ($0, false)] }) {
          let found = GuardedArray(c.map(Double.init), .float32)
          withUnsafePointers(rows, depth, bRows) {
            loops.products.multiply_grid_transposed(
              a.pointer, $0, $1, isNarrow ? b.pointer : wide.pointer, isNarrow ? 1 : 0, $2, n,
              found.pointer.assumingMemoryBound(to: Float.self), isAccumulating ? 1 : 0)
          }
          MixedProductTests.expect(
            found.values.map(Float.init), expected,
            "\(loops.set), n \(n), bfloat16 \(isNarrow), adding \(isAccumulating)")
        }
      }
    }
  }
}
