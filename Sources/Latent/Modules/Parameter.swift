import LatentKernels
import Synchronization

/// A tensor that training changes. Copies of a model hold the same parameters with values of their own.
public struct Parameter: Sendable {
  /// The present value.
  public var value: Tensor
  /// Which parameter this is, for the tape: the same in every copy of a model.
  private(set) var id: Int
  /// Whether it is a constant: see ``Module/frozen``.
  public internal(set) var isFrozen = false

  private static let nextID = Atomic<Int>(0)

  /// A new parameter that starts with `value`.
  public init(_ value: Tensor) {
    value.element.requireComputing("Parameter: a tensor of the shape \(value.shape)")
    self.value = value
    id = Parameter.nextID.add(1, ordering: .relaxed).oldValue
  }

  /// Makes it another parameter of the same value.
  mutating func renew() { id = Parameter.nextID.add(1, ordering: .relaxed).oldValue }

  /// The parameter as a variable of a tape, which will find its gradient if it is one of those asked for, and takes it for a
  /// constant else.
  public func on(_ tape: Tape) -> Variable { tape.leaf(of: self) }
}

extension Parameter? {
  /// The parameter as a variable of a tape, or zeros in the place of one that a layer lacks.
  func on(_ tape: Tape, zeros shape: [Int], _ element: ElementType) -> Variable {
    if let self { return self.on(tape) }
    let zeros = tape.makeTensor(shape, element: element)
    zeros.storage.fill(0)
    return tape.constant(zeros)
  }
}
