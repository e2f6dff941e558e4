import Foundation

extension Plain {
  /// An optimizer for a list of weights, written from its paper's formula, weight by weight, in double precision.
  public struct Optimizer: Sendable {
    /// Changes a weight by its gradient, its own numbers (zero at first) and the step's number, 1 for the first.
    public typealias Formula = @Sendable (_ w: inout Double, _ g: Double, _ s: inout [Double], _ t: Int) -> Void
    private let formula: Formula
    private var numbers: [[Double]] = []
    /// The number of updates so far.
    public private(set) var step = 0

    public init(_ formula: @escaping Formula) { self.formula = formula }

    /// One step.
    public mutating func update(_ weights: inout [Double], _ gradient: [Double]) {
      precondition(weights.count == gradient.count, "as many weights as gradients")
      if numbers.isEmpty { numbers = weights.map { _ in [0, 0, 0] } }
      step += 1
      for index in weights.indices { formula(&weights[index], gradient[index], &numbers[index], step) }
    }
  }
}

extension Plain.Optimizer {
  /// v = μ v - η g; w = w + v, or, with Nesterov's look ahead, w + μ v - η g.
  public static func sgd(_ rate: Double, momentum: Double = 0, nesterov: Bool = false) -> Self {
    Self { w, g, s, _ in
      s[0] = momentum * s[0] - rate * g
      w = nesterov ? w + momentum * s[0] - rate * g : w + s[0]
    }
  }

  /// Running means of g² and g; a step of η g over the root of the variance (or of the mean square), through a momentum.
  public static func rmsprop(
    _ rate: Double, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7, centered: Bool = false
  ) -> Self {
    Self { w, g, s, _ in
      s[0] = rho * s[0] + (1 - rho) * g * g
      s[1] = rho * s[1] + (1 - rho) * g
      s[2] = momentum * s[2] + rate * g / sqrt(s[0] - (centered ? s[1] * s[1] : 0) + epsilon)
      w -= s[2]
    }
  }

  /// Algorithm 1 of Kingma & Ba, which is PyTorch's, or with the epsilon of the end of their section 2, which is Keras's;
  /// before it, w = w - η λ w (algorithm 2 of Loshchilov & Hutter, with their schedule multiplier in λ).
  public static func adam(
    _ rate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7, epsilonHat: Bool = true,
    decay: Double = 0
  ) -> Self {
    Self { w, g, s, t in
      w -= rate * decay * w
      s[0] = beta1 * s[0] + (1 - beta1) * g
      s[1] = beta2 * s[1] + (1 - beta2) * g * g
      let (correction1, correction2) = (1 - pow(beta1, Double(t)), 1 - pow(beta2, Double(t)))
      let (first, second) = (s[0] / correction1, s[1] / correction2)
      w -= rate * first / (sqrt(second) + (epsilonHat ? epsilon / sqrt(correction2) : epsilon))
    }
  }

  /// Algorithm 2 of Kingma & Ba, with an epsilon against division by zero.
  public static func adamax(
    _ rate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7
  ) -> Self {
    Self { w, g, s, t in
      s[0] = beta1 * s[0] + (1 - beta1) * g
      s[1] = max(beta2 * s[1], abs(g))
      w -= rate / (1 - pow(beta1, Double(t))) * s[0] / (s[1] + epsilon)
    }
  }

  /// Algorithm 2 of Chen et al.
  public static func lion(_ rate: Double, beta1: Double = 0.9, beta2: Double = 0.99, decay: Double = 0) -> Self {
    Self { w, g, s, _ in
      let c = beta1 * s[0] + (1 - beta1) * g
      w -= rate * ((c == 0 ? 0 : c < 0 ? -1 : 1) + decay * w)
      s[0] = beta2 * s[0] + (1 - beta2) * g
    }
  }

  /// Figure 1 of Duchi et al. (the diagonal case), with an epsilon under or next to the root.
  public static func adagrad(_ rate: Double, initial: Double, inside: Double = 0, outside: Double = 0) -> Self {
    Self { w, g, s, _ in
      s[0] += g * g
      w -= rate * g / (sqrt(initial + s[0] + inside) + outside)
    }
  }

  /// Algorithm 1 of Zeiler, times a learning rate.
  public static func adadelta(_ rate: Double, rho: Double, epsilon: Double) -> Self {
    Self { w, g, s, _ in
      s[0] = rho * s[0] + (1 - rho) * g * g
      let change = -sqrt(s[1] + epsilon) / sqrt(s[0] + epsilon) * g
      s[1] = rho * s[1] + (1 - rho) * change * change
      w += rate * change
    }
  }

  /// Algorithm 2 of Liu et al., with PyTorch's epsilon and decay.
  public static func radam(
    _ rate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, decay: Double = 0
  ) -> Self {
    Self { w, g, s, t in
      w -= rate * decay * w
      s[0] = beta1 * s[0] + (1 - beta1) * g
      s[1] = beta2 * s[1] + (1 - beta2) * g * g
      let power = pow(beta2, Double(t))
      let (most, first) = (2 / (1 - beta2) - 1, s[0] / (1 - pow(beta1, Double(t))))
      let length = most - 2 * Double(t) * power / (1 - power)
      if length > 5 {
        let r = sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length))
        w -= rate * r * first * sqrt(1 - power) / (sqrt(s[1]) + epsilon)
      } else {
        w -= rate * first
      }
    }
  }

  /// Dozat's Nesterov-accelerated Adam with the momentum schedule of his appendix, as Keras and PyTorch have it; s[2] is the
  /// product of the momenta less 1, since numbers begin with 0.
  public static func nadam(
    _ rate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7, momentumDecay: Double = 0.004,
    decay: Double = 0
  ) -> Self {
    Self { w, g, s, t in
      func momentum(_ t: Int) -> Double { beta1 * (1 - 0.5 * pow(0.96, Double(t) * momentumDecay)) }
      w -= rate * decay * w
      s[0] = beta1 * s[0] + (1 - beta1) * g
      s[1] = beta2 * s[1] + (1 - beta2) * g * g
      s[2] = (1 + s[2]) * momentum(t) - 1
      let product = 1 + s[2]
      let direction =
        momentum(t + 1) * s[0] / (1 - product * momentum(t + 1)) + (1 - momentum(t)) * g / (1 - product)
      w -= rate * direction / (sqrt(s[1] / (1 - pow(beta2, Double(t)))) + epsilon)
    }
  }
}
