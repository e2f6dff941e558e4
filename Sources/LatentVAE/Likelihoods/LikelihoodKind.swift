import Latent
import LatentData

/// A likelihood that is chosen by its name and travels in files: what must be known of it before it is made.
///
/// To add one, write its type and its kind in one file and put the kind into ``all``.
public struct LikelihoodKind: Sendable {
  /// Its name in options and files.
  public let name: String
  /// What people call it: `binary cross-entropy`.
  public let title: String
  /// Its negative logarithm for one example: x is an element, y its mean as the decoder gives it, CE and SE are binary
  /// cross-entropy and squared error, summed over the P elements.
  public let formula: String
  /// The examples that it is a likelihood of.
  public let support: Support
  /// k, the numbers that the decoder gives for an element of an example.
  public let numbersPerElement: Int
  /// What turns the decoder's numbers into the mean.
  public let link: Link
  /// What its negative logarithm is counted in.
  public let unit: Unit
  private let namesAndShapes: @Sendable (ExampleShape) -> [(name: String, shape: [Int])]
  private let makeLikelihood: @Sendable (ExampleShape, ElementType) -> any Likelihood

  /// What other programs apply to the decoder's numbers.
  public enum Link: Sendable, CaseIterable {
    /// The first number of an element is its mean.
    case identity
    /// The first number's sigmoid, in 0...1.
    case sigmoid
    /// The first number's exponential, above 0.
    case exp
    /// 1 / (1 - exp(-l)) - 1 / l of the first number l, in 0...1.
    case continuousBernoulli
    /// The place of the largest of all numbers.
    case largest
    /// (1 + the sum of softmax(w) m) / 2, between 0 and 1, of the first third w of the numbers and the second third m.
    case logisticMixture
  }

  /// Examples that a likelihood is one of: of others its formula can be computed, but is no -log p(x|z).
  public enum Support: Sendable, Equatable {
    /// Elements that are 0 or 1.
    case binary
    /// Any numbers.
    case real
    /// Elements from 0 to 1.
    case unitInterval
    /// Elements that are 0, 1, 2, ...
    case counts
    /// Elements that are one of 0 ..< C.
    case classes(Int)
    /// Bytes, read as 0, 1/255, ... 1.
    case bytes
  }

  /// What a loss is counted in.
  public enum Unit: Sendable {
    /// Natural units of information: the loss is a bound on -log p(x).
    case nats
    /// Squared units of the examples.
    case squaredError
  }

  /// - Parameters:
  ///   - numbersPerElement: k
  ///   - parameters: names and shapes of what it learns itself for examples of a shape
  ///   - make: the likelihood with its first parameters, for examples of a shape and an element type
  public init(
    _ name: String, title: String, formula: String, support: Support = .real, numbersPerElement: Int = 1, link: Link,
    unit: Unit = .nats, parameters: @escaping @Sendable (ExampleShape) -> [(name: String, shape: [Int])] = { _ in [] },
    make: @escaping @Sendable (ExampleShape, ElementType) -> any Likelihood
  ) {
    (self.name, self.title, self.formula, self.support) = (name, title, formula, support)
    (self.numbersPerElement, self.link, self.unit) = (numbersPerElement, link, unit)
    (namesAndShapes, makeLikelihood) = (parameters, make)
  }

  /// Whether losses are in nats.
  public var isInNats: Bool { unit == .nats }

  /// The likelihood of examples of a shape, with its first parameters.
  public func make(for example: ExampleShape, element: ElementType = .float32) -> any Likelihood {
    makeLikelihood(example, element)
  }

  /// The shapes of its own parameters.
  package func parameters(for example: ExampleShape) -> [NamedShape] {
    namesAndShapes(example).map { NamedShape($0.name, $0.shape) }
  }

  /// All that have a name; of those with a number in it, such as `categorical-256`, one each.
  public static let all: [LikelihoodKind] = [
    .bernoulli, .squaredError, .gaussian, .freeGaussian(.one), .freeGaussian(.feature), .freeGaussian(.element),
    .laplace, .student, .continuousBernoulli, .poisson, .categorical(classes: 256), .discretizedLogistic(mixtures: 5),
  ]

  /// Those with a number in their name: what stands before it, which numbers there are, and the kind.
  private static let families: [(stem: String, numbers: ClosedRange<Int>, kind: @Sendable (Int) -> LikelihoodKind)] = [
    ("categorical-", 2...65_536, { .categorical(classes: $0) }),
    ("discretized-logistic-", 1...100, { .discretizedLogistic(mixtures: $0) }),
  ]

  /// What data are given where no likelihood is chosen: binary cross-entropy for bytes, which are read as 0...1, a class of the
  /// vocabulary for each token of a text, and for real numbers a Gaussian with a free mean and a variance for each feature.
  public static func usual(for example: ExampleShape, areBytes: Bool) -> LikelihoodKind {
    if case .text(_, let vocabulary) = example { return .categorical(classes: vocabulary) }
    return areBytes ? .bernoulli : .freeGaussian(.feature)
  }

  /// The one of this name; nil if there is none.
  public init?(named name: String) {
    if let kind = Self.all.first(where: { $0.name == name }) {
      self = kind
      return
    }
    for family in Self.families where name.hasPrefix(family.stem) {
      // Numbers as they are written: no sign, no zeros before them.
      guard let number = Int(name.dropFirst(family.stem.count)), family.numbers.contains(number),
        family.kind(number).name == name
      else { continue }
      self = family.kind(number)
      return
    }
    return nil
  }
}

extension LikelihoodKind: Hashable, CustomStringConvertible {
  public static func == (a: LikelihoodKind, b: LikelihoodKind) -> Bool { a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
  public var description: String { name }
}
