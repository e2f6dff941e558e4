import LatentKernels

/// Gradients of several batches make one step: gradient accumulation.
///
///     var (_, gradients) = valueWithGradients(of: model, loss(first))
///     gradients += valueWithGradients(of: model, loss(second)).gradients
///     gradients /= 2      // the mean, as of one batch of both
///     optimizer.update(&model, along: gradients)
extension Gradients {
  /// Adds those of the same parameters, element by element. The buffers' next values become the mean of what all terms made
  /// of them.
  public static func += (sum: inout Gradients, other: Gradients) {
    let (a, b) = (sum.layout, other.layout)
    require(
      a === b || a.describesTheSame(as: b),
      "Gradients: +=: of other parameters, \(a.slots.map(\.path)) and \(b.slots.map(\.path))")
    sum.flat.makeUnique()
    sum.flat.assign(.add, sum.flat, other.flat)
    sum.addUpdates(of: other)
    sum.terms += other.terms
  }

  /// The sum of both.
  public static func + (a: Gradients, b: Gradients) -> Gradients {
    var sum = a
    sum += b
    return sum
  }

  /// Multiplies all gradients by a number; the buffers' next values stay.
  public static func *= (gradients: inout Gradients, factor: Double) {
    gradients.flat.makeUnique()
    gradients.flat.assign(gradients.flat, times: factor)
  }

  /// Divides all gradients by a number; the buffers' next values stay.
  public static func /= (gradients: inout Gradients, divisor: Double) {
    gradients.flat.makeUnique()
    gradients.flat.assign(.divide, gradients.flat, divisor)
  }

  /// All gradients times a number.
  public static func * (gradients: Gradients, factor: Double) -> Gradients {
    var product = gradients
    product *= factor
    return product
  }

  /// All gradients times a number.
  public static func * (factor: Double, gradients: Gradients) -> Gradients { gradients * factor }

  /// All gradients divided by a number.
  public static func / (gradients: Gradients, divisor: Double) -> Gradients {
    var quotient = gradients
    quotient /= divisor
    return quotient
  }

  private mutating func addUpdates(of other: Gradients) {
    if bufferUpdates.isEmpty {
      bufferUpdates = other.bufferUpdates
    }  // this was zeros, or of a layer that had no part
    else if !other.bufferUpdates.isEmpty {
      require(
        bufferUpdates.map(\.id) == other.bufferUpdates.map(\.id), "Gradients: +=: the terms update different buffers")
      bufferUpdates.mix(other.bufferUpdates, fraction: Double(other.terms) / Double(terms + other.terms))
    }
  }
}
