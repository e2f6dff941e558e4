import CLatentKernels

/// Cross-entropy of classes from rows of logits; formulas in `cross_entropy.inc.h`. A negative class is none.
extension Storage {
  /// self[row] = log(sum of exp(logits[row])) - logits[row, classes[row]].
  ///
  /// - Parameters:
  ///   - logits: [rows, C]
  ///   - statistics: [rows, 2], gets what the gradient needs
  public func assignCrossEntropy(logits: Storage, classes: [Int64], statistics: Storage) {
    let (rows, columns) = checkClasses("cross-entropy", logits, classes, statistics, count)
    let loop = operations.cross_entropy
    Threads.cutRows(rows, of: columns, least: Threads.leastResults) { piece in
      classes.withUnsafeBufferPointer {
        guard let first = $0.baseAddress else { return }
        loop(
          logits.pointer(at: piece.lowerBound * columns), first + piece.lowerBound, piece.count, columns,
          statistics.mutablePointer(at: 2 * piece.lowerBound), mutablePointer(at: piece.lowerBound))
      }
    }
  }

  /// self [rows, C] (+)= scale[row] (softmax(logits[row]) - one-hot(classes[row])); it may be the logits.
  public func assignCrossEntropyGradient(
    logits: Storage, classes: [Int64], statistics: Storage, scale: Storage, accumulating: Bool = false
  ) {
    check("cross-entropy gradient", logits)
    let (rows, columns) = checkClasses("cross-entropy gradient", logits, classes, statistics, scale.count)
    let loop = operations.cross_entropy_backward
    Threads.cutRows(rows, of: columns, least: Threads.leastResults) { piece in
      classes.withUnsafeBufferPointer {
        guard let first = $0.baseAddress else { return }
        let start = piece.lowerBound * columns
        loop(
          logits.pointer(at: start), first + piece.lowerBound, statistics.pointer(at: 2 * piece.lowerBound),
          scale.pointer(at: piece.lowerBound), piece.count, columns, accumulating ? 1 : 0, mutablePointer(at: start))
      }
    }
  }

  /// What a dense layer and the cross-entropy of its outputs do with a product, a few rows at a time, so that they stay in
  /// the cache: self [rows, C] becomes logits by adding `bias` [C], `losses` [rows] are found, and where a scale is given,
  /// self becomes scale times the logits' gradient.
  public func crossEntropy(
    addingBias bias: Storage, classes: ArraySlice<Int64>, losses: Storage, gradientScale: Double?
  ) {
    let (all, columns) = (Array(classes), bias.count)
    let statistics = Storage(count: 2 * all.count, element: element)
    let scale = Storage(count: all.count, element: element)
    scale.fill(gradientScale ?? 0)
    let few = max(1, (1 << 16) / max(columns, 1))
    Threads.cutRows(all.count, of: columns, least: Threads.leastResults) { piece in
      for start in stride(from: piece.lowerBound, to: piece.upperBound, by: few) {
        let rows = start..<min(start + few, piece.upperBound)
        let (part, named) = (self[rows.lowerBound * columns..<rows.upperBound * columns], Array(all[rows]))
        let statistics = statistics[2 * rows.lowerBound..<2 * rows.upperBound]
        part.addBias(bias, activation: .linear)
        losses[rows].assignCrossEntropy(logits: part, classes: named, statistics: statistics)
        if gradientScale == nil { continue }
        part.assignCrossEntropyGradient(logits: part, classes: named, statistics: statistics, scale: scale[rows])
      }
    }
  }

  /// The classes of 0 ..< limit that the elements name, -1 for one that names none.
  public func classNumbers(below limit: Int) -> [Int64] {
    [Int64](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = count
      if let first = buffer.baseAddress { _ = operations.row_numbers(pointer, count, limit, first) }
    }
  }

  private func checkClasses(
    _ operation: String, _ logits: Storage, _ classes: [Int64], _ statistics: Storage, _ results: Int
  ) -> (rows: Int, columns: Int) {
    let rows = classes.count
    let columns = rows > 0 ? logits.count / rows : 0
    require(
      results == rows && logits.count == rows * columns && statistics.count == 2 * rows
        && [logits, statistics].allSatisfy { $0.element == element } && (rows == 0 || columns > 0)
        && classes.allSatisfy { $0 < columns },
      "\(operation): \(rows) classes below \(columns) for logits of \(logits.count) \(logits.element), statistics of "
        + "\(statistics.count) \(statistics.element) and \(results) rows of \(element)")
    return (rows, columns)
  }
}
