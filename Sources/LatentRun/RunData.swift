import Latent
import LatentData
import LatentFiles
import LatentVAE

/// The examples of a run and their parts.
package struct RunData {
  /// All examples of the run, training and validation.
  package let whole: AnyDataset
  package private(set) var training: AnyDataset
  package let validation: AnyDataset
  /// What is kept apart until the end; none where the run does not ask for it.
  package let test: AnyDataset
  /// What a model is looked at with: the examples for validation where there are any.
  package var shown: AnyDataset { validation.count > 0 ? validation : unchanged }
  /// What is learned from, without what is changed by chance.
  private let unchanged: AnyDataset

  private init(whole: AnyDataset, _ parts: DataSplit.Parts) {
    (self.whole, training, validation, test) = (whole, parts.training, parts.validation, parts.test)
    unchanged = training
  }

  /// The same where what is learned from is changed by chance.
  ///
  /// - Parameter range: what numbers may be; nil for any
  package func augmented(_ augmentation: Augmentation, within range: ClosedRange<Double>?) -> RunData {
    var data = self
    data.training = AnyDataset(AugmentedDataset(unchanged, augmentation, within: range))
    return data
  }

  /// Cut into parts, and scaled as the one that is learned from asks for. Images of bytes are what they are.
  ///
  /// - Parameter kind: how numbers with units are scaled; nil as their shape asks for
  package init(splitting whole: AnyDataset, _ split: DataSplit, scaling kind: Scaling.Kind?) {
    func parted(_ whole: AnyDataset) -> RunData { RunData(whole: whole, split.parts(of: whole)) }
    func fitted<D: ScalableData>(_ data: D) -> Scaling { data.fitted(kind ?? Self.usualScaling(of: data.shape)) }
    let asRead = parted(whole)
    // The whole is scaled, and cut again: parts share its rows.
    self = (asRead.training.base as? any ScalableData).map { parted(whole.scaled(by: fitted($0))) } ?? asRead
  }

  /// Whether its examples are bytes, which are in 0...1 for a model.
  package var areBytes: Bool { whole.base is ImageDataset }

  /// Whether its numbers are not as they were read.
  package var isScaled: Bool {
    guard let scaling = (whole.base as? any ScalableData)?.scaling else { return false }
    return scaling.kind != .none
  }

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
    let parts = DataSplit.Parts(
      training: reshaped(training), validation: reshaped(validation), test: reshaped(test))
    return RunData(whole: reshaped(whole), parts)
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

extension LikelihoodKind {
  /// `example 3 of 'x.npy' (from 0) has 2.5, and it takes whole numbers from 0 on`
  package func outside(_ found: Support.Outlier, of data: some Dataset) -> String {
    var value = "\(Float(found.value))"
    if let scaling = (((data as? AnyDataset)?.base ?? data) as? any ScalableData)?.scaling, scaling.kind != .none {
      let feature = found.place % scaling.features
      // To as many digits as the model's number has.
      let unit = max(abs(scaling.offsets[feature]), abs(scaling.scales[feature])) / 1e5
      let before = (scaling.undone(found.value, feature: feature) / unit).rounded() * unit
      value += " (\(Float(before)) before it was scaled)"
    }
    return "it takes \(support), and example \(found.example) (from 0) of '\(data.name)' has \(value)"
  }
}
