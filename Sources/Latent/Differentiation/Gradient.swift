import LatentKernels

/// The loss of a model and its gradient for every parameter.
///
///     let (loss, gradients) = valueWithGradients(of: model) { model, tape in
///       squaredError(model(tape.constant(x)), tape.constant(y))
///     }
///     optimizer.update(&model, along: gradients)
///
/// - Parameters:
///   - layout: the model's layout, to save making it anew in every step
///   - workspace: memory to use over and over
///   - profiler: hears where the time goes
///   - loss: computes one number from the model on a tape
public func valueWithGradients<M: Module>(
  of model: M, layout: ParameterLayout? = nil, workspace: Workspace? = nil, profiler: Profiler? = nil,
  _ loss: (M, Tape) -> Variable
) -> (value: Double, gradients: Gradients) {
  profiler?.start()
  defer { profiler?.stop() }
  let layout = layout ?? ParameterLayout(of: model)
  let gradients = Gradients(layout: layout)
  let tape = Tape(layout: layout, workspace: workspace, profile: profiler?.lane(0))
  let value = loss(model, tape)
  tape.backward(from: value, into: gradients)
  return (value.scalar, gradients)
}
