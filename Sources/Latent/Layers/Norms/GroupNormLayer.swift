import LatentKernels

/// Group normalisation (Wu & He 2018): the channels in groups, each with mean 0 and variance 1 over its channels and all places of an
/// example; then n gamma + beta. With one group it is layer normalisation of whole examples, with as many as channels instance
/// normalisation (``InstanceNorm``).
public struct GroupNorm: Layer {
  /// [C]
  public var gamma: Parameter
  /// [C]; nil where nothing is added
  public var beta: Parameter?
  /// Groups, each of C / groups channels that follow one another.
  public let groups: Int
  /// Added to the variance before the square root.
  public let epsilon: Double

  /// gamma is 1 and beta 0 at first.
  ///
  /// - Parameters:
  ///   - groups: a divisor of the size
  ///   - size: C
  ///   - hasBias: whether beta is learned
  public init(groups: Int, size: Int, epsilon: Double = 1e-3, hasBias: Bool = true, element: ElementType = .float32) {
    require(
      groups > 0 && size > 0 && size % groups == 0 && epsilon > 0,
      "GroupNorm: \(size) channels in \(groups) groups, epsilon \(epsilon)"
        + "; the channels must be a multiple of the groups, and all positive")
    gamma = Parameter(Tensor(repeating: 1, shape: [size], element: element))
    beta = hasBias ? Parameter(Tensor(zeros: [size], element: element)) : nil
    (self.groups, self.epsilon) = (groups, epsilon)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("gamma", &gamma)
    visitor.visit("beta", &beta)
  }

  /// x [B, ..., C] -> [B, ..., C]
  public func callAsFunction(_ x: Variable) -> Variable {
    let (scale, shift) = (gamma.on(x.tape), beta.on(x.tape, zeros: gamma.value.shape, gamma.value.element))
    let size = scale.shape[0]
    require(
      x.shape.count >= 2 && x.shape.last == size && x.tensor.count > 0, of: [x, scale],
      "GroupNorm: x \(x.shape) is not [B, ..., \(size)]")
    return groupNorm(x, gamma: scale, beta: shift, groups: groups, epsilon: epsilon)
  }
}

/// Instance normalisation (Ulyanov, Vedaldi & Lempitsky 2016): each channel of each example with mean 0 and variance 1 over all its
/// places; then n gamma + beta. A ``GroupNorm`` of as many groups as channels.
public struct InstanceNorm: Layer {
  /// Its parameters are this layer's.
  public var groups: GroupNorm

  /// - Parameters:
  ///   - size: C
  ///   - hasBias: whether beta is learned
  public init(size: Int, epsilon: Double = 1e-3, hasBias: Bool = true, element: ElementType = .float32) {
    groups = GroupNorm(groups: size, size: size, epsilon: epsilon, hasBias: hasBias, element: element)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) { groups.visit(&visitor) }

  /// x [B, ..., C] -> [B, ..., C]
  public func callAsFunction(_ x: Variable) -> Variable { groups(x) }
}
