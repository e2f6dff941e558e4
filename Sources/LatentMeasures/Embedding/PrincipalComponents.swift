import Latent

/// The directions in which points differ most, as orthonormal rows (Pearson 1901), by the singular value decomposition of
/// the points without their mean.
///
///     let components = try PrincipalComponents(of: means, count: 2)
///     let plane = components.transform(means)      // [N, 2]
///     let codes = components.inverse(plane)        // [N, Z], the nearest points of that plane
///
/// The largest number of each component, by its size, is positive, so that the same points give the same picture.
public struct PrincipalComponents: Sendable {
  /// The points' mean: [Z].
  public let mean: Tensor
  /// The components as rows, the one with the most variance first: [count, Z].
  public let components: Tensor
  /// The variance along each component, over N - 1.
  public let variances: [Double]
  /// The share of each component in the variance of all Z dimensions; 0 where there is none.
  public let explained: [Double]

  /// - Parameters:
  ///   - points: [N, Z], at least two
  ///   - count: how many components, at most N and Z; nil for as many as there are
  /// - Throws: ``LatentKernels/LinearAlgebraError/noConvergence(operation:)``, as for numbers that are not finite
  public init(of points: Tensor, count: Int? = nil) throws(LinearAlgebraError) {
    require(
      points.shape.count == 2 && points.shape[0] > 1 && points.shape[1] > 0,
      "PrincipalComponents: the shape \(points.shape) is not at least two points [N, Z]")
    let (examples, size) = (points.shape[0], points.shape[1])
    let most = min(examples, size)
    let count = count ?? most
    require(count > 0 && count <= most, "PrincipalComponents: \(count) of \(points.shape); at most \(most)")
    let tape = Tape()
    let all = tape.constant(points.converted(to: .float64))
    let mean = all.mean(axes: [0])
    let (_, s, vt) = try LinearAlgebra.svd((all - mean).tensor)
    let variances = s.values.map { $0 * $0 / Double(examples - 1) }
    let total = variances.reduce(0, +)
    let rows = vt[rows: 0..<count]
    let signs = rows.signsOfLargest
    self.mean = mean.tensor.converted(to: points.element)
    components = (tape.constant(rows) * tape.constant(signs)).tensor.converted(to: points.element)
    self.variances = Array(variances.prefix(count))
    explained = self.variances.map { total > 0 ? $0 / total : 0 }
  }

  /// Points along the components: [N, Z] -> [N, count].
  public func transform(_ points: Tensor) -> Tensor {
    require(
      points.shape.count == 2 && points.shape[1] == mean.count,
      "PrincipalComponents.transform: \(points.shape) by components \(components.shape)"
        + "; points must be [B, D] for components [K, D]")
    let tape = Tape()
    let centred = tape.constant(points) - tape.constant(mean)
    return matmul(centred, tape.constant(components).transposed()).tensor
  }

  /// The point that lies so far along each component, and nowhere else away from the mean: [N, count] -> [N, Z].
  public func inverse(_ scores: Tensor) -> Tensor {
    require(
      scores.shape.count == 2 && scores.shape[1] == components.shape[0],
      "PrincipalComponents.inverse: \(scores.shape) by components \(components.shape)"
        + "; scores must be [B, K] for components [K, D]")
    let tape = Tape()
    return (matmul(tape.constant(scores), tape.constant(components)) + tape.constant(mean)).tensor
  }
}

extension Tensor {
  /// 1 or -1 for each row, by the sign of its largest element: [rows, 1].
  fileprivate var signsOfLargest: Tensor {
    let (values, columns) = (values, shape[1])
    let signs = (0..<shape[0]).map { row in
      let largest = values[row * columns..<(row + 1) * columns].max { $0.magnitude < $1.magnitude }!
      return largest < 0 ? -1.0 : 1
    }
    return Tensor(signs, shape: [shape[0], 1], element: element)
  }
}
