extension Plain {
  /// Adam (Kingma & Ba 2015, algorithm 1, with the bias corrections folded into the step size as at the end of its
  /// section 2), with the default settings of Keras. Weights, gradients and moments go by name.
  public struct Adam: Sendable {
    public var learningRate = 1e-3
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var epsilon = 1e-7
    /// Keras on TensorFlow makes float32 numbers of the betas before it raises them to the power t, in a float64 model
    /// too, which changes a step by up to 1e-5 of its size. True does the same; false, the default, is the paper's.
    public var roundsPowersAsKeras: Bool
    /// The number of updates so far.
    public private(set) var step = 0
    private var first: [String: [Double]] = [:]
    private var second: [String: [Double]] = [:]
    private var beta1Power = 1.0
    private var beta2Power = 1.0

    public init(roundsPowersAsKeras: Bool = false) { self.roundsPowersAsKeras = roundsPowersAsKeras }

    /// m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², w = w - lr √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε).
    public mutating func update(_ weights: inout [String: [Double]], _ gradients: [String: [Double]]) {
      step += 1
      beta1Power *= roundsPowersAsKeras ? Double(Float(beta1)) : beta1
      beta2Power *= roundsPowersAsKeras ? Double(Float(beta2)) : beta2
      let size = learningRate * (1 - beta2Power).squareRoot() / (1 - beta1Power)
      for (name, gradient) in gradients {
        guard var weight = weights[name], weight.count == gradient.count else {
          preconditionFailure("no weights of the size of the gradient \(name)")
        }
        var m = first[name] ?? gradient.map { _ in 0 }
        var v = second[name] ?? gradient.map { _ in 0 }
        for (index, g) in gradient.enumerated() {
          m[index] = beta1 * m[index] + (1 - beta1) * g
          v[index] = beta2 * v[index] + (1 - beta2) * g * g
          weight[index] -= size * m[index] / (v[index].squareRoot() + epsilon)
        }
        (weights[name], first[name], second[name]) = (weight, m, v)
      }
    }
  }
}
