/// Where the gradients of a recurrent layer go; a nil one is not computed. Each is overwritten, or added to where
/// `isAccumulating` says so.
public struct RecurrentGradients {
  /// [B, T, D]
  public var input: Storage?
  /// As the kernel.
  public var kernel: Storage
  /// As the recurrent kernel.
  public var recurrentKernel: Storage
  /// As the bias.
  public var bias: Storage
  /// Whether each is added to.
  public var isAccumulating: (input: Bool, kernel: Bool, recurrentKernel: Bool, bias: Bool)

  public init(
    input: Storage?, kernel: Storage, recurrentKernel: Storage, bias: Storage,
    isAccumulating: (input: Bool, kernel: Bool, recurrentKernel: Bool, bias: Bool)
  ) {
    self.input = input
    self.kernel = kernel
    self.recurrentKernel = recurrentKernel
    self.bias = bias
    self.isAccumulating = isAccumulating
  }
}
