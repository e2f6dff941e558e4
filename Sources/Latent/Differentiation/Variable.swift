import LatentKernels

/// A tensor on a tape: the operands and results of everything that is differentiated.
///
/// A handle that belongs to its tape and so to one thread.
public struct Variable {
  /// The tape that records what is done with it.
  public let tape: Tape
  // Of a transposition that nobody has asked for yet: its shape, and the elements of what is transposed.
  private let known: Tensor
  private let number: Int32
  /// How it lies in another variable's memory, where it is a transposition.
  let transposition: Transposition?

  init(tensor: Tensor, tape: Tape, index: Int32) {
    (known, self.tape, number, transposition) = (tensor, tape, index, nil)
  }

  /// A transposition, whose elements are moved when an operation asks for them.
  init(_ transposition: Transposition) {
    known = Tensor(unchecked: transposition.source.known.storage, shape: transposition.shape)
    (tape, number, self.transposition) = (transposition.source.tape, -1, transposition)
  }

  /// The value.
  public var tensor: Tensor { transposition == nil ? known : transposition!.moved.known }
  /// Its node's number on the tape; negative where no gradient is wanted: -1, or a frozen parameter's.
  var index: Int32 { transposition == nil ? number : transposition!.moved.number }

  /// Its node on the tape; nil where no gradient can reach it.
  var node: Int? {
    let index = index
    return index < 0 ? nil : Int(index)
  }
  /// The size of each dimension.
  public var shape: [Int] { known.shape }
  /// What its elements are.
  var element: ElementType { known.element }
  /// The single number of a variable with one element, such as a loss.
  public var scalar: Double { tensor.scalar }

  /// The value, without a node for a transposition that nobody has asked for: what is printed changes nothing.
  var valueInOrder: Tensor {
    guard let transposition else { return known }
    return Tape().constant(transposition.source.known)
      .moved("transposed", to: transposition.shape, strides: transposition.strides).tensor
  }
}

/// Dimensions of a variable in another order. A matrix product reads it where it lies; for any other operation its elements
/// are moved, once, and a node is recorded.
final class Transposition {
  let source: Variable
  let shape: [Int]
  /// Elements of the source from one entry to the next in each dimension.
  let strides: [Int]
  private var result: Variable?

  /// - Parameter order: dimension d of the result is dimension `order[d]` of x
  init(_ x: Variable, order: [Int]) {
    let strides = x.transposition?.strides ?? Shape.strides(x.shape)
    source = x.transposition?.source ?? x
    shape = order.map { x.shape[$0] }
    self.strides = order.map { strides[$0] }
  }

  /// The elements in memory of their own.
  var moved: Variable {
    if let result { return result }
    let moved = source.moved("transposed", to: shape, strides: strides)
    result = moved
    return moved
  }
}
