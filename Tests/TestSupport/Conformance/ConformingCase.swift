import Latent

/// A layer or a primitive and what must hold of it; ``ConformanceCheck`` has the checks.
///
///     ConformingCase("exp", covers: ["Variable.exp()"], small: ["B": 2, "D": 3]) { sizes in
///       Trial([.input("x", [sizes.B, sizes.D])], call: { $0.x.exp() }, plain: …, gradient: …)
///     }
public struct ConformingCase: Sendable, CustomStringConvertible {
  /// What the examples of a batch have to do with each other.
  public enum Rows: Sendable {
    /// Each has a row of every result to itself.
    case independent
    /// The result is the mean over the examples.
    case averaged
    /// They are computed with together, or do not lie along the results' first axis.
    case mixed
  }

  /// What comes of a batch without examples.
  public enum EmptyBatch: Sendable {
    /// What the plain implementation says, and gradients of zeros.
    case works
    /// The process ends with a message that begins with the operation's name and goes on to say this.
    case stops(_ operation: String, String)
  }

  /// A file of values that Keras computed.
  public struct Keras: Sendable {
    let file: String
    /// What Keras itself is exact to.
    let tolerance: Double
    let sizes: @Sendable (Golden) -> Sizes

    public init(_ file: String, tolerance: Double = 1e-10, sizes: @escaping @Sendable (Golden) -> Sizes) {
      (self.file, self.tolerance, self.sizes) = (file, tolerance, sizes)
    }
  }

  public let name: String
  /// The public functions and types that it stands for, as ``PublicInterface`` writes them.
  public let covers: [String]
  /// Where central differences are taken at every coordinate.
  let small: Sizes
  /// Where the plain implementation is compared with, beside `small` and one of everything.
  let sizes: [Sizes]
  let rows: Rows
  let emptyBatch: EmptyBatch
  /// Relative to a tensor's largest entry, in float32.
  let tolerance: Double
  let pass: Pass
  /// Parameters on which the result does not depend.
  let idle: [String]
  let keras: [Keras]
  /// Checks that say nothing of it.
  let exceptions: [ConformanceCheck]
  /// Whether the function is smooth around these numbers; others are drawn where not.
  let isSmooth: @Sendable (Sizes, Values) -> Bool
  let makeTrial: @Sendable (Sizes) -> Trial

  public var description: String { name }

  /// The golden files that it must meet.
  public var goldenNames: [String] { keras.map(\.file) }

  public init(
    _ name: String, covers: [String] = [], small: Sizes, sizes: [Sizes]? = nil, rows: Rows = .independent,
    emptyBatch: EmptyBatch = .works, tolerance: Double = 1e-5, pass: Pass = Pass(), idle: [String] = [],
    keras: [Keras] = [], except exceptions: [ConformanceCheck] = [],
    isSmooth: @escaping @Sendable (Sizes, Values) -> Bool = { _, _ in true },
    trial: @escaping @Sendable (Sizes) -> Trial
  ) {
    self.name = name
    self.covers = covers
    self.small = small
    self.sizes = sizes ?? small.odd
    self.rows = rows
    self.emptyBatch = emptyBatch
    self.tolerance = tolerance
    self.pass = pass.repeatable
    self.idle = idle
    self.keras = keras
    self.exceptions = exceptions
    self.isSmooth = isSmooth
    makeTrial = trial
  }

  /// The numbers of the first seed at which the function is smooth.
  func smoothValues(_ trial: Trial, _ sizes: Sizes) -> Values {
    for seed in 1...1000 {
      let values = trial.values(seed: seed)
      if isSmooth(sizes, values) { return values }
    }
    fatalError("\(name), \(sizes): no numbers keep away from its corners")
  }

  func tolerance(_ element: ElementType) -> Double { element == .float32 ? tolerance : 1e-12 }

  /// What is wrong with the end of the process that a batch without examples brings about, where it should. To be called
  /// in an exit test only.
  public func emptyBatchFailure() -> String? {
    guard case .stops(let operation, let text) = emptyBatch else { return nil }
    let (hasStopped, message) = stopMessage {
      let trial = makeTrial(small.with("B", 0))
      _ = Subject(trial, trial.values(), .float32).step(pass)
    }
    if !hasStopped { return "\(name): an empty batch does not stop" }
    let isRight = message.contains("Fatal error: \(operation)") && message.contains(text)
    return isRight ? nil : "\(name): stopped with '\(message)', not with '\(operation)' and '\(text)'"
  }
}
