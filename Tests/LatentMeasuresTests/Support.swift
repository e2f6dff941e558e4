import Latent

/// Numbers in 0...1 that other programs make likewise: the fraction of sin(12.9898 i + key) 43758.5453.
func fractions(_ shape: [Int], key: Double) -> Tensor {
  let values = (0..<shape.reduce(1, *)).map { index in
    let value = sine(Double(index) * 12.9898 + key) * 43758.5453
    return value - value.rounded(.down)
  }
  return Tensor(values, shape: shape, element: .float64)
}

/// a x + b, element by element.
func scaled(_ x: Tensor, by a: Double, plus b: Double) -> Tensor {
  Tensor(x.values.map { a * $0 + b }, shape: x.shape, element: x.element)
}
