import CLatentKernels

extension Storage {
  /// The forces of t-SNE between N points in the plane, in blocks of points on all threads; formulas in `student_forces.inc.h`.
  ///
  /// The bits don't depend on the threads.
  ///
  /// - Parameters:
  ///   - affinities: p of each point and its neighbours, one point's after the other's
  ///   - neighbours: which points these are
  ///   - starts: where the neighbours of each point begin, and the end of the last one's: [N + 1]
  ///   - points: [2, N], all first coordinates and then all second ones
  ///   - attraction: [2, N], sum_j p_ij w_ij (y_i - y_j)
  ///   - repulsion: [2, N], sum_j w_ij² (y_i - y_j)
  ///   - weights: [N], sum_j w_ij over the other points
  public static func assignStudentForces(
    affinities: Storage, neighbours: [UInt32], starts: [Int], points: Storage, attraction: Storage, repulsion: Storage,
    weights: Storage
  ) {
    let n = weights.count
    require(
      starts.count == n + 1 && starts.last == neighbours.count && !neighbours.isEmpty
        && affinities.count == neighbours.count
        && [points, attraction, repulsion].allSatisfy { $0.count == 2 * n }
        && [points, attraction, repulsion, weights].allSatisfy { $0.element == affinities.element },
      "student forces: \(affinities.count) affinities of \(neighbours.count) neighbours and \(points.count) coordinates into "
        + "\(attraction.count), \(repulsion.count) and \(n)")
    let loop = points.operations.student_forces
    starts.withUnsafeBufferPointer { starts in
      neighbours.withUnsafeBufferPointer { neighbours in
        // The base addresses of arrays that outlive the loop.
        nonisolated(unsafe) let (starts, neighbours) = (starts.baseAddress!, neighbours.baseAddress!)
        Threads.cutRows(n, of: n, least: Threads.leastResults) {
          loop(
            affinities.pointer, neighbours, starts, points.pointer, n,
            $0.lowerBound, $0.count, attraction.mutablePointer, repulsion.mutablePointer, weights.mutablePointer)
        }
      }
    }
  }
}
