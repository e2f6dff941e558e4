import Latent

/// Numbers of which some may be missing, as a model reads them: 0 where there is none, and a mask.
struct KnownValues {
  /// With 0 in place of NaN.
  let values: Tensor
  /// 1 where a number is known and 0 where it is missing; nil where all are known.
  let observed: Tensor?

  /// - Parameter values: NaN where one is missing
  init(_ values: [Double], shape: [Int], element: ElementType = .float64) {
    let isMissing = values.contains { $0.isNaN }
    self.values = Tensor(isMissing ? values.map { $0.isNaN ? 0 : $0 } : values, shape: shape, element: element)
    observed = isMissing ? Tensor(values.map { $0.isNaN ? 0 : 1 }, shape: shape, element: element) : nil
  }
}
