import LatentKernels

/// A tensor on a tape: the operands and results of everything that is differentiated.
///
/// A handle that belongs to its tape and so to one thread.
public struct Variable {
  /// The value.
  public let tensor: Tensor
  /// The tape that records what is done with it.
  public let tape: Tape
  /// Its node on the tape; nil where no gradient can reach it.
  let node: Int?

  /// The size of each dimension.
  public var shape: [Int] { tensor.shape }
  /// The single number of a variable with one element, such as a loss.
  public var scalar: Double { tensor.scalar }
}
