import Latent

extension LabelledPoints {
  /// The label that most of the nearest points have, the nearest one's where several are as frequent (Cover & Hart 1967).
  ///
  /// - Parameter queries: [M, D]
  func nearestLabels(to queries: Tensor, count: Int) -> [UInt8] {
    let tape = Tape()
    let known = tape.constant(points)
    // |q - p|^2 without |q|^2, which is the same for all p.
    let table = -2 * known.transposed()
    let squares = known.squared().sum(axes: [1])
    var answers: [UInt8] = []
    let size = rowsAtOnce(of: labels.count)
    let work = LongWork("nearest neighbours", total: queries.shape[0])
    for start in stride(from: 0, to: queries.shape[0], by: size) {
      let range = start..<min(start + size, queries.shape[0])
      var closeness = (-(matmul(tape.constant(queries[rows: range]), table) + squares)).tensor
      var nearest = [[UInt8]](repeating: [], count: range.count)
      for _ in 0..<min(count, labels.count) {
        let best = closeness.storage.largestIndices(columns: labels.count)
        for (row, index) in best.enumerated() { nearest[row].append(labels[index]) }
        closeness.hide(best)
      }
      answers += nearest.map { Self.majority($0[...]) }
      work.advance(to: range.upperBound)
    }
    return answers
  }
}

extension Tensor {
  /// Puts one element of each row out of the way.
  fileprivate mutating func hide(_ columns: [Int]) {
    let width = shape[1]
    storage.withUnsafeMutableBytes { bytes in
      let values = bytes.assumingMemoryBound(to: Double.self)
      for (row, column) in columns.enumerated() { values[row * width + column] = -.infinity }
    }
  }
}
