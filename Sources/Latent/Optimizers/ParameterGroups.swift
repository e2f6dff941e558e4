import LatentKernels

/// Settings of an optimizer for parts of a model, found by the paths of its parameters.
///
///     optimizer.groups = [
///       .under("encoder", learningRateFactor: 0.1),
///       .under("encoder.lstm", isFrozen: true),
///       .named("bias", decaysWeights: false),
///     ]
///
/// All rules that fit a parameter apply to it: their factors are multiplied; one that freezes or that turns weight decay
/// off is enough. A frozen parameter keeps its bits, and has no part in ``GradientClipping``'s global norm. Nothing is computed
/// for it where the gradients are of a ``ParameterLayout`` that was made with these groups, as a trainer's are.
public struct ParameterGroups: Sendable, ExpressibleByArrayLiteral {
  /// One rule.
  public struct Rule: Sendable, Equatable {
    private enum Pattern: Equatable {
      case under(String)
      case named(String)
    }

    private let pattern: Pattern
    let settings: Settings

    /// For the parameter with this path and those of the part with this path: `encoder` fits `encoder.lstm.kernel`, not
    /// `encoder2.kernel`.
    ///
    /// - Parameters:
    ///   - learningRateFactor: what the learning rate is multiplied by
    ///   - decaysWeights: whether weight decay is on
    ///   - isFrozen: whether the parameters keep their values
    public static func under(
      _ path: String, learningRateFactor: Double = 1, decaysWeights: Bool = true, isFrozen: Bool = false
    ) -> Rule {
      Rule(pattern: .under(path), settings: Settings(learningRateFactor, decaysWeights, isFrozen))
    }

    /// For all parameters whose path ends with this name, such as `bias`.
    public static func named(
      _ name: String, learningRateFactor: Double = 1, decaysWeights: Bool = true, isFrozen: Bool = false
    ) -> Rule {
      Rule(pattern: .named(name), settings: Settings(learningRateFactor, decaysWeights, isFrozen))
    }

    func fits(_ path: String) -> Bool {
      switch pattern {
      case .under(let part): path == part || path.hasPrefix(part + ".")
      case .named(let name): path == name || path.hasSuffix("." + name)
      }
    }

    fileprivate var name: String {
      switch pattern {
      case .under(let part): "under \(part)"
      case .named(let name): "named \(name)"
      }
    }
  }

  /// What the rules come to for one parameter.
  struct Settings: Sendable, Equatable {
    var learningRateFactor: Double
    var decaysWeights: Bool
    var isFrozen: Bool

    init(_ learningRateFactor: Double = 1, _ decaysWeights: Bool = true, _ isFrozen: Bool = false) {
      self.learningRateFactor = learningRateFactor
      self.decaysWeights = decaysWeights
      self.isFrozen = isFrozen
    }
  }

  /// In the order in which they were given.
  public let rules: [Rule]
  // Names are looked up once for a layout, not in every step.
  private var resolved: (layout: ParameterLayout, settings: [Settings])?

  /// Groups of these rules; none treats all parts alike.
  public init(_ rules: [Rule] = []) { self.rules = rules }

  public init(arrayLiteral rules: Rule...) { self.init(rules) }

  /// Whether a rule freezes the parameter with this path.
  func freezes(_ path: String) -> Bool { rules.contains { $0.settings.isFrozen && $0.fits(path) } }

  /// The settings of each of the layout's slots, of which it may have frozen some itself. A rule that fits none of them is a mistake.
  mutating func settings(for layout: ParameterLayout) -> [Settings] {
    if let resolved, resolved.layout === layout { return resolved.settings }
    var settings = layout.slots.map { Settings(1, true, $0.isFrozen) }
    for rule in rules {
      let indices = layout.slots.indices.filter { rule.fits(layout.slots[$0].path) }
      require(
        !indices.isEmpty, "ParameterGroups: no parameter \(rule.name); there are \(layout.slots.map(\.path))")
      for index in indices {
        settings[index].learningRateFactor *= rule.settings.learningRateFactor
        settings[index].decaysWeights = settings[index].decaysWeights && rule.settings.decaysWeights
        settings[index].isFrozen = settings[index].isFrozen || rule.settings.isFrozen
      }
    }
    resolved = (layout, settings)
    return settings
  }
}
