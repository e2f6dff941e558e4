import Latent

/// A data set whose numbers have units, and can be scaled for a model.
public protocol ScalableData: Dataset {
  /// How its numbers were scaled; nil where they are as they were read.
  var scaling: Scaling? { get }
  /// The numbers of each feature that it holds, in the units they were read in, each once; NaN where one is missing: D lists.
  func columns() -> [[Double]]
  /// What scales its numbers best. Where left out, it is found from ``columns()``.
  func fitted(_ kind: Scaling.Kind) -> Scaling
  /// The same examples for a model to read.
  func scaled(by scaling: Scaling) -> Self
}

extension ScalableData {
  /// What scales its numbers best.
  public func fitted(_ kind: Scaling.Kind) -> Scaling { Scaling(kind, columns: columns()) }
}

extension Scaling {
  /// What scales the numbers of a data set.
  public init(_ kind: Kind, of data: some ScalableData) { self = data.fitted(kind) }
}

extension TensorDataset: ScalableData {
  public func columns() -> [[Double]] {
    let features = shape.units
    var values = tensors[0].values
    if let scaling {
      for index in values.indices { values[index] = scaling.undone(values[index], feature: index % features) }
    }
    if let observed {
      for (index, known) in observed.values.enumerated() where known == 0 { values[index] = .nan }
    }
    return (0..<features).map { feature in
      stride(from: feature, to: values.count, by: features).map { values[$0] }
    }
  }

  public func scaled(by scaling: Scaling) -> TensorDataset {
    require(self.scaling == nil, "TensorDataset.scaled: it is scaled already")
    require(
      scaling.features == shape.units,
      "TensorDataset.scaled: a scaling of \(scaling.features) features, examples of the shape \(shape)")
    var scaled = self
    scaled.tensors[0] = scaling.scaled(tensors[0])
    if let observed {
      // What is missing is 0 for a model, whatever a 0 is in the units of the data.
      let values = zip(scaled.tensors[0].values, observed.values).map { $1 == 0 ? 0 : $0 }
      scaled.tensors[0] = Tensor(values, shape: tensors[0].shape, element: tensors[0].element)
    }
    scaled.scaling = scaling
    return scaled
  }
}
