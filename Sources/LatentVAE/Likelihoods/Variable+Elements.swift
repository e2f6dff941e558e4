import Latent

extension Variable {
  /// The k numbers of each element: [..., P k] -> k times [..., P].
  func numbers(of count: Int) -> [Variable] {
    let (leading, last) = (Array(shape.dropLast()), shape[shape.count - 1])
    let each = reshaped(to: leading + [last / count, count])
    return (0..<count).map {
      each.sliced($0..<$0 + 1, axis: leading.count + 1).reshaped(to: leading + [last / count])
    }
  }

  /// A number as a [1] constant of this one's element type.
  func constant(_ number: Double) -> Variable {
    tape.constant(Tensor([number], shape: [1], element: tensor.element))
  }

  static func .< (a: Variable, b: Double) -> Variable { a .< a.constant(b) }
  static func .> (a: Variable, b: Double) -> Variable { a .> a.constant(b) }
  static func .== (a: Variable, b: Double) -> Variable { a .== a.constant(b) }
  static func .<= (a: Variable, b: Double) -> Variable { a .<= a.constant(b) }
}
