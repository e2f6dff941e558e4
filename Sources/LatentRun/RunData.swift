import Latent
import LatentData
import LatentFiles

/// The examples of a run and their two parts.
package struct RunData {
  /// All examples of the run, training and validation.
  package let whole: AnyDataset
  package let training: AnyDataset
  package let validation: AnyDataset
  /// What a model is looked at with: the examples for validation where there are any.
  package var shown: AnyDataset { validation.count > 0 ? validation : training }

  package init(whole: AnyDataset, training: AnyDataset, validation: AnyDataset) {
    (self.whole, self.training, self.validation) = (whole, training, validation)
  }

  /// Cut into two parts, and scaled as the one that is learned from asks for. Images of bytes are what they are.
  ///
  /// - Parameter kind: how numbers with units are scaled; nil as their shape asks for
  package init(splitting whole: AnyDataset, validationFraction: Double, scaling kind: Scaling.Kind?) {
    func split(_ whole: AnyDataset) -> RunData {
      let (training, validation) = whole.split(validationFraction: validationFraction)
      return RunData(whole: whole, training: training, validation: validation)
    }
    func fitted<D: ScalableData>(_ data: D) -> Scaling { data.fitted(kind ?? Self.usualScaling(of: data.shape)) }
    let asRead = split(whole)
    // The whole is scaled, and cut again: parts share its rows.
    self = (asRead.training.base as? any ScalableData).map { split(whole.scaled(by: fitted($0))) } ?? asRead
  }

  /// Whether its examples are bytes, which are in 0...1 for a model.
  package var areBytes: Bool { whole.base is ImageDataset }

  /// Pictures are in 0...1 already; what else there is has units of its own.
  private static func usualScaling(of shape: ExampleShape) -> Scaling.Kind {
    if case .image = shape { .none } else { .standard }
  }

  /// The same images in rows of another length.
  package func reshaped(height: Int, width: Int) -> RunData {
    func reshaped(_ data: AnyDataset) -> AnyDataset {
      guard let images = data.base as? ImageDataset else { return data }
      return AnyDataset(images.reshaped(height: height, width: width))
    }
    return RunData(whole: reshaped(whole), training: reshaped(training), validation: reshaped(validation))
  }
}

extension AnyDataset {
  /// The same images in black and white.
  ///
  /// - Throws: ``RunError`` where they are no images of bytes
  package func binarized(_ binarization: Binarization?) throws(RunError) -> AnyDataset {
    guard let binarization else { return self }
    guard let images = base as? ImageDataset else {
      throw RunError("\(name) has \(shape.plural) of \(shape), and only images of bytes are made black and white")
    }
    return AnyDataset(images.binarized(binarization))
  }

  /// The same examples as a model reads them; themselves where their numbers have no units.
  package func scaled(by scaling: Scaling) -> AnyDataset {
    func scaled<D: ScalableData>(_ data: D) -> AnyDataset { AnyDataset(data.scaled(by: scaling)) }
    return (base as? any ScalableData).map { scaled($0) } ?? self
  }
}
