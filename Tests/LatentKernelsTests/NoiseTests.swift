import CLatentKernels
import CTestSupport
import LatentKernels
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct NoiseTests {
  static let sets = InstructionSet.withOwnLoops
  let key: UInt64 = 0x1234_5678_9ABC_DEF0
  let streams: [UInt64] = [0, 1, 0xFFFF_FFFF_FFFF_FFFF, 0x0000_0001_0000_0000, 77]

  func bits(_ set: InstructionSet, key: UInt64, stream: UInt64, count: Int) -> [UInt32] {
    var out = [UInt32](repeating: 0, count: count + 1)
    Operations.table(for: .float32, set: set).pointee.random_bits(key, stream, &out, count)
    #expect(out.removeLast() == 0, "random_bits wrote past its end")
    return out
  }

  func normals<T: BinaryFloatingPoint & BitwiseCopyable>(
    _ element: ElementType, _ set: InstructionSet, key: UInt64, streams: [UInt64], columns: Int, _: T.Type
  ) -> [T] {
    var out = [T](repeating: -99, count: streams.count * columns + 1)
    Operations.table(for: element, set: set).pointee.normal_noise(key, streams, 0, &out, streams.count, columns)
    #expect(out.removeLast() == -99, "normal_noise wrote past its end")
    return out
  }

  func uniforms(_ set: InstructionSet, streams: [UInt64], columns: Int) -> [Float] {
    var out = [Float](repeating: -99, count: streams.count * columns + 1)
    Operations.table(for: .float32, set: set).pointee.uniform_noise(
      key, streams, 0, -0.3, 0.7, &out, streams.count, columns)
    #expect(out.removeLast() == -99, "uniform_noise wrote past its end")
    return out
  }

  /// The known answers that the Random123 distribution gives for philox4x32-10.
  @Test func referenceKnownAnswers() {
    #expect(
      Plain.philox(counter: [0, 0, 0, 0], key: [0, 0]) == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
    let ones = UInt32.max
    #expect(
      Plain.philox(counter: [ones, ones, ones, ones], key: [ones, ones])
        == [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD])
    #expect(
      Plain.philox(counter: [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344], key: [0xA409_3822, 0x299F_31D0])
        == [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1])
  }

  @Test(arguments: sets, [0, 1, 3, 4, 255, 256, 257, 1030])
  func randomBits(_ set: InstructionSet, _ count: Int) {
    for stream in streams {
      for key in [0, key, UInt64.max] {
        #expect(
          bits(set, key: key, stream: stream, count: count) == Plain.philoxWords(key: key, stream: stream, count: count)
        )
      }
    }
  }

  /// Box and Muller's transform in double precision, from the reference's words.
  @Test(arguments: sets)
  func normalsFromTheReferencesWords(_ set: InstructionSet) {
    let columns = 1001
    let single = normals(.float32, set, key: key, streams: streams, columns: columns, Float.self)
    let double = normals(.float64, set, key: key, streams: streams, columns: columns, Double.self)
    for (row, stream) in streams.enumerated() {
      let word = Plain.philoxWords(key: key, stream: stream, count: columns + 3)
      for column in 0..<columns {
        let a = Double(word[column & ~1])
        let angle = 2 * Double.pi * Double(word[column | 1]) / 0x1p32
        let radius = (-2 * log((a + 0.5) / 0x1p32)).squareRoot()
        let expected = radius * (column % 2 == 0 ? cos(angle) : sin(angle))
        let i = row * columns + column
        #expect(abs(double[i] - expected) <= 1e-14 * max(1, radius), "float64 \(set) at \(row), \(column)")
        #expect(abs(Double(single[i]) - expected) <= 4e-7 * radius, "float32 \(set) at \(row), \(column)")
      }
    }
  }

  @Test func sameBitsWithEveryInstructionSet() {
    let streams = (0..<999).map { UInt64($0) }
    let expected = normals(.float32, .baseline, key: key, streams: streams, columns: 62, Float.self)
    let uniform = uniforms(.baseline, streams: streams, columns: 62)
    for set in Self.sets.dropFirst() {
      #expect(normals(.float32, set, key: key, streams: streams, columns: 62, Float.self) == expected, "\(set)")
      #expect(uniforms(set, streams: streams, columns: 62) == uniform, "\(set)")
    }
  }

  /// An element depends on the key, its row's stream and its column alone.
  @Test(arguments: sets, [1, 2, 3, 4, 5, 8, 16, 61, 256, 300])
  func independentOfRowsAndColumns(_ set: InstructionSet, _ columns: Int) {
    let many = (0..<97).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }
    let wide = normals(.float32, set, key: key, streams: many, columns: 300, Float.self)
    let narrow = normals(.float32, set, key: key, streams: many, columns: columns, Float.self)
    for row in many.indices {
      let expected = wide[row * 300..<row * 300 + columns]
      #expect(narrow[row * columns..<(row + 1) * columns] == expected, "row \(row) of \(columns) columns")
      if row % 16 == 0 {
        #expect(normals(.float32, set, key: key, streams: [many[row]], columns: columns, Float.self)[...] == expected)
      }
    }
    let uniform = uniforms(set, streams: many, columns: columns)
    for row in many.indices {
      #expect(
        uniforms(set, streams: [many[row]], columns: columns)[...] == uniform[row * columns..<(row + 1) * columns])
    }
    #expect(normals(.float32, set, key: key, streams: [], columns: columns, Float.self).isEmpty)
    #expect(normals(.float32, set, key: key, streams: many, columns: 0, Float.self).isEmpty)
  }

  @Test func momentsOfTheNormalNoise() {
    let rows = 1 << 14
    let columns = 16
    let n = Double(rows * columns)
    var z = normals(
      .float32, .best, key: key, streams: (0..<rows).map { UInt64($0) }, columns: columns, Float.self)
    // Neighbours in a row (the two of a pair, and of different pairs) and in a column are uncorrelated.
    for lag in [1, 2, 3, 4, columns] {
      let correlation = (lag..<z.count).reduce(0.0) { $0 + Double(z[$1]) * Double(z[$1 - lag]) } / n
      #expect(abs(correlation) < 4 / n.squareRoot(), "lag \(lag)")
    }
    let moments = standard_normal_moments(&z, z.count)
    // Within four standard deviations of what a normal sample of this size has; Kolmogorov-Smirnov at 1%.
    #expect(abs(moments.mean) < 4 / n.squareRoot())
    #expect(abs(moments.variance - 1) < 4 * (2 / n).squareRoot())
    #expect(abs(moments.skewness) < 4 * (6 / n).squareRoot())
    #expect(abs(moments.kurtosis - 3) < 4 * (24 / n).squareRoot())
    #expect(moments.kolmogorov_smirnov < 1.63 / n.squareRoot())
  }

  @Test(arguments: sets)
  func uniformNoise(_ set: InstructionSet) {
    let count = 4099
    let word = Plain.philoxWords(key: key, stream: 9, count: count)
    var single = [Float](repeating: 0, count: count + 1)
    var double = [Double](repeating: 0, count: count + 1)
    Operations.table(for: .float32, set: set).pointee.uniform_noise(key, [9], 0, -3, 5, &single, 1, count)
    Operations.table(for: .float64, set: set).pointee.uniform_noise(key, [9], 0, -3, 5, &double, 1, count)
    for i in 0..<count {
      let expected = -3 + 8 * (Double(word[i]) + 0.5) / 0x1p32
      #expect(abs(double[i] - expected) <= 1e-14)
      #expect(abs(Double(single[i]) - expected) <= 1e-6)
    }
    #expect(single[count] == 0 && double[count] == 0)
    // A narrow interval, where rounding would leave it.
    let low: Float = 1
    let high = low.nextUp
    Operations.table(for: .float32, set: set).pointee.uniform_noise(
      key, [9], 0, Double(low), Double(high), &single, 1, count)
    #expect(Set(single[..<count]).isSubset(of: [low, high]))
  }
}
