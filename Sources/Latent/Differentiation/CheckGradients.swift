import LatentKernels

/// Where the gradient that the tape finds and the one by central differences part.
public struct GradientDifference: Sendable, CustomStringConvertible {
  /// The parameter's path.
  public let path: String
  /// The element, in row-major order.
  public let element: Int
  /// What the tape found.
  public let gradient: Double
  /// What moving the element by a little shows.
  public let centralDifference: Double

  /// For example `encoder.kernel[17]: gradient 0.25, central difference 0.5`.
  public var description: String {
    "\(path)[\(element)]: gradient \(gradient), central difference \(centralDifference)"
  }
}

/// Compares the gradients of a function of a model with central differences at every coordinate of every parameter.
///
///     let differences = checkGradients(of: model) { model, tape in model(tape.constant(x)).sum() }
///     precondition(differences.isEmpty, "\(differences)")
///
/// Two central differences of steps h and h/2 are combined so that their errors of second order cancel (Richardson 1911).
/// A result of more than one element is summed with fixed weights, so that no coordinate of it goes unseen. Parameters that
/// the model stores but its `visit(_:)` does not show stop the process with their names.
///
/// - Parameters:
///   - model: in float64, at a point where the function is smooth within `step`
///   - tolerance: how large a difference may be, relative to the parameter's largest central difference
///   - step: h, the largest distance that an element is moved by
///   - pass: whether the layers train; where noise is drawn, the same for each call
///   - function: computes a variable from the model; called four times for each element
/// - Returns: the differences beyond the tolerance, in order; empty where all is well
public func checkGradients<M: Module>(
  of model: M, tolerance: Double = 1e-7, step: Double = 2e-3, pass: Pass = Pass(),
  _ function: (M, Tape) -> Variable
) -> [GradientDifference] {
  for (path, tensor) in model.parameters where tensor.element != .float64 {
    fatalError("checkGradients: \(path) is \(tensor.element); central differences need float64")
  }
  let hidden = model.hiddenParameters
  require(
    hidden.isEmpty,
    "checkGradients: \(M.self)'s visit(_:) does not show \(hidden.joined(separator: ", ")), which no gradient would reach"
  )
  func number(_ model: M, _ tape: Tape) -> Variable {
    let y = function(model, tape)
    let weights = (0..<y.tensor.count).map { (place: Int) -> Double in
      let mixed: Int = (place &* 2_654_435_761) % 1024
      return 0.5 + Double(mixed) / 1024
    }
    return (y * tape.constant(Tensor(weights, shape: y.shape, element: .float64))).sum()
  }
  let pass = pass.repeatable
  let (value, gradients) = valueWithGradients(of: model, pass: pass, number)
  let rounding = 16 * value.magnitude.ulp / step  // of a central difference, which a gradient of 0 must be allowed
  var differences: [GradientDifference] = []
  for (path, tensor) in model.parameters {
    let center = tensor.values
    func moved(_ element: Int, by distance: Double) -> Double {
      var values = center
      values[element] += distance
      var copy = model
      copy.updateParameters { if $0 == path { $1.value = Tensor(values, shape: tensor.shape, element: .float64) } }
      return number(copy, Tape(pass: pass)).scalar
    }
    let slopes = center.indices.map { element -> Double in
      func slope(_ h: Double) -> Double {
        (moved(element, by: h) - moved(element, by: -h)) / ((center[element] + h) - (center[element] - h))
      }
      return (4 * slope(step / 2) - slope(step)) / 3
    }
    let size = slopes.reduce(0) { max($0, abs($1)) }
    for (element, (found, expected)) in zip(gradients[path].values, slopes).enumerated()
    where !(abs(found - expected) <= tolerance * size + rounding) {
      differences.append(
        GradientDifference(path: path, element: element, gradient: found, centralDifference: expected))
    }
  }
  return differences
}
