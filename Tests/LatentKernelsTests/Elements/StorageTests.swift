import CLatentKernels
import CTestSupport
import LatentKernels
import TestSupport
import Testing

/// Loops compiled for arrays of bfloat16, computed with in float, beside the same loops for float: what is stored is what
/// the float loops give, rounded.
@Suite struct StorageTests {
  /// An argument of a loop.
  private struct Array16 {
    var values: [Float]
    /// Whether its elements are stored in 16 bits; float else.
    var isStored = true
  }

  private static let half = ctest_bfloat16_loops().assumingMemoryBound(to: latent_ops.self).pointee
  private static let whole = Operations.table(for: .float32, set: .baseline).pointee

  private static func widened(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  private static func narrowed(_ value: Float) -> UInt16 {
    UInt16((UInt64(value.bitPattern) + 0x7FFF + UInt64(value.bitPattern >> 16 & 1)) >> 16)
  }

  /// Numbers that 16 bits hold.
  private static func numbers(_ count: Int, seed: Int, isStored: Bool = true) -> Array16 {
    var sample = SampleValues(seed: seed)
    return Array16(
      values: sample.numbers(count, -2...2).map { widened(narrowed(Float($0))) }, isStored: isStored)
  }

  /// Calls both loops with the same numbers.
  ///
  /// - Parameter isRoundedOnce: whether each element is written once; where not, its error may be two roundings
  private func compare(
    _ name: String, _ arrays: [Array16], isRoundedOnce: Bool = true,
    _ call: (latent_ops, [UnsafeMutableRawPointer]) -> Void
  ) {
    let (half, whole) = (arrays.map(\.values).map { $0.map(Self.narrowed) }, arrays.map(\.values))
    let halfBuffers = arrays.indices.map { index -> UnsafeMutableRawPointer in
      let count = half[index].count
      let buffer = UnsafeMutableRawPointer.allocate(byteCount: 4 * count, alignment: 64)
      if arrays[index].isStored {
        buffer.initializeMemory(as: UInt16.self, from: half[index], count: count)
      } else {
        buffer.initializeMemory(as: Float.self, from: whole[index], count: count)
      }
      return buffer
    }
    let wholeBuffers = whole.map { values in
      let buffer = UnsafeMutableRawPointer.allocate(byteCount: 4 * values.count, alignment: 64)
      buffer.initializeMemory(as: Float.self, from: values, count: values.count)
      return buffer
    }
    defer { for buffer in halfBuffers + wholeBuffers { buffer.deallocate() } }
    call(Self.half, halfBuffers)
    call(Self.whole, wholeBuffers)
    var changed = false
    for (index, array) in arrays.enumerated() {
      let expected = (0..<array.values.count).map { wholeBuffers[index].load(fromByteOffset: 4 * $0, as: Float.self) }
      let largest = expected.map(abs).max()!
      for (place, value) in expected.enumerated() {
        let got =
          array.isStored
          ? Self.widened(halfBuffers[index].load(fromByteOffset: 2 * place, as: UInt16.self))
          : halfBuffers[index].load(fromByteOffset: 4 * place, as: Float.self)
        if isRoundedOnce && array.isStored {
          #expect(got == Self.widened(Self.narrowed(value)), "\(name): argument \(index), element \(place)")
        } else {
          #expect(abs(got - value) <= largest / 64, "\(name): argument \(index), element \(place): \(got), \(value)")
        }
        changed = changed || value != array.values[place]
      }
    }
    #expect(changed, "\(name) writes nothing")
  }

  private let n = 77

  @Test func elements() {
    let (x, y, z) = (Self.numbers(n, seed: 1), Self.numbers(n, seed: 2), Self.numbers(n, seed: 3))
    compare("exp", [x, y]) { $0.exp($1[0], $1[1], n) }
    compare("sigmoid", [x, y]) { $0.sigmoid($1[0], $1[1], n) }
    compare("erf in place", [x]) { $0.erf($1[0], $1[0], n) }
    compare("gelu", [x, y]) { $0.gelu($1[0], $1[1], n) }
    compare("gelu_backward in place", [x, y]) { $0.gelu_backward($1[0], $1[1], $1[1], n) }
    compare("sign", [x, y]) { $0.sign($1[0], $1[1], n) }
    compare("multiply", [x, y, z]) { $0.multiply($1[0], $1[1], $1[2], n) }
    compare("multiply_add", [x, y, z]) { $0.multiply_add($1[0], $1[1], $1[2], n) }
    for beta in [0, 1, 0.5] { compare("scale_add", [x, y]) { $0.scale_add(1.5, $1[0], beta, $1[1], n) } }
    compare("clamp", [x]) { $0.clamp(-0.3, 0.4, $1[0], n) }
    compare("move_toward", [x, y]) { $0.move_toward($1[0], 0.3, $1[1], n) }
    compare("broadcast", [x, y, z]) {
      $0.broadcast(latent_maximum, $1[0], [7, 1], $1[1], [0, 1], $1[2], [11, 7], 2, 0, n)
    }
    compare("strided_copy", [x, y]) { $0.strided_copy($1[0], [7, 1], $1[1], [1, 11], [11, 7], 2, 0, 0, n) }
    compare("adding copy", [x, y]) { $0.strided_copy($1[0], [1], $1[1], [1], [n], 1, 1, 0, n) }
    compare("column_sums", [x, y]) { $0.operands.column_sums($1[0], 11, 7, 7, 1, $1[1]) }
    for inner in [1, 7] {
      compare("reduce_extreme", [x, y]) { $0.reduce_extreme($1[0], 1, 11, inner, 0, $1[1]) }
    }
    let numbers = Array16(values: [0, 3, 10, 2.5, -1, 1, 11, 7], isStored: true)
    compare("row_numbers", [numbers, Array16(values: Array(repeating: -1, count: 9), isStored: false)]) {
      var index = [Int64](repeating: -1, count: 8)
      let faults = $0.row_numbers($1[0], 8, 11, &index)
      $1[1].copyMemory(from: ([Int64(faults)] + index).map(Float.init), byteCount: 36)
    }
    compare("scatter_add_rows", [x, y]) { $0.scatter_add_rows($1[0], [3, 0, 10], 3, 7, $1[1]) }
    compare("from_double", [x]) { $0.from_double((0..<n).map { 0.01 * Double($0) }, $1[0], n) }
    compare("sums", [x, Array16(values: [0, 0], isStored: false)]) {
      let results = [$0.sum_squares($1[0], n), $0.denormals($1[0], n)]
      $1[1].copyMemory(from: results.map(Float.init), byteCount: 8)
    }
  }

  @Test func denormals() {
    let bits: [UInt16] = [0, 1, 0x7F, 0x80, 0x8001, 0x8080, 0x3F80]
    #expect(Self.half.denormals(bits, bits.count) == 3)
  }

  @Test func layers() {
    let bias = Self.numbers(7, seed: 4, isStored: false)
    let (x, y, z) = (Self.numbers(n, seed: 1), Self.numbers(n, seed: 2), Self.numbers(n, seed: 3))
    for activation in [latent_linear, latent_relu, latent_sigmoid, latent_tanh] {
      compare("bias_activation", [x, bias]) { $0.bias_activation($1[0], $1[1], 11, 7, activation) }
      compare("activation_backward", [x, y, z]) { $0.activation_backward($1[0], $1[1], $1[2], n, activation) }
    }
  }

  @Test func gates() {
    let (batch, hidden) = (3, 19)
    func rows(_ columns: Int, _ seed: Int, isStored: Bool = true) -> Array16 {
      Self.numbers(batch * columns * hidden, seed: seed, isStored: isStored)
    }
    func row(_ columns: Int, _ seed: Int) -> Array16 { Self.numbers(columns * hidden, seed: seed, isStored: false) }
    for hasPrevious in [true, false] {
      compare(
        "lstm_gates", [rows(4, 1), row(4, 2), rows(1, 3, isStored: false), rows(1, 4, isStored: false), rows(1, 5)]
      ) {
        $0.operands.lstm_gates($1[0], $1[0], $1[1], hasPrevious ? $1[2] : nil, $1[3], $1[4], hidden, batch, hidden)
      }
      compare(
        "lstm_gates_backward",
        [
          rows(4, 1), rows(1, 2, isStored: false), rows(1, 3, isStored: false), rows(1, 4), rows(1, 5, isStored: false),
          row(4, 6),
        ],
        isRoundedOnce: false
      ) {
        $0.operands.lstm_gates_backward($1[0], hasPrevious ? $1[1] : nil, $1[2], $1[3], $1[4], $1[5], batch, hidden)
      }
    }
    compare("gru_gates", [rows(3, 1), rows(1, 2), row(6, 3), rows(1, 4), rows(1, 5)]) {
      $0.gru_gates($1[0], $1[1], $1[2], $1[3], $1[4], batch, hidden)
    }
    compare("gru_gates_backward", [rows(3, 1), rows(1, 2), rows(1, 3), rows(1, 4), rows(1, 5), row(6, 6)]) {
      $0.gru_gates_backward($1[0], $1[1], $1[2], $1[3], $1[4], $1[5], batch, hidden)
    }
    compare("gru_reset", [rows(3, 1), rows(1, 2), row(3, 3), rows(1, 4)]) {
      $0.gru_reset($1[0], $1[1], $1[2], $1[3], batch, hidden)
    }
    compare("gru_output", [rows(3, 1), row(3, 2), rows(1, 3), rows(1, 4)]) {
      $0.gru_output($1[0], $1[1], $1[2], $1[3], batch, hidden)
    }
    compare("gru_output_backward", [rows(3, 1), rows(1, 2), rows(1, 3), rows(1, 4), row(3, 5)]) {
      $0.gru_output_backward($1[0], $1[1], $1[2], $1[3], $1[4], batch, hidden)
    }
    compare("gru_reset_backward", [rows(3, 1), rows(1, 2), rows(1, 3), rows(1, 4), row(3, 5)]) {
      $0.gru_reset_backward($1[0], $1[1], $1[2], $1[3], $1[4], batch, hidden)
    }
    compare("to_time_major", [rows(4, 1), rows(4, 2)]) {
      $0.operands.to_time_major($1[0], $1[1], batch, 4, hidden, hidden)
    }
  }

  @Test(arguments: [(5, 37, 21), (9, 16, 16), (4, 3, 8)]) func products(_ m: Int, _ k: Int, _ n: Int) {
    let panels = Array16(values: Array(repeating: 0, count: k * (n + 64)), isStored: false)
    for transposed in [false, true] {
      let a = Self.numbers(m * k, seed: 1)
      let b = Self.numbers(k * n, seed: 2)
      for accumulate: Int32 in [0, 1] {
        compare("multiply_packed", [a, b, panels, Self.numbers(m * n, seed: 3)]) {
          $0.pack($1[1], k, n, transposed ? k : n, transposed ? 1 : 0, $1[2], k, 0)
          $0.multiply_packed($1[0], m, k, k, $1[2], k, 0, $1[3], n, n, accumulate)
        }
      }
    }
    compare(
      "multiply_transposed",
      [
        Self.numbers(k * m, seed: 1), Self.numbers(k * n, seed: 2), Self.numbers(m * n, seed: 3),
        Self.numbers(Int(LATENT_COLUMNS_ROOM), seed: 4),
      ]
    ) {
      $0.multiply_transposed($1[0], k, m, m, m, $1[1], n, n, $1[2], 0, nil, 0, $1[3])
    }
  }
}
