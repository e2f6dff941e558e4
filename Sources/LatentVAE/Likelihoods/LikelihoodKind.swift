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
  public enum Link: String, Sendable, CaseIterable {
    /// The numbers are the mean.
    case identity
    /// The mean is in 0...1.
    case sigmoid
  }

  /// Examples that a likelihood is one of: of others its formula can be computed, but is no -log p(x|z).
  public enum Support: Sendable {
    /// Elements that are 0 or 1.
    case binary
    /// Any numbers.
    case real
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

  /// All that have a name.
  public static let all: [LikelihoodKind] = [
    .bernoulli, .squaredError, .gaussian, .freeGaussian(.one), .freeGaussian(.feature), .freeGaussian(.element),
  ]

  /// What data are given where no likelihood is chosen: binary cross-entropy for bytes, which are read as 0...1, and for real
  /// numbers a Gaussian with a free mean and a variance for each feature.
  public static func usual(areBytes: Bool) -> LikelihoodKind { areBytes ? .bernoulli : .freeGaussian(.feature) }

  /// The one of this name; nil if there is none.
  public init?(named name: String) {
    guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}

extension LikelihoodKind: Hashable, CustomStringConvertible {
  public static func == (a: LikelihoodKind, b: LikelihoodKind) -> Bool { a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
  public var description: String { name }
}
