import LatentKernels

/// Rows put together by the segment that each belongs to: the edges of a graph by the node that they lead to, the words of
/// many texts by their text. Segments may come in any order. Where one has no row, each says what it gives.
///
///     let weights = scores.segmentSoftmax(targets, count: nodes)          // attention over the edges into each node
///     let messages = (weights * values).segmentSum(targets, count: nodes)
extension Variable {
  /// The sums of rows by segment: y[s] is the sum of x[i] over all i with segments[i] = s, 0 where there is none
  /// (`jax.ops.segment_sum`); dx[i] = dy[segments[i]].
  ///
  ///     self [B, ...]   segments: B numbers in 0..<count   y [count, ...]
  public func segmentSum(_ segments: [Int], count: Int) -> Variable {
    checkSegments("segmentSum", segments, count)
    let columns = rowColumns
    let output = tape.makeTensor([count] + shape.dropFirst(), element: element)
    output.storage.fill(0)
    if columns > 0 { output.storage.addRows(tensor.storage, at: segments, columns: columns) }
    return tape.record("segmentSum", self, output: output) { backward in
      let upstream = backward.upstream.storage
      backward.accumulate(0) { if columns > 0 { $0.assignRows(segments, of: upstream, columns: columns) } }
    }.ruled([{ $0.gathered(rows: segments) }])
  }

  /// The means of rows by segment: y[s] is the mean of x[i] over all i with segments[i] = s, 0 where there is none;
  /// dx[i] = dy[s] / (the number of rows in s).
  ///
  ///     self [B, ...]   segments: B numbers in 0..<count   y [count, ...]
  public func segmentMean(_ segments: [Int], count: Int) -> Variable {
    checkSegments("segmentMean", segments, count)
    let rows = Self.rows(in: segments, count).map { Double(Swift.max($0, 1)) }
    return segmentSum(segments, count: count) / forEachSegment(rows)
  }

  /// The largest of rows by segment, element by element: y[s] is the maximum of x[i] over all i with segments[i] = s, -infinity
  /// where there is none (`jax.ops.segment_max`). A NaN is the largest. The gradient goes to the first element that is the
  /// largest of its segment.
  ///
  ///     self [B, ...]   segments: B numbers in 0..<count   y [count, ...]
  public func segmentMax(_ segments: [Int], count: Int) -> Variable {
    segmentExtreme("segmentMax", segments, count, smallest: false)
  }

  /// The smallest of rows by segment, element by element: y[s] is the minimum of x[i] over all i with segments[i] = s, infinity
  /// where there is none (`jax.ops.segment_min`). A NaN is the smallest. The gradient goes to the first element that is the
  /// smallest of its segment.
  ///
  ///     self [B, ...]   segments: B numbers in 0..<count   y [count, ...]
  public func segmentMin(_ segments: [Int], count: Int) -> Variable {
    segmentExtreme("segmentMin", segments, count, smallest: true)
  }

  /// exp(x) over its sum in each segment, without overflow: y[i] = exp(x[i] - m[s]) / (the sum of exp(x[j] - m[s]) over all j
  /// with segments[j] = s), s = segments[i] and m[s] the segment's maximum. The rows of a segment add up to 1; a segment
  /// without rows has no part in the result. dx[i] = y[i] (dy[i] - the sum of dy[j] y[j] in its segment).
  ///
  /// Where all of a segment are -infinity, they become NaN, as in ``softmax(axis:)``.
  ///
  ///     self [B, ...]   segments: B numbers in 0..<count   y [B, ...]
  public func segmentSoftmax(_ segments: [Int], count: Int) -> Variable {
    checkSegments("segmentSoftmax", segments, count)
    // Moving a segment by a constant changes nothing: no gradient is needed of it.
    let constant = detached()
    let largest = constant.firstExtremes(segments, count, smallest: false).selecting(.selectWhereTrue, constant)
      .segmentSum(segments, count: count)
    let powers = (self - largest.gathered(rows: segments)).exp()
    return powers / powers.segmentSum(segments, count: count).gathered(rows: segments)
  }

  private func segmentExtreme(_ name: String, _ segments: [Int], _ count: Int, smallest: Bool) -> Variable {
    checkSegments(name, segments, count)
    // All but one element of a sum are 0: it is that element, bit for bit.
    let found = firstExtremes(segments, count, smallest: smallest).selecting(.selectWhereTrue, self)
      .segmentSum(segments, count: count)
    let rows = Self.rows(in: segments, count)
    guard rows.contains(0) else { return found }
    return found + forEachSegment(rows.map { $0 > 0 ? 0 : smallest ? Double.infinity : -Double.infinity })
  }

  /// 1 at the first extreme of each segment, else 0: self's shape.
  private func firstExtremes(_ segments: [Int], _ count: Int, smallest: Bool) -> Variable {
    let mask = tape.makeTensor(like: tensor)
    mask.storage.assignSegmentExtremes(
      of: tensor.storage, segments: segments, count: count, columns: rowColumns, smallest: smallest)
    return tape.constant(mask)
  }

  private var rowColumns: Int { shape.dropFirst().reduce(1, *) }

  /// A number for each segment, a constant that is broadcast over what the segment has: [count, 1, ...].
  private func forEachSegment(_ numbers: [Double]) -> Variable {
    tape.constant(
      Tensor(numbers, shape: [numbers.count] + shape.dropFirst().map { _ in 1 }, element: element))
  }

  private static func rows(in segments: [Int], _ count: Int) -> [Int] {
    var rows = [Int](repeating: 0, count: count)
    for segment in segments { rows[segment] += 1 }
    return rows
  }

  private func checkSegments(_ name: String, _ segments: [Int], _ count: Int) {
    require(
      !shape.isEmpty && segments.count == shape[0] && segments.allSatisfy { $0 >= 0 && $0 < count }, of: [self],
      "\(name): \(segments.count) segments for the shape \(shape); one in 0..<\(count) is needed for each row")
  }
}
