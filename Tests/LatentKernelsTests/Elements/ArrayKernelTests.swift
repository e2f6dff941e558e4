import CLatentKernels
import LatentKernels
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#endif

/// Arithmetic, sums, activations and the conversions of every instruction set against plain loops in double
/// precision.
@Suite struct ArrayKernelTests {
  static let sets = InstructionSet.withOwnLoops
  static let lengths = [0, 1, 3, 7, 15, 16, 17, 33, 64, 131]

  private func sample(_ n: Int, _ element: ElementType, seed: Int, _ range: ClosedRange<Double> = -2...2)
    -> GuardedArray
  {
    var sample = SampleValues(seed: seed)
    return GuardedArray(sample.numbers(n, range), element)
  }

  @Test(arguments: sets, ElementType.computing)
  func arithmetic(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    let tolerance = element == .float32 ? 1e-7 : 1e-15
    typealias Loop = (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
    let loops: [(String, Loop, (Double, Double) -> Double)] = [
      ("add", table.add, { $0 + $1 }), ("subtract", table.subtract, { $0 - $1 }),
      ("multiply", table.multiply, { $0 * $1 }), ("divide", table.divide, { $0 / $1 }),
    ]
    for n in Self.lengths {
      let (a, b) = (sample(n, element, seed: 1), sample(n, element, seed: 2, 0.5...2))
      let (x, y) = (a.values, b.values)
      for (name, loop, operation) in loops {
        let expected = (0..<n).map { operation(x[$0], y[$0]) }
        let result = GuardedArray(count: n, element)
        loop(a.pointer, b.pointer, result.pointer, n)
        #expect(maxRelativeError(result.values, expected) < tolerance, "\(name) \(set) n=\(n)")
        let (inPlaceA, inPlaceB) = (a.copy(), b.copy())
        loop(inPlaceA.pointer, b.pointer, inPlaceA.pointer, n)
        loop(a.pointer, inPlaceB.pointer, inPlaceB.pointer, n)
        #expect(inPlaceA.hasSameBits(as: result) && inPlaceB.hasSameBits(as: result), "\(name) in place \(set) n=\(n)")
      }
      for (alpha, beta) in [(0.75, 0.0), (-1, 1), (2, 0.5), (1, -1), (0, 1)] {
        let y = b.copy()
        if beta == 0 { y.values = [Double](repeating: .nan, count: n) }  // not to be read
        table.scale_add(alpha, a.pointer, beta, y.pointer, n)
        let expected = zip(x, b.values).map { alpha * $0 + beta * $1 }
        #expect(maxRelativeError(y.values, expected) < tolerance * 4, "scale_add \(alpha), \(beta) \(set) n=\(n)")
      }
      let filled = GuardedArray(count: n, element)
      table.fill(0.625, filled.pointer, n)
      #expect(filled.values == [Double](repeating: 0.625, count: n))
    }
  }

  /// Whole numbers add up exactly in any order; the ends of blocks are where an element could be lost or counted twice.
  @Test(arguments: sets, ElementType.computing)
  func sums(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    for n in Array(0...70) + [255, 256, 257, 300, 511, 512, 513, 769, 5000] {
      let x = GuardedArray(wholeNumbers: n, element, seed: n)
      #expect(table.sum(x.pointer, n) == x.values.reduce(0, +), "sum \(set) n=\(n)")
    }
    for (rows, columns) in [(0, 3), (1, 1), (3, 17), (4, 33), (5, 7), (8, 1), (9, 64), (14, 131)] {
      let x = GuardedArray(wholeNumbers: rows * columns, element, seed: rows)
      let expected = Plain.columnSums(x.values, columns: columns)
      for accumulate in [false, true] {
        let y = GuardedArray(count: columns, element, filledWith: accumulate ? 100 : .nan)
        table.operands.column_sums(x.pointer, rows, columns, columns, accumulate ? 1 : 0, y.pointer)
        #expect(y.values == expected.map { accumulate ? 100 + $0 : $0 }, "column_sums \(set) [\(rows), \(columns)]")
      }
    }
  }

  /// The sum of a long array is as exact as doubles are, and the same bits with every instruction set.
  @Test(arguments: ElementType.computing)
  func longSums(_ element: ElementType) {
    let x = sample(100_003, element, seed: 5)
    let exact = x.values.reduce(0, +)
    let results = Set(Self.sets.map { Operations.table(for: element, set: $0).pointee.sum(x.pointer, x.count) })
    #expect(results.count == 1)
    #expect(abs(results.first! - exact) < 1e-9)
  }

  @Test(arguments: sets, ElementType.computing)
  func finiteness(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    for n in Self.lengths where n > 0 {
      let x = GuardedArray(count: n, element, filledWith: element == .float32 ? 3e38 : 1e308)
      #expect(table.all_finite(x.pointer, n) == 1)
      for bad in [Double.nan, .infinity, -.infinity] {
        for index in Set([0, n / 2, n - 1]) {
          let damaged = x.copy()
          damaged.values[index] = bad
          #expect(table.all_finite(damaged.pointer, n) == 0, "\(bad) at \(index) of \(n)")
        }
      }
    }
    let nothing = GuardedArray([], element)
    #expect(table.all_finite(nothing.pointer, 0) == 1)
  }

  @Test(arguments: sets, ElementType.computing)
  func activations(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    let tolerance = element == .float32 ? 5e-7 : 1e-14
    let kinds: [(latent_activation, Plain.Activation)] = [
      (latent_linear, .linear), (latent_relu, .relu), (latent_sigmoid, .sigmoid), (latent_tanh, .tanh),
    ]
    for columns in [1, 7, 17, 33, 64] {
      let (y, bias) = (sample(3 * columns, element, seed: 1), sample(columns, element, seed: 2))
      let z = zip(y.values, 0...).map { $0 + bias.values[$1 % columns] }
      let upstream = sample(3 * columns, element, seed: 3)
      for (kind, plain) in kinds {
        let output = y.copy()
        table.bias_activation(output.pointer, bias.pointer, 3, columns, kind)
        #expect(maxRelativeError(output.values, z.map(plain.value)) < tolerance, "\(plain) \(set) [3, \(columns)]")
        // The derivative is that at the rounded output.
        let gradient = GuardedArray(count: 3 * columns, element)
        table.activation_backward(output.pointer, upstream.pointer, gradient.pointer, 3 * columns, kind)
        let expected = zip(upstream.values, z).map { $0 * plain.derivative($1) }
        #expect(maxRelativeError(gradient.values, expected) < tolerance * 4, "\(plain) backward \(set) \(columns)")
        let inPlace = upstream.copy()
        table.activation_backward(output.pointer, inPlace.pointer, inPlace.pointer, 3 * columns, kind)
        #expect(inPlace.hasSameBits(as: gradient), "\(plain) backward in place")
      }
    }
    // relu: no gradient at 0, and NaN is not hidden.
    let corner = GuardedArray([0, -0.0, .nan, -1, 2], element)
    let noBias = GuardedArray(count: 5, element, filledWith: 0)
    table.bias_activation(corner.pointer, noBias.pointer, 1, 5, latent_relu)
    #expect(corner.values[2].isNaN)
    #expect(corner.values[0] == 0 && corner.values[1] == 0 && corner.values[3] == 0 && corner.values[4] == 2)
    let (zeros, ones) = (GuardedArray([0, 0], element), GuardedArray([1, 1], element))
    table.activation_backward(zeros.pointer, ones.pointer, ones.pointer, 2, latent_relu)
    #expect(ones.values == [0, 0])
  }

  @Test(arguments: sets, ElementType.computing)
  func gatheringAndConverting(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    for columns in [1, 7, 17, 33, 64] {
      let pixels = (0..<5 * columns).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
      let indices: [Int64] = [4, 0, 2, 2]
      let batch = GuardedArray(count: 4 * columns, element)
      table.gather_bytes(pixels, indices, batch.pointer, 4, columns, 1.0 / 255)
      let expected = indices.flatMap { row in (0..<columns).map { Double(pixels[Int(row) * columns + $0]) / 255 } }
      #expect(maxRelativeError(batch.values, expected) < (element == .float32 ? 1.2e-7 : 1e-15), "\(set) \(columns)")
    }
    for n in Self.lengths {
      let x = sample(n, .float64, seed: n)
      let (rounded, back) = (GuardedArray(count: n, element), GuardedArray(count: n, .float64))
      table.from_double(x.pointer.assumingMemoryBound(to: Double.self), rounded.pointer, n)
      table.to_double(rounded.pointer, back.pointer.assumingMemoryBound(to: Double.self), n)
      #expect(rounded.values == x.values.map { element == .float32 ? Double(Float($0)) : $0 })
      #expect(back.values == rounded.values)
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func movingImages(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    for (height, width, channels) in [(1, 1, 1), (5, 1, 3), (3, 4, 1), (6, 5, 2), (2, 19, 3)] {
      let moves: [Int32] = [0, 0, 0, 2, -1, 1, -1, 3, 0, 99, -99, 1]
      let count = height * width * channels
      let (x, y) = (sample(4 * count, element, seed: width), GuardedArray(count: 4 * count, element))
      table.move_images(x.pointer, moves, y.pointer, 4, height, width, channels)
      for image in 0..<4 {
        let (down, right, mirrored) = (Int(moves[3 * image]), Int(moves[3 * image + 1]), moves[3 * image + 2] == 1)
        for row in 0..<height {
          for column in 0..<width {
            let from = min(max(column - right, 0), width - 1)
            let place = min(max(row - down, 0), height - 1) * width + (mirrored ? width - 1 - from : from)
            for channel in 0..<channels {
              #expect(
                y.values[image * count + (row * width + column) * channels + channel]
                  == x.values[image * count + place * channels + channel])
            }
          }
        }
      }
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func findingWhatIsOutside(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    func first(_ values: [Double], _ low: Double, _ high: Double, _ levels: Double) -> Int {
      let x = GuardedArray(values, element)
      return withExtendedLifetime(x) { table.first_outside(x.pointer, low, high, levels, values.count) }
    }
    for n in [1, 5, 1023, 1024, 1025, 3000] {
      let bytes = (0..<n).map { Double($0 % 256) / 255 }
      #expect(first(bytes, 0, 1, 255) == n && first(bytes, 0, 1, 0) == n)
      for place in Set([0, n / 2, n - 1]) {
        for bad in [-0.01, 1.01, .nan, .infinity, -.infinity] {
          var changed = bytes
          changed[place] = bad
          #expect(first(changed, 0, 1, 0) == place && first(changed, 0, 1, 255) == place, "\(bad) at \(place) of \(n)")
        }
        var changed = bytes
        changed[place] = 100.4 / 255
        #expect(first(changed, 0, 1, 0) == n && first(changed, 0, 1, 255) == place)
      }
    }
    #expect(first([0, 1, 7, 8_388_609, 1e9, 3.0e20], 0, .infinity, 1) == 6)
    #expect(first([0, 3, 2.5, -1], 0, .infinity, 1) == 2 && first([0, 3, -1, 2.5], 0, .infinity, 1) == 2)
    #expect(first([0, 3, 4], 0, 3, 1) == 2 && first([.infinity], 0, .infinity, 1) == 0 && first([], 0, 1, 1) == 0)
    #expect(first([65_535.5], 0, .infinity, 1) == 0)
  }
}
