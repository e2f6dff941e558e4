import Foundation

extension Plain {
  /// Losses of each row, and the gradient of the sum of them with respect to one of the inputs, in its shape.
  public struct Loss: Sendable {
    /// [B].
    public var rows: [Double]
    public var gradient: [Double]
  }

  /// Binary cross-entropy of probabilities p, -Σ x log p + (1 - x) log(1 - p), summed over each row's pixels.
  ///
  /// As Keras does, p is clipped to [1e-7, 1 - 1e-7] first, and where it was outside the gradient is zero.
  public static func binaryCrossEntropy(_ x: [Double], probabilities: [Double], batch: Int) -> Loss {
    let (lowest, highest) = (1e-7, 1 - 1e-7)
    return loss(x, probabilities, batch) { x, probability in
      let p = min(max(probability, lowest), highest)
      let slope = (lowest...highest).contains(probability) ? (p - x) / (p * (1 - p)) : 0
      return (-(x * log(p) + (1 - x) * log(1 - p)), slope)
    }
  }

  /// Binary cross-entropy of p = sigmoid(logit) in the form that can't overflow: Σ max(l, 0) - l x + log(1 + exp(-|l|)),
  /// summed over each row's pixels; the gradient is with respect to the logits: sigmoid(l) - x.
  public static func binaryCrossEntropy(_ x: [Double], logits: [Double], batch: Int) -> Loss {
    loss(x, logits, batch) { x, logit in
      (max(logit, 0) - logit * x + log1p(exp(-abs(logit))), sigmoid(logit) - x)
    }
  }

  /// The squared error Σ (y - x)², summed over each row's pixels; the gradient is with respect to y.
  public static func squaredError(_ x: [Double], reconstruction y: [Double], batch: Int) -> Loss {
    loss(x, y, batch) { x, y in ((y - x) * (y - x), 2 * (y - x)) }
  }

  /// The Kullback-Leibler divergence of N(mean, exp(logVariance)) from N(0, 1), -½ Σ (1 + lv - mean² - exp(lv)), summed
  /// over each row's dimensions (Kingma & Welling 2014, appendix B), and the gradients of the sum over all rows.
  public static func divergence(mean: [Double], logVariance: [Double], batch: Int) -> (
    rows: [Double], mean: [Double], logVariance: [Double]
  ) {
    let dimensions = mean.count / batch
    var rows = [Double](repeating: 0, count: batch)
    for index in mean.indices {
      rows[index / dimensions] -=
        0.5 * (1 + logVariance[index] - mean[index] * mean[index] - exp(logVariance[index]))
    }
    return (rows, mean, logVariance.map { 0.5 * (exp($0) - 1) })
  }

  private static func loss(
    _ x: [Double], _ y: [Double], _ batch: Int, _ term: (Double, Double) -> (value: Double, slope: Double)
  ) -> Loss {
    precondition(x.count == y.count && x.count % batch == 0, "pixels and reconstruction do not fit")
    var result = Loss(rows: [Double](repeating: 0, count: batch), gradient: y)
    let pixels = x.count / batch
    for index in x.indices {
      let (value, slope) = term(x[index], y[index])
      result.rows[index / pixels] += value
      result.gradient[index] = slope
    }
    return result
  }
}
