import Testing

@testable import LatentKernels

@Suite struct HistogramTests {
  private func storage(_ values: [Double], _ element: ElementType) -> Storage {
    let storage = Storage(count: values.count, element: element)
    storage.withUnsafeMutableBytes { bytes in
      for (index, value) in values.enumerated() {
        if element == .float32 {
          bytes.bindMemory(to: Float.self)[index] = Float(value)
        } else {
          bytes.bindMemory(to: Double.self)[index] = value
        }
      }
    }
    return storage
  }

  /// Buckets by comparing with their edges, one element after the other.
  @Test(arguments: [ElementType.float32, .float64], [1, 2, 7, 30, 1000])
  func countsAsComparisonsDo(element: ElementType, buckets: Int) throws {
    var state: UInt64 = 1
    let values = (0..<5000).map { index -> Double in
      state = state &* 6_364_136_223_846_793_005 &+ 1
      let number = Double(Int64(bitPattern: state) >> 40) / 100
      // Many at the edges of 7 and 30 buckets, too.
      let value = index % 3 == 0 ? (number / 500).rounded() * 500 : number
      return element == .float32 ? Double(Float(value)) : value
    }
    let histogram = try #require(storage(values, element).histogram(buckets: buckets))
    #expect(histogram.limits.first == values.min() && histogram.limits.last == values.max())
    let width = (values.max()! - values.min()!) / Double(buckets)
    for (edge, next) in zip(histogram.limits, histogram.limits.dropFirst()) {
      #expect(abs(next - edge - width) < 1e-9 * width * Double(buckets))
    }
    let expected = (0..<buckets).map { bucket in
      values.count {
        $0 >= histogram.limits[bucket]
          && ($0 < histogram.limits[bucket + 1] || bucket == buckets - 1)
      }
    }
    #expect(histogram.counts == expected && histogram.count == 5000)
    #expect(abs(histogram.sum - values.reduce(0, +)) < 1e-6 * values.reduce(0) { $0 + abs($1) })
    #expect(abs(histogram.sumOfSquares / values.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12)
  }

  @Test func corners() throws {
    let equal = try #require(storage([2, 2, 2], .float32).histogram())
    #expect(equal.limits == [2, 2] && equal.counts == [3] && equal.sum == 6 && equal.sumOfSquares == 12)
    let neighbours = try #require(storage([1, 1.0.nextUp], .float64).histogram())
    #expect(neighbours.counts.reduce(0, +) == 2)
    #expect(storage([], .float32).histogram() == nil)
    #expect(storage([1, .nan], .float32).histogram() == nil && storage([1, .infinity], .float64).histogram() == nil)
    #expect(storage([-1e308, 1e308], .float64).histogram() == nil, "their spread is not finite")
    let single = try #require(storage([1, 2], .float64).histogram(buckets: 1))
    #expect(single.limits == [1, 2] && single.counts == [2])
  }
}
