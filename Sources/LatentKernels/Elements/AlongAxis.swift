import CLatentKernels

/// Loops along the middle one of three dimensions. Places along it are whole numbers of the element type.
extension Storage {
  /// self[outer, inner] = the place of the largest of x[outer, n, inner], or of the smallest: of the first one where there are
  /// several; a NaN wins.
  public func assignExtremePlaces(of x: Storage, outer: Int, count n: Int, inner: Int, smallest: Bool) {
    checkAlong("extreme places", x, outer * n * inner, outer * inner)
    require(n > 0, "extreme places: of no elements")
    checkPlaces("extreme places", n)
    let loop = operations.extreme_index
    Threads.cutRows(outer, of: n * inner, least: Threads.leastResults) {
      loop(
        x.pointer(at: $0.lowerBound * n * inner), $0.count, n, inner, smallest ? 1 : 0,
        mutablePointer(at: $0.lowerBound * inner))
    }
  }

  /// self and places [outer, keep, inner] = the first `keep` of x[outer, n, inner], sorted along n, and where they stood. Equal
  /// ones stay in their order; a NaN is larger than every number.
  public func assignSorted(
    _ x: Storage, outer: Int, count n: Int, inner: Int, keeping keep: Int, descending: Bool, places: Storage
  ) {
    checkAlong("sorted", x, outer * n * inner, outer * keep * inner)
    check("sorted places", places)
    require(keep >= 0 && keep <= n, "sorted: \(keep) of \(n)")
    checkPlaces("sorted", n)
    let loop = operations.sort
    Threads.cutRows(outer * inner, of: n, least: Threads.leastResults / 8) { lines in
      let scratch = Memory(bytes: 32 * n)
      loop(
        x.pointer, n, inner, descending ? 1 : 0, keep, lines.lowerBound, lines.count, scratch.base, mutablePointer,
        places.mutablePointer)
      withExtendedLifetime(scratch) {}
    }
  }

  /// self[outer, n, inner] = the sums of x up to each place, or in reverse from it on; added in double.
  public func assignCumulativeSum(of x: Storage, outer: Int, count n: Int, inner: Int, reversed: Bool = false) {
    checkAlong("cumulative sum", x, outer * n * inner, outer * n * inner)
    let loop = operations.cumulative_sum
    Threads.cutRows(outer, of: n * inner, least: Threads.leastResults) {
      let start = $0.lowerBound * n * inner
      loop(x.pointer(at: start), $0.count, n, inner, reversed ? 1 : 0, mutablePointer(at: start))
    }
  }

  /// self[outer, n, inner] = the products of x up to each place, in double.
  public func assignCumulativeProduct(of x: Storage, outer: Int, count n: Int, inner: Int) {
    checkAlong("cumulative product", x, outer * n * inner, outer * n * inner)
    let loop = operations.cumulative_product
    Threads.cutRows(outer, of: n * inner, least: Threads.leastResults) {
      let start = $0.lowerBound * n * inner
      loop(x.pointer(at: start), $0.count, n, inner, mutablePointer(at: start))
    }
  }

  /// self = the gradient of x, whose cumulative products are y. Zeros may be anywhere; self may not be an operand.
  public func assignCumulativeProductGradient(
    of x: Storage, product y: Storage, upstream: Storage, outer: Int, count n: Int, inner: Int
  ) {
    for operand in [x, y, upstream] {
      checkAlong("cumulative product", operand, outer * n * inner, outer * n * inner)
      require(!sharesMemory(with: operand) || count == 0, "cumulative product: its gradient in an operand's memory")
    }
    let loop = operations.cumulative_product_backward
    Threads.cutRows(outer, of: n * inner, least: Threads.leastResults) {
      let start = $0.lowerBound * n * inner
      loop(
        x.pointer(at: start), y.pointer(at: start), upstream.pointer(at: start), $0.count, n, inner,
        mutablePointer(at: start))
    }
  }

  /// self[outer, k, inner] = x[outer, places[outer, k, inner], inner]
  ///
  /// - Returns: how many places are no whole numbers in 0..<n; 0 stands for their elements
  public func assignTaken(
    from x: Storage, at places: Storage, outer: Int, count n: Int, inner: Int
  ) -> Int {
    check("taken", places)
    let k = picked("taken", x, outer, n, inner, count)
    let (loop, faults) = (operations.take_along, Locked(0))
    Threads.cutRows(outer, of: k * inner) {
      let start = $0.lowerBound * k * inner
      let found = loop(
        x.pointer(at: $0.lowerBound * n * inner), $0.count, n, k, inner, places.pointer(at: start),
        mutablePointer(at: start))
      if found > 0 { faults.withLock { $0 += found } }
    }
    return faults.withLock { $0 }
  }

