extension Plain {
  /// Groups of numbers brought to mean 0 and variance 1, each by its own mean and variance, times gamma plus beta. A group is
  /// a row of x (layer normalisation, Ba, Kiros & Hinton 2016) or a column (batch normalisation, Ioffe & Szegedy 2015).
  public struct Normalization: Sendable {
    /// [C].
    public var gamma: [Double]
    /// [C].
    public var beta: [Double]
    public var epsilon: Double
    /// Whether rows are the groups, or columns.
    public var isByRow: Bool

    public init(gamma: [Double], beta: [Double], epsilon: Double, isByRow: Bool) {
      self.gamma = gamma
      self.beta = beta
      self.epsilon = epsilon
      self.isByRow = isByRow
    }

    /// The indices of each group of x [rows, C].
    private func groups(_ count: Int) -> [[Int]] {
      var groups = [[Int]](repeating: [], count: isByRow ? count / gamma.count : gamma.count)
      for index in 0..<count { groups[isByRow ? index / gamma.count : index % gamma.count].append(index) }
      return groups
    }

    /// (x - mean) / sqrt(variance + epsilon), and sqrt(variance + epsilon), for each element.
    private func normalized(_ x: [Double]) -> (values: [Double], deviations: [Double]) {
      var (values, deviations) = (x, x)
      for group in groups(x.count) {
        let mean = Plain.mean(group.map { x[$0] })
        let variance = Plain.mean(group.map { (x[$0] - mean) * (x[$0] - mean) })
        for index in group {
          deviations[index] = (variance + epsilon).squareRoot()
          values[index] = (x[index] - mean) / deviations[index]
        }
      }
      return (values, deviations)
    }

    /// y [rows, C] for x [rows, C].
    public func forward(_ x: [Double]) -> [Double] {
      let values = normalized(x).values
      return values.indices.map { values[$0] * gamma[$0 % gamma.count] + beta[$0 % gamma.count] }
    }

    /// The gradients, by the derivative of each normalised element for each element of its group:
    /// dn_i / dx_j = ([i = j] - 1/n - n_i n_j / n) / sqrt(variance + epsilon).
    public func backward(_ x: [Double], upstream: [Double]) -> (x: [Double], gamma: [Double], beta: [Double]) {
      let (values, deviations) = normalized(x)
      var dx = x.map { _ in 0.0 }
      for group in groups(x.count) {
        let size = Double(group.count)
        for i in group {
          let d = upstream[i] * gamma[i % gamma.count] / deviations[i]
          for j in group { dx[j] += d * ((i == j ? 1 : 0) - 1 / size - values[i] * values[j] / size) }
        }
      }
      let along = zip(upstream, values).map { $0 * $1 }
      return (
        dx, Plain.columnSums(along, columns: gamma.count), Plain.columnSums(upstream, columns: gamma.count)
      )
    }
  }
}
