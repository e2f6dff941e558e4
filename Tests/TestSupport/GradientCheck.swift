import Latent

/// A module of nothing but named tensors, so that a test can ask for gradients of anything, inputs included.
public struct Operands: Module {
  private var names: [String]
  private var tensors: [Parameter]

  public init(_ tensors: KeyValuePairs<String, Tensor>) {
    names = tensors.map(\.key)
    self.tensors = tensors.map { Parameter($0.value) }
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    for index in names.indices { visitor.visit(names[index], &tensors[index]) }
  }

  /// The tensor of this name on a tape.
  public func callAsFunction(_ name: String, on tape: Tape) -> Variable {
    guard let index = names.firstIndex(of: name) else { fatalError("Operands: no \(name) among \(names)") }
    return tensors[index].on(tape)
  }
}

/// Where the gradients that a tape finds differ from central differences: nothing, where all is well.
///
/// For whole models and for what a test makes up; layers and primitives are conforming cases. A result of more than one
/// element becomes a number by the sum of its products with fixed random weights, so that no coordinate of it goes
/// unseen. The gradient of every parameter of the model is then compared at every coordinate; differences count relative
/// to the parameter's largest entry.
///
///     #expect(gradientMismatches(of: Operands(["x": x])) { $0("x", on: $1).sigmoid() } == [])
///
/// - Parameters:
///   - model: In float64, at a point where the function is smooth.
///   - tolerance: How large a relative difference may be.
///   - step: The largest distance that a coordinate is moved by.
///   - pass: Whether the layers train; noise is the same in all calls.
///   - function: Computes a variable from the model; called many times.
/// - Returns: A line for each parameter whose gradient is wrong.
public func gradientMismatches<M: Module>(
  of model: M, tolerance: Double = 1e-8, step: Double = 2e-3, pass: Pass = Pass(),
  _ function: (M, Tape) -> Variable
) -> [String] {
  let pass = pass.repeatable
  var upstream: Tensor?
  func weights(for output: Variable) -> Tensor {
    if let upstream { return upstream }
    var sample = SampleValues(seed: 2718)
    let weights = Tensor(
      sample.numbersAwayFromZero(output.tensor.count), shape: output.shape, element: output.tensor.element)
    upstream = weights
    return weights
  }
  let (value, gradients) = valueWithGradients(of: model, pass: pass) { model, tape in
    let output = function(model, tape)
    return (output * tape.constant(weights(for: output))).sum()
  }
  // The same number without a recording tape, and without the library's product and sum.
  func number(_ model: M) -> Double {
    let output = function(model, Tape(pass: pass))
    return zip(output.tensor.values, weights(for: output).values).reduce(0) { $0 + $1.0 * $1.1 }
  }
  var mismatches: [String] = []
  let plain = number(model)
  if !(abs(plain - value) <= 1e-12 * max(1, abs(plain))) {
    mismatches.append("the value is \(value) on a recording tape, but \(plain) without recording")
  }
  for (path, tensor) in model.parameters {
    let estimate = finiteDifference(
      of: { values in
        var moved = model
        moved.updateParameters {
          if $0 == path { $1.value = Tensor(values, shape: tensor.shape, element: tensor.element) }
        }
        return number(moved)
      }, at: tensor.values, step: step)
    let error = maxRelativeError(gradients[path].values, estimate)
    if !(error <= tolerance) { mismatches.append("d/d\(path) \(tensor.shape): relative error \(error)") }
  }
  return mismatches
}
