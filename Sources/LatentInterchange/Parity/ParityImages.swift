import Latent
import LatentData
import LatentFiles
import LatentVAE

/// Ten images that a model is compared on, before and after it has travelled.
package struct ParityImages: Sendable {
  package static let count = 10

  /// [10, T, D], in 0...1; NaN where a value is missing
  package let images: Tensor
  /// 1 where a value is known and 0 where it is missing, of the same shape, for a model that reads that; nil for others.
  private let observed: Tensor?
  /// A label for each, where the model is conditional on them.
  package let labels: [UInt8]?
  /// Where they are from.
  package let description: String

  /// The first test images of `source`; without one, those of the data set that the model was trained on where that is
  /// found and has images of this size, else synthetic digits.
  ///
  /// - Parameter data: the name of the data set that the model was trained on
  /// - Throws: `DataError` where `source` can't be read
  package init(
    for plan: ModelPlan, element: ElementType, trainedOn data: String?, source: DataSource? = nil
  ) throws(DataError) {
    if case .text(let steps, let vocabulary) = plan.example {
      self.init(textsOf: steps, vocabulary, plan, element)
      return
    }
    let known = data == "Fashion-MNIST" ? FashionMNISTSource() : nil
    if let source {
      self.init(try source.loadImages(.test, limit: Self.count), plan, element)
    } else if let known, let dataset = try? known.load(.test, limit: Self.count),
      dataset.height * dataset.width == plan.example.steps * plan.example.features
    {
      self.init(dataset, plan, element)
    } else {
      self.init(.synthetic(count: Self.count, part: .test), plan, element)
    }
  }

  /// Texts of any tokens: the first begin with 1, 2, 3, ...
  private init(textsOf steps: Int, _ vocabulary: Int, _ plan: ModelPlan, _ element: ElementType) {
    let numbers = (0..<Self.count * steps).map { Double(($0 * $0 / steps + $0 + 1) % vocabulary) }
    images = Tensor(numbers, shape: [Self.count, steps, 1], element: element)
    labels = plan.classes == 0 ? nil : (0..<Self.count).map { plan.classLabels[$0 % plan.classes] }
    (observed, description) = (nil, "\(Self.count) texts of any tokens")
  }

  private init(_ dataset: ImageDataset, _ plan: ModelPlan, _ element: ElementType) {
    let (height, width) = (plan.example.steps, plan.example.features)
    let batch: ExampleBatch
    var images: Tensor
    if dataset.height * dataset.width == height * width {
      batch = dataset.reshaped(height: height, width: width).firstBatch(Self.count, element: element)
      images = batch.values
    } else {
      batch = dataset.firstBatch(Self.count, element: element)
      images = Self.nearest(batch.values, height: height, width: width)
    }
    labels =
      plan.classes == 0
      ? nil
      : (0..<images.shape[0]).map { index in
        let label = batch.labels?[index] ?? UInt8(index)
        return plan.classLabels.contains(label) ? label : plan.classLabels[Int(label) % plan.classes]
      }
    images = images.reshaped(to: [images.shape[0]] + plan.example.dimensions)
    description = "\(images.shape[0]) test images, \(dataset.name)"
    guard plan.layers.readsMask else {
      (self.images, observed) = (images, nil)
      return
    }
    let isKnown = (0..<images.count).map { $0 * 7 % 11 < 8 }
    observed = Tensor(isKnown.map { $0 ? 1 : 0 }, shape: images.shape, element: element)
    self.images = Tensor(
      zip(images.values, isKnown).map { $1 ? $0 : .nan }, shape: images.shape, element: element)
  }

  /// The nearest pixel for each of an image of another size: [B, h, w] -> [B, height, width].
  private static func nearest(_ images: Tensor, height: Int, width: Int) -> Tensor {
    let (h, w, values) = (images.shape[1], images.shape[2], images.values)
    var result: [Double] = []
    for image in 0..<images.shape[0] {
      for row in 0..<height {
        let start = (image * h + row * h / height) * w
        for column in 0..<width { result.append(values[start + column * w / width]) }
      }
    }
    return Tensor(result, shape: [images.shape[0], height, width], element: images.element)
  }

  /// What a model makes of them.
  package func outputs(of model: AnyVariationalAutoencoder) -> ParityOutputs {
    let (mean, logVariance) = model.encode(images, labels: labels, observed: observed)
    return ParityOutputs(
      mean: mean, logVariance: logVariance, reconstruction: model.decode(mean, labels: labels))
  }

  /// A file for another program to check itself by: `images` [10, T, D] with NaN for missing values, one-hot `labels` [10, C] of a conditional model,
  /// and ours: `mean`, `log_variance` [10, Z], `reconstruction` from the mean [10, T D].
  package func encoded(_ outputs: ParityOutputs, classLabels: [UInt8]) -> [UInt8] {
    var tensors = [SafetensorsTensor("images", images)]
    if let labels {
      tensors.append(
        SafetensorsTensor("labels", Tensor(oneHot: labels, of: classLabels, element: images.element)))
    }
    return SafetensorsFile.encode(tensors + outputs.named.map { SafetensorsTensor($0.name, $0.value) })
  }
}

/// What a model makes of images.
package struct ParityOutputs: Sendable {
  /// [B, Z]
  package let mean: Tensor
  /// [B, Z]
  package let logVariance: Tensor
  /// From the mean: [B, T D]
  package let reconstruction: Tensor

  var named: [(name: String, value: Tensor)] {
    [("mean", mean), ("log_variance", logVariance), ("reconstruction", reconstruction)]
  }

  /// The largest difference of two numbers; not-a-number where only one is.
  package func largestDifference(to other: ParityOutputs) -> Double {
    differences(from: other).reduce(0) { $1.largest > $0 || $1.largest.isNaN ? $1.largest : $0 }
  }

  /// The largest difference of each output.
  package func differences(from other: ParityOutputs) -> [(name: String, largest: Double)] {
    zip(named, other.named).map { own, other in
      let largest = zip(own.value.values, other.value.values).reduce(0.0) { largest, pair in
        if pair.0 == pair.1 || pair.0.isNaN && pair.1.isNaN { return largest }
        let difference = abs(pair.0 - pair.1)
        return difference > largest || difference.isNaN ? difference : largest
      }
      return (own.name, largest)
    }
  }
}
