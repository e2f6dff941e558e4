import LatentKernels

/// An array of numbers with a shape: a value, contiguous and row-major, that knows its element type.
///
/// Copies share memory until one of them is written. The element type is a property, not a generic parameter: the same
/// model code runs in float32 and float64. A tensor of bfloat16 only keeps numbers, in half the memory of float32: it is
/// made, converted, cut into rows, read and written; a data set of such tensors makes batches in the model's element type.
public struct Tensor: Sendable {
  /// The size of each dimension; empty for a single number.
  public let shape: [Int]
  /// The elements, in row-major order, for code that sees to it that nobody shares what it writes.
  package var storage: Storage

  /// A tensor over existing elements, which it takes over: they are written through the tensor alone from now on.
  public init(_ storage: Storage, shape: [Int]) {
    require(
      storage.count == Tensor.count(of: shape), "Tensor: \(storage.count) elements do not make the shape \(shape)")
    self.storage = storage.owned
    self.shape = shape
  }

  /// The same without a test, where the count is known to be right.
  init(unchecked storage: Storage, shape: [Int]) {
    self.storage = storage
    self.shape = shape
  }

  /// A tensor whose elements are not set yet, in `workspace`'s memory or else the system's.
  public init(uninitialized shape: [Int], element: ElementType = .float32, workspace: Workspace? = nil) {
    self.init(
      unchecked: Storage(count: Tensor.count(of: shape), element: element, workspace: workspace), shape: shape)
  }

  /// A tensor of one number everywhere.
  public init(repeating value: Double, shape: [Int], element: ElementType = .float32) {
    self.init(uninitialized: shape, element: element)
    storage.fill(value)
  }

  /// A tensor of zeros.
  public init(zeros shape: [Int], element: ElementType = .float32) {
    self.init(repeating: 0, shape: shape, element: element)
  }

  /// The given numbers in row-major order, rounded to the element type.
  public init(_ values: [Double], shape: [Int], element: ElementType = .float32) {
    require(
      values.count == Tensor.count(of: shape), "Tensor: \(values.count) values do not make the shape \(shape)")
    self.init(uninitialized: shape, element: element)
    storage.assign(values)
  }

  /// What the elements are.
  public var element: ElementType { storage.element }
  /// The number of elements.
  public var count: Int { storage.count }
  /// All elements, in row-major order, as doubles.
  public var values: [Double] { storage.doubles() }

  /// All elements, in row-major order, rounded to single precision.
  public var floats: [Float] {
    guard element == .float32 else { return converted(to: .float32).floats }
    Shortage.checkArray(bytes: 4 * count)
    return storage.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  /// The single number of a tensor with one element.
  public var scalar: Double {
    require(count == 1, "scalar: the shape \(shape) has \(count) elements; it must have one")
    return storage.doubles()[0]
  }

  /// The same elements under another shape, of which one dimension may be -1: what is left for it.
  ///
  ///     images.reshaped(to: [-1, 784])
  public func reshaped(to shape: [Int]) -> Tensor {
    let whole = completed(shape)
    require(
      whole.allSatisfy { $0 >= 0 } && Tensor.count(of: whole) == count,
      "reshaped: \(self.shape) has not as many elements as \(shape)")
    return Tensor(storage, shape: whole)
  }

  /// A shape for the same elements, with what is left in the place of a -1.
  func completed(_ shape: [Int]) -> [Int] {
    guard let place = shape.firstIndex(of: -1) else { return shape }
    let others = shape.reduce(-1, *)
    return others > 0 && count % others == 0 ? Array(shape[..<place]) + [count / others] + shape[(place + 1)...] : shape
  }

  /// The same numbers in another element type, rounded once, to nearest, ties to even; the tensor itself where it is of that
  /// type.
  ///
  /// - Parameter workspace: memory for the result; nil takes it from the system
  public func converted(to element: ElementType, workspace: Workspace? = nil) -> Tensor {
    if element == self.element { return self }
    let result = Tensor(uninitialized: shape, element: element, workspace: workspace)
    result.storage.assign(converting: storage)
    return result
  }

  /// Rows `range` of the first dimension, sharing memory.
  public subscript(rows range: Range<Int>) -> Tensor {
    require(
      !shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0],
      "rows \(range) of the shape \(shape)"
        + "; they must be among its first dimension's")
    let row = count / Swift.max(shape[0], 1)
    return Tensor(
      storage[range.lowerBound * row..<range.upperBound * row], shape: [range.count] + shape.dropFirst())
  }

  /// The rows of the first dimension with these numbers, copied: [indices.count, ...].
  public func rows(_ indices: some Collection<Int>, workspace: Workspace? = nil) -> Tensor {
    require(
      !shape.isEmpty && indices.allSatisfy { $0 >= 0 && $0 < shape[0] },
      "rows: their numbers must be in 0..<\(shape.first ?? 0), for the shape \(shape)")
    let result = Tensor(
      uninitialized: [indices.count] + shape.dropFirst(), element: element, workspace: workspace)
    result.storage.assignRows(Array(indices), of: storage, columns: shape.dropFirst().reduce(1, *))
    return result
  }

  static func count(of shape: [Int]) -> Int {
    var count = 1
    for size in shape {
      require(size >= 0, "Tensor: the shape \(shape) has a negative dimension")
      count *= size
    }
    return count
  }
}
