import Latent
import LatentFiles

/// Examples of one shape that have a name: what a model is trained on, measured on and looked at with.
///
/// Images are an ``ImageDataset``, and whatever lies in tensors is a ``TensorDataset``. A type of one's own says how many
/// examples it has, what one is, how a batch is made, and what a part of it is:
///
///     struct Walks: Dataset {
///       let name = "walks", shape = ExampleShape.series(steps: 50, features: 2)
///       let numbers: Range<Int>
///       var count: Int { numbers.count }
///       subscript(examples: Range<Int>) -> Walks { ... }
///       func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> ExampleBatch { ... }
///     }
public protocol Dataset: SplittableData, CustomStringConvertible where Batch == ExampleBatch {
  /// What one example is.
  var shape: ExampleShape { get }
  /// What people call it: "Fashion-MNIST", or the name of a folder.
  var name: String { get }
  /// One line for people: where the examples are from, how many there were and their checksum. The name where left out.
  var provenance: String { get }
  /// The SHA-256 of the examples, as 64 hexadecimal digits. Where left out, it is computed when it is asked for, of the
  /// examples' values and labels.
  var sha256: String { get }
  /// A label for each example: [count]; nil where there are none, and where left out.
  var labels: [UInt8]? { get }
  /// What the labels stand for, by their numbers; nil where that is not known.
  var classNames: [String]? { get }

  /// The examples with these numbers, which are counted from 0 again.
  subscript(examples: Range<Int>) -> Self { get }

  /// The examples with these numbers, in this order and counted from 0 again. Where left out, batches are made of the whole.
  func chosen(_ indices: [Int]) -> AnyDataset

  /// The parts between cuts, each of which leaves a fraction of the examples behind it. Where left out, the examples are cut
  /// in their order; see ``validationCut(count:validationFraction:)``.
  ///
  /// - Parameter fractions: at least 0 and below 1, descending
  func cut(leaving fractions: [Double]) -> [Self]

  /// Examples as people look at them, with nothing of what a batch draws by chance: [indices.count] and the shape's
  /// dimensions. Those of a batch where left out.
  func originals(_ indices: [Int]) -> Tensor
}

/// Which of a data set's two collections of examples.
public enum DatasetPart: String, Sendable, CaseIterable {
  /// The examples to learn from: of files, those whose names start with `train`.
  case training
  /// The examples kept apart: the files whose names start with `t10k`.
  case test
}

extension Dataset {
  /// The numbers of an example.
  public var elementsPerExample: Int { shape.count }
  public var provenance: String { name }
  public var labels: [UInt8]? { nil }
  public var classNames: [String]? { knownClassNames(of: name) }

  public func originals(_ indices: [Int]) -> Tensor { batch(indices[...], in: BatchContext()).values }

  /// The first examples, at most `maxCount`.
  public func prefix(_ maxCount: Int) -> Self {
    require(maxCount >= 0, "Dataset.prefix: \(maxCount) examples; their number must not be negative")
    return self[0..<min(maxCount, count)]
  }

  /// All but the first `dropped` examples.
  public func dropFirst(_ dropped: Int) -> Self {
    require(dropped >= 0, "Dataset.dropFirst: \(dropped) examples; their number must not be negative")
    return self[min(dropped, count)..<count]
  }

  /// Cuts off the last examples for validation, before any shuffling, where Keras cuts: at the whole part of
  /// count · (1 - fraction).
  ///
  /// 60,000 examples and a fraction of 0.3 give 42,000 for training and 18,000 for validation.
  ///
  /// - Parameter validationFraction: At least 0 and below 1.
  public func split(validationFraction: Double) -> (training: Self, validation: Self) {
    let parts = cut(leaving: [validationFraction])
    return (parts[0], parts[1])
  }

  public func cut(leaving fractions: [Double]) -> [Self] { cuts(of: count, leaving: fractions).map { self[$0] } }

  public func chosen(_ indices: [Int]) -> AnyDataset { AnyDataset(ChosenExamples(self, indices)) }

  /// The first `count` examples in one batch.
  public func firstBatch(_ count: Int, element: ElementType = .float32) -> ExampleBatch {
    batch(Array(0..<min(count, self.count))[...], in: BatchContext(element: element))
  }

  /// "Fashion-MNIST: 42000 labelled images of 28x28".
  public var description: String {
    "\(name): \(count) \(labels == nil ? "" : "labelled ")\(shape.plural) of \(shape)"
  }

  public var sha256: String { digest() }

  /// The SHA-256 of values and labels.
  func digest() -> String {
    var hash = SHA256()
    hash.update(Array("\(count) \(shape.dimensions)".utf8))
    for start in stride(from: 0, to: count, by: 256) {
      let batch = batch(Array(start..<min(start + 256, count))[...], in: BatchContext())
      // Where all values of a batch are known, it may say so or not.
      let observed = batch.observed.flatMap { $0.values.contains(0) ? $0 : nil }
      for tensor in [batch.values, observed].compactMap(\.self) + batch.others {
        tensor.storage.withUnsafeBytes { hash.update($0) }
      }
      hash.update(Array((batch.lengths ?? []).map(String.init).joined(separator: " ").utf8))
    }
    hash.update(labels ?? [])
    return hash.hexDigest()
  }
}
