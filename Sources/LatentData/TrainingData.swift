import Latent
import LatentFiles

/// Examples that a model can be trained on: numbered from 0, and handed out in batches.
///
/// A type of your own says how to make a batch of the examples with given numbers:
///
///     struct Walks: TrainingData {
///       let count = 10_000
///       func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> Tensor { ... }
///     }
public protocol TrainingData: Sendable {
  /// What a model's loss is computed from: tensors, images with labels, or your own type.
  associatedtype Batch

  /// The number of examples.
  var count: Int { get }

  /// How many numbers an example is made of: where it is large, evaluation takes fewer at a time and so needs no more memory
  /// than training. 0 where that is not known.
  var elementsPerExample: Int { get }

  /// The examples with these numbers, each in 0..<count. Workers call it at the same time.
  func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> Batch

  /// Hears which examples this process will ask for next, while it works on others: what lies on a disk can be fetched
  /// meanwhile. Does nothing where left out.
  func prefetch(_ indices: ArraySlice<Int>)
}

extension TrainingData {
  /// Not known.
  public var elementsPerExample: Int { 0 }

  /// Nothing: the examples are there.
  public func prefetch(_ indices: ArraySlice<Int>) {}

  /// All examples' numbers in random order, in batches; the last one holds what is left.
  public func batches(of size: Int, key: RandomKey) -> [ArraySlice<Int>] {
    require(size > 0, "batches: of \(size) examples; at least one is needed")
    let order = key.permutation(of: count)
    return stride(from: 0, to: count, by: size).map { order[$0..<min($0 + size, count)] }
  }
}

/// Examples of which the last can be kept for validation.
public protocol SplittableData: TrainingData {
  /// The first examples for training, and the last for validation; see ``validationCut(count:validationFraction:)``.
  ///
  /// - Parameter validationFraction: at least 0 and below 1
  func split(validationFraction: Double) -> (training: Self, validation: Self)
}

/// What making a batch may depend on beside the examples' numbers.
public struct BatchContext: Sendable {
  /// The key of the epoch's noise and augmentation: what is drawn for an example should depend on it and on the example's number alone.
  /// A loop of one's own has another in each epoch, such as `key.child(UInt64(epoch))`; by default it is that of evaluations, which draw
  /// the same each time.
  public var noiseKey: RandomKey
  /// The model's element type.
  public var element: ElementType
  /// Memory for the batch; nil takes it from the system.
  public var workspace: Workspace?

  public init(noiseKey: RandomKey = RandomKey(seed: 0), element: ElementType = .float32, workspace: Workspace? = nil) {
    self.noiseKey = noiseKey
    self.element = element
    self.workspace = workspace
  }
}

/// Where a data set of `count` examples is cut so that the last ones are for validation: at the whole part of
/// count (1 - fraction), as in Keras. 60,000 examples and a fraction of 0.3 give 42,000 and 18,000.
public func validationCut(count: Int, validationFraction: Double) -> Int {
  require(
    validationFraction >= 0 && validationFraction < 1,
    "split: the validation fraction \(validationFraction) is not in 0 ..< 1")
  return Int(Double(count) * (1 - validationFraction))
}

/// The parts of `count` examples between cuts, each of which leaves a fraction of them behind it.
func cuts(of count: Int, leaving fractions: [Double]) -> [Range<Int>] {
  let ends = fractions.map { validationCut(count: count, validationFraction: $0) } + [count]
  return zip([0] + ends, ends).map { $0..<$1 }
}
