import LatentKernels

/// The loss of a model and its gradient for every parameter.
///
///     let (loss, gradients) = valueWithGradients(of: model) { model, tape in
///       squaredError(model(tape.constant(x)), targets: y)
///     }
///     optimizer.update(&model, along: gradients)
///
/// - Parameters:
///   - layout: the model's layout, to save making it again in every step
///   - workspace: memory to use over and over
///   - pass: whether the layers train (`Pass(isTraining: true, step: step)`), which matters to dropout and batch
///     normalisation
///   - precision: what products of matrices multiply
///   - profiler: hears where the time goes
///   - loss: computes one number from the model on a tape
public func valueWithGradients<M: Module>(
  of model: M, layout: ParameterLayout? = nil, workspace: Workspace? = nil, pass: Pass = Pass(),
  precision: Precision = .full, profiler: Profiler? = nil, _ loss: (M, Tape) -> Variable
) -> (value: Double, gradients: Gradients) {
  profiler?.start()
  defer { profiler?.stop() }
  let layout = layout ?? ParameterLayout(of: model)
  var gradients = Gradients(layout: layout, workspace: workspace)
  let tape = Tape(layout: layout, workspace: workspace, pass: pass, precision: precision, profile: profiler?.lane(0))
  let value = loss(model, tape)
  tape.backward(from: value, into: gradients)
  gradients.bufferUpdates = tape.bufferUpdates
  return (value.scalar, gradients)
}
