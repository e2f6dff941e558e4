import LatentKernels

/// A vector for each of a number of things, such as words: rows of a table that training changes.
public struct Embedding: Layer {
  /// [count, size]
  public var table: Parameter

  /// Uniform in [-0.05, 0.05], as in Keras.
  public init(count: Int, size: Int, key: RandomKey, element: ElementType = .float32) {
    require(count > 0 && size > 0, "Embedding: \(count) vectors of \(size) elements; both must be positive")
    table = Parameter(Initializer.uniform(-0.05...0.05)(shape: [count, size], key: key, element: element))
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("table", &table) }

  /// The vectors of sequences of equal length: B sequences of T numbers in 0..<count -> [B, T, size]
  public func callAsFunction(_ numbers: [[Int]], on tape: Tape) -> Variable {
    let time = numbers.first?.count ?? 0
    require(
      numbers.allSatisfy { $0.count == time },
      "Embedding: sequences of \(numbers.map(\.count)) numbers, not equally long")
    let rows = table.on(tape).gathered(rows: numbers.flatMap { $0 })
    return rows.reshaped(to: [numbers.count, time, rows.shape[1]])
  }

  /// The vectors of numbers that a tensor holds, whole ones in 0..<count: x [...] -> [..., size]. No gradient goes to x.
  public func callAsFunction(_ x: Variable) -> Variable { table.on(x.tape).gathered(numbers: x.tensor) }
}
