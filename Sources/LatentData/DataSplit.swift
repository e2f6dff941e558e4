import Latent

/// How examples are parted: those that are learned from, those for validation, and those that are kept apart until the end.
///
///     let (training, validation, test) = DataSplit(validation: 0.2, test: 0.1).parts(of: data)
///
/// The first examples are learned from, then come those for validation, and the last are for the test; a series is cut in time,
/// and windows that lie on both sides of a cut are left out. A shuffled split draws who is where, and leaves the order as it
/// is: windows that overlap then share rows with those of other parts.
public struct DataSplit: Sendable, Equatable {
  /// The fraction of all examples for validation: at least 0.
  public var validation: Double
  /// The fraction for the test: at least 0. Both together are below 1.
  public var test: Double
  /// What a shuffled split is drawn from; nil where the order of the examples says who is where.
  public var shuffleSeed: UInt64?

  public init(validation: Double = 0.3, test: Double = 0, shuffleSeed: UInt64? = nil) {
    require(
      validation >= 0 && test >= 0 && validation + test < 1,
      "DataSplit: \(validation) for validation and \(test) for the test; both together must be below 1")
    (self.validation, self.test, self.shuffleSeed) = (validation, test, shuffleSeed)
  }

  /// Three parts of a data set.
  public struct Parts: Sendable {
    /// What is learned from.
    public let training: AnyDataset
    /// What is measured on after each epoch.
    public let validation: AnyDataset
    /// What is kept apart.
    public let test: AnyDataset

    package init(training: AnyDataset, validation: AnyDataset, test: AnyDataset) {
      (self.training, self.validation, self.test) = (training, validation, test)
    }
  }

  /// The parts of a data set.
  public func parts(of data: some Dataset) -> Parts {
    let fractions = [validation + test, test]
    guard let shuffleSeed else {
      let parts = AnyDataset(data).cut(leaving: fractions)
      return Parts(training: parts[0], validation: parts[1], test: parts[2])
    }
    let order = RandomKey(seed: shuffleSeed).child("split").permutation(of: data.count)
    let parts = cuts(of: data.count, leaving: fractions).map { data.chosen(order[$0].sorted()) }
    return Parts(training: parts[0], validation: parts[1], test: parts[2])
  }
}
