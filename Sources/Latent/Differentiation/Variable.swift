import LatentKernels

/// A tensor on a tape: the operands and results of everything that is differentiated.
///
/// A handle that belongs to its tape and so to one thread.
public struct Variable {
  /// The value.
  public let tensor: Tensor
  /// The tape that records what is done with it.
  public let tape: Tape
  /// Its node's number on the tape; -1 where no gradient can reach it.
  let index: Int32

  /// Its node on the tape; nil where no gradient can reach it.
  var node: Int? { index < 0 ? nil : Int(index) }
  /// The size of each dimension.
  public var shape: [Int] { tensor.shape }
  /// The single number of a variable with one element, such as a loss.
  public var scalar: Double { tensor.scalar }
}
