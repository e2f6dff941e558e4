import Latent
import LatentTraining

extension LabelledPoints {
  /// The label that most of the nearest points have, the nearest one's where several are as frequent (Cover & Hart 1967).
  ///
  /// - Parameters:
  ///   - queries: [M, D]
  ///   - sum: the processes that share the queries
  func nearestLabels(to queries: Tensor, count: Int, sharedBy sum: any GradientSum = TreeSum()) -> [UInt8] {
    let tape = Tape()
    let known = tape.constant(points)
    // |q - p|^2 without |q|^2, which is the same for all p.
    let table = -2 * known.transposed()
    let squares = known.squared().sum(axes: [1])
    return sum.pieces(of: queries.shape[0], size: rowsAtOnce(of: labels.count), as: "nearest neighbours") { range in
      var closeness = (-(matmul(tape.constant(queries[rows: range]), table) + squares)).tensor
      var nearest = [[UInt8]](repeating: [], count: range.count)
      for _ in 0..<min(count, labels.count) {
        let best = closeness.storage.largestIndices(columns: labels.count)
        for (row, index) in best.enumerated() { nearest[row].append(labels[index]) }
        closeness.hide(best)
      }
      return nearest.map { Self.majority($0[...]) }
    }.flatMap(\.self)
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
