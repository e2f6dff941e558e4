import CLatentKernels

/// Numbers made from all elements. Large runs are cut into blocks whose sizes depend on the number of elements alone, and
/// the blocks' numbers are added pairwise: so the bits do not depend on the threads that work on them.
extension Storage {
  /// The sum of all elements, added in double.
  public func sum() -> Double {
    let loop = operations.sum
    return Storage.addBlocks(count) { loop(pointer(at: $0.lowerBound), $0.count) }
  }

  /// The sum of all elements' squares, added in double.
  public func sumOfSquares() -> Double {
    let loop = operations.sum_squares
    return Storage.addBlocks(count) { loop(pointer(at: $0.lowerBound), $0.count) }
  }

  /// Whether no element is infinite or NaN.
  public func isFinite() -> Bool {
    let loop = operations.all_finite
    return Storage.addBlocks(count) { loop(pointer(at: $0.lowerBound), $0.count) == 0 ? 1 : 0 } == 0
  }

  /// The place of the first element that is not in the range, not finite or, where there are levels, times these no whole
  /// number but for rounding (1/1000); nil where there is none.
  public func firstOutside(_ range: ClosedRange<Double>, levels: Double? = nil) -> Int? {
    let place = operations.first_outside(pointer, range.lowerBound, range.upperBound, levels ?? 0, count)
    return place < count ? place : nil
  }

  /// How many elements are denormal: smaller than the smallest number with all its digits, and not 0.
  public func denormalCount() -> Int {
    let loop = operations.denormals
    return Int(Storage.addBlocks(count) { loop(pointer(at: $0.lowerBound), $0.count) })
  }

  /// The sum of what `body` makes of each block of 0..<count.
  @inline(__always)
  static func addBlocks(_ count: Int, _ body: @Sendable (_ block: Range<Int>) -> Double) -> Double {
    count < 2 * Threads.leastResults ? body(0..<count) : addManyBlocks(count, body)
  }

  @inline(never)
  private static func addManyBlocks(_ count: Int, _ body: @Sendable (_ block: Range<Int>) -> Double) -> Double {
    let size = Threads.leastResults
    let blocks = (count + size - 1) / size
    let sums = Storage(count: blocks, element: .float64)
    Threads.run(tasks: blocks) { block in
      let sum = body(block * size..<min((block + 1) * size, count))
      sums.mutablePointer(at: block).storeBytes(of: sum, as: Double.self)
    }
    return sums.sum()
  }
}
