import CTestSupport
import LatentKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Elements in memory of their own, whose last byte lies before a page that must not be touched: a loop that reads or
/// writes past its end stops the tests.
final class GuardedArray {
  let element: ElementType
  let count: Int
  let pointer: UnsafeMutableRawPointer
  private var bytes: Int { count * element.size }

  /// `values`, rounded to the element type.
  init(_ values: [Double], _ element: ElementType) {
    self.element = element
    count = values.count
    pointer = ctest_guarded_allocate(values.count * element.size)
    self.values = values
  }

  /// The same number everywhere.
  init(count: Int, _ element: ElementType, filledWith value: Double = -77) {
    self.element = element
    self.count = count
    pointer = ctest_guarded_allocate(count * element.size)
    ctest_fill(element == .float64 ? 1 : 0, pointer, count, value)
  }

  /// Whole numbers from -8 to 8.
  init(wholeNumbers count: Int, _ element: ElementType, seed: Int) {
    self.element = element
    self.count = count
    pointer = ctest_guarded_allocate(count * element.size)
    ctest_whole_numbers(element == .float64 ? 1 : 0, pointer, count, UInt32(truncatingIfNeeded: seed))
  }

  deinit { ctest_guarded_free(pointer, bytes) }

  /// All elements.
  var values: [Double] {
    get {
      switch element {
      case .bfloat16: preconditionFailure("no array of \(element)")
      case .float32: (0..<count).map { Double(pointer.assumingMemoryBound(to: Float.self)[$0]) }
      case .float64: (0..<count).map { pointer.assumingMemoryBound(to: Double.self)[$0] }
      }
    }
    set {
      precondition(newValue.count == count)
      for (index, value) in newValue.enumerated() {
        switch element {
        case .bfloat16: preconditionFailure("no array of \(element)")
        case .float32: pointer.assumingMemoryBound(to: Float.self)[index] = Float(value)
        case .float64: pointer.assumingMemoryBound(to: Double.self)[index] = value
        }
      }
    }
  }

  func copy() -> GuardedArray {
    let copy = GuardedArray(wholeNumbers: count, element, seed: 0)
    copy.pointer.copyMemory(from: pointer, byteCount: bytes)
    return copy
  }

  /// Whether both hold the same bits.
  func hasSameBits(as other: GuardedArray) -> Bool {
    bytes == other.bytes && memcmp(pointer, other.pointer, bytes) == 0
  }
}
