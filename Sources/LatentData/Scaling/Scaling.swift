import Latent
import LatentFiles

/// How the numbers of examples become those that a model reads, feature by feature: (x - offset) / scale. It is fitted on
/// what the model learns from, kept with the model, and undone in what people see.
///
///     let scaling = Scaling(.standard, of: training)
///     let scaled = training.scaled(by: scaling)
///     let inUnits = scaling.undone(model.decode(z))       // [..., D]
///
/// As JSON: `{"kind": "standard", "offsets": [42.4], "scales": [28.1]}`.
public struct Scaling: Sendable, Equatable, Codable {
  /// What is fitted.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// The mean becomes 0, and the standard deviation 1 (that of a sample, whose divisor is n - 1).
    case standard
    /// The least value becomes 0, and the greatest 1.
    case minmax
    /// The median becomes 0, and the distance between the quartiles 1: a few wild values change little.
    case robust
    /// Numbers are taken as they are.
    case none
  }

  /// What was fitted.
  public let kind: Kind
  /// What is subtracted: [D].
  public let offsets: [Double]
  /// What it is divided by: [D]. 1 for a feature that is the same everywhere.
  public let scales: [Double]

  /// - Parameters:
  ///   - offsets: [D]
  ///   - scales: [D], none of them 0
  public init(_ kind: Kind, offsets: [Double], scales: [Double]) {
    require(
      offsets.count == scales.count && scales.allSatisfy { $0 != 0 && $0.isFinite } && offsets.allSatisfy(\.isFinite),
      "Scaling: offsets \(offsets), scales \(scales); there must be as many of both, finite, and no scale of 0")
    (self.kind, self.offsets, self.scales) = (kind, offsets, scales)
  }

  /// That of columns of numbers, of which those that are NaN are missing.
  ///
  /// - Parameter columns: the values of each feature: D lists
  public init(_ kind: Kind, columns: [[Double]]) {
    let fitted = columns.map { column -> (offset: Double, scale: Double) in
      guard kind == .robust else { return FeatureFigures(column).scaling(kind) }
      let sorted = column.filter { !$0.isNaN }.sorted()
      if sorted.isEmpty { return (0, 1) }
      return (quantile(sorted, 0.5), quantile(sorted, 0.75) - quantile(sorted, 0.25))
    }
    self.init(kind, fitted)
  }

  /// That of columns whose figures are known; no robust one.
  init(_ kind: Kind, figures: [FeatureFigures]) { self.init(kind, figures.map { $0.scaling(kind) }) }

  private init(_ kind: Kind, _ fitted: [(offset: Double, scale: Double)]) {
    self.init(
      kind, offsets: fitted.map(\.offset), scales: fitted.map { $0.scale > 0 && $0.scale.isFinite ? $0.scale : 1 })
  }

  /// D
  public var features: Int { offsets.count }

  /// A number of a feature as a model reads it.
  public func scaled(_ value: Double, feature: Int) -> Double { (value - offsets[feature]) / scales[feature] }

  /// A model's number in the units of the data.
  public func undone(_ value: Double, feature: Int) -> Double { value * scales[feature] + offsets[feature] }

  /// Numbers as a model reads them: x [..., D], or [..., T D] with the features of a step beside each other.
  ///
  /// - Parameter workspace: memory for the result; nil takes it from the system
  public func scaled(_ x: Tensor, workspace: Workspace? = nil) -> Tensor {
    applied(to: x, workspace) { ($0 - $1) / $2 }
  }

  /// A model's numbers in the units of the data: x [..., D] or [..., T D].
  public func undone(_ x: Tensor) -> Tensor { applied(to: x, nil) { $0 * $2 + $1 } }

  private func applied(
    to x: Tensor, _ workspace: Workspace?, _ function: (Variable, Variable, Variable) -> Variable
  ) -> Tensor {
    require(
      x.count % max(features, 1) == 0 && (x.shape.last ?? 0) % max(features, 1) == 0,
      "Scaling: \(x.shape) has no rows of \(features) features")
    if kind == .none || features == 0 { return x }
    if x.element == .bfloat16 {
      return applied(to: x.converted(to: .float32), workspace, function).converted(to: x.element)
    }
    let tape = Tape(workspace: workspace)
    func constant(_ values: [Double]) -> Variable {
      tape.constant(Tensor(values, shape: [features], element: x.element))
    }
    let rows = tape.constant(x.reshaped(to: [x.count / features, features]))
    return function(rows, constant(offsets), constant(scales)).tensor.reshaped(to: x.shape)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case kind, offsets, scales }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let offsets = try fields.decode([Double].self, forKey: .offsets)
    let scales = try fields.decode([Double].self, forKey: .scales)
    guard offsets.count == scales.count, scales.allSatisfy({ $0 != 0 && $0.isFinite }), offsets.allSatisfy(\.isFinite)
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .scales, in: fields, debugDescription: "there is no scale that can be undone for each offset")
    }
    self.init(try fields.decode(Kind.self, forKey: .kind), offsets: offsets, scales: scales)
  }
}

/// The value that a share of sorted values is below, between two of them as NumPy has it.
func quantile(_ sorted: [Double], _ share: Double) -> Double {
  let place = share * Double(sorted.count - 1)
  let below = Int(place)
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}