  /// self[outer, places[outer, k, inner], inner] += x[outer, k, inner], in order
  ///
  /// - Returns: how many places are no whole numbers in 0..<n; their elements are left out
  public func addTaken(_ x: Storage, at places: Storage, outer: Int, count n: Int, inner: Int) -> Int {
    merge("added", operations.add_along, x, at: places, outer, n, inner)
  }

  /// self[outer, places[outer, k, inner], inner] = x[outer, k, inner], in order, so that the last of several stays
  ///
  /// - Returns: how many places are no whole numbers in 0..<n; their elements are left out
  public func put(_ x: Storage, at places: Storage, outer: Int, count n: Int, inner: Int) -> Int {
    merge("put", operations.put_along, x, at: places, outer, n, inner)
  }

  private func merge(
    _ name: String,
    _ loop:
      @escaping @convention(c) (
        UnsafeRawPointer, Int, Int, Int, Int, UnsafeRawPointer, UnsafeMutableRawPointer
      ) -> Int, _ x: Storage, at places: Storage, _ outer: Int, _ n: Int, _ inner: Int
  ) -> Int {
    x.check(name, places)
    let (k, faults) = (x.picked(name, self, outer, n, inner, x.count), Locked(0))
    Threads.cutRows(outer, of: k * inner) {
      let start = $0.lowerBound * k * inner
      let found = loop(
        x.pointer(at: start), $0.count, n, k, inner, places.pointer(at: start),
        mutablePointer(at: $0.lowerBound * n * inner))
      if found > 0 { faults.withLock { $0 += found } }
    }
    return faults.withLock { $0 }
  }

  /// The way back of ``put(_:at:outer:count:inner:)``: x[outer, k, inner] = self[outer, places[outer, k, inner], inner], of several
  /// with one place the last alone, 0 the others; and 0 in self where something was put.
  public func takeBack(to x: Storage, at places: Storage, outer: Int, count n: Int, inner: Int) {
    x.check("taken back", places)
    let (k, loop) = (x.picked("taken back", self, outer, n, inner, x.count), operations.take_back_along)
    Threads.cutRows(outer, of: k * inner) {
      let start = $0.lowerBound * k * inner
      loop(
        mutablePointer(at: $0.lowerBound * n * inner), $0.count, n, k, inner, places.pointer(at: start),
        x.mutablePointer(at: start))
    }
  }

  /// self = 1 where x [rows, columns] has the first largest of its segment's elements in a column, or the first smallest, and 0
  /// elsewhere; a NaN wins.
  ///
  /// - Parameter segments: a row's number of 0..<count each
  public func assignSegmentExtremes(of x: Storage, segments: [Int], count: Int, columns: Int, smallest: Bool) {
    checkAlong("segment extremes", x, segments.count * columns, segments.count * columns)
    require(
      segments.allSatisfy { $0 >= 0 && $0 < count }, "segment extremes: a segment is not in 0..<\(count)")
    let best = Memory(bytes: max(8 * count * columns, 8))
    let rooms = best.base.bindMemory(to: Int64.self, capacity: count * columns)
    operations.segment_extremes(
      x.pointer, segments.map(Int64.init), segments.count, columns, count, smallest ? 1 : 0, rooms, mutablePointer)
    withExtendedLifetime(best) {}
  }

  /// Elements that are picked along an axis.
  private func picked(_ name: String, _ all: Storage, _ outer: Int, _ n: Int, _ inner: Int, _ count: Int) -> Int {
    let k = outer * inner == 0 ? 0 : count / (outer * inner)
    require(
      all.count == outer * n * inner && count == outer * k * inner && all.element == element,
      "\(name): \(count) elements of \(element), and \(all.count) of \(all.element) as [\(outer), \(n), \(inner)]")
    return k
  }

  private func checkAlong(_ name: String, _ x: Storage, _ operand: Int, _ result: Int) {
    require(
      x.count == operand && count == result && x.element == element,
      "\(name): \(x.count) elements of \(x.element) into \(count) of \(element), where \(operand) and \(result) are meant"
    )
  }

  private func checkPlaces(_ name: String, _ n: Int) {
    require(element == .float64 || n <= 1 << 24, "\(name): \(n) places, more than \(element) can number")
  }
}
