import LatentKernels

/// The loss of a model and its gradient for every parameter.
///
///     let (loss, gradients) = valueWithGradients(of: model) { model, tape in
///       squaredError(model(tape.constant(x)), targets: y)
///     }
///     optimizer.update(&model, along: gradients)
///
/// Other models may be used in the loss: their parameters are constants, and gradients go through them. So are parameters of a
/// model's ``Module/frozen`` parts.
///
/// - Parameters:
///   - layout: the model's layout, to save making it again in every step
///   - workspace: memory to use over and over
///   - pass: whether the layers train (`Pass(isTraining: true, step: step, key: key)`), which matters to dropout and batch
///     normalisation, and where noise comes from
///   - precision: what products of matrices multiply
///   - profiler: hears where the time goes
///   - loss: computes one number from the model on a tape
public func valueWithGradients<M: Module>(
  of model: M, layout: ParameterLayout? = nil, workspace: Workspace? = nil, pass: Pass = Pass(),
  precision: Precision = .full, profiler: Profiler? = nil, _ loss: (M, Tape) -> Variable
) -> (value: Double, gradients: Gradients) {
  let layout = layout ?? ParameterLayout(of: model, hidden: nil)
  let step = GradientStep(layouts: [layout], workspace, pass, precision, profiler) { [model.hidden] }
  let (value, gradients) = step.run { loss(model, $0) }
  return (value, gradients[0])
}

/// The loss of two models and its gradient for every parameter of each, such as an encoder's and a decoder's:
///
///     let (loss, gradients) = valueWithGradients(of: encoder, decoder) { encoder, decoder, tape in
///       squaredError(decoder(encoder(tape.constant(x))), targets: x)
///     }
///     first.update(&encoder, along: gradients.0)
///     second.update(&decoder, along: gradients.1)
///
/// In messages and profiles, paths begin with the model's place: `1.hidden.kernel`. See
/// ``valueWithGradients(of:layout:workspace:pass:precision:profiler:_:)`` for the other parameters.
///
/// - Parameter layouts: one for each model, to save making them again in every step
public func valueWithGradients<A: Module, B: Module>(
  of first: A, _ second: B, layouts: (ParameterLayout, ParameterLayout)? = nil, workspace: Workspace? = nil,
  pass: Pass = Pass(), precision: Precision = .full, profiler: Profiler? = nil, _ loss: (A, B, Tape) -> Variable
) -> (value: Double, gradients: (Gradients, Gradients)) {
  let layouts =
    layouts.map { [$0.0, $0.1] } ?? [ParameterLayout(of: first, hidden: nil), ParameterLayout(of: second, hidden: nil)]
  let step = GradientStep(layouts: layouts, workspace, pass, precision, profiler) { [first.hidden, second.hidden] }
  let (value, gradients) = step.run { loss(first, second, $0) }
  return (value, (gradients[0], gradients[1]))
}

/// The loss of three models and its gradient for every parameter of each. More are held by a ``Module`` of one's own.
///
/// - Parameter layouts: one for each model, to save making them again in every step
public func valueWithGradients<A: Module, B: Module, C: Module>(
  of first: A, _ second: B, _ third: C, layouts: (ParameterLayout, ParameterLayout, ParameterLayout)? = nil,
  workspace: Workspace? = nil, pass: Pass = Pass(), precision: Precision = .full, profiler: Profiler? = nil,
  _ loss: (A, B, C, Tape) -> Variable
) -> (value: Double, gradients: (Gradients, Gradients, Gradients)) {
  let layouts =
    layouts.map { [$0.0, $0.1, $0.2] } ?? [
      ParameterLayout(of: first, hidden: nil), ParameterLayout(of: second, hidden: nil),
      ParameterLayout(of: third, hidden: nil),
    ]
  let step = GradientStep(layouts: layouts, workspace, pass, precision, profiler) {
    [first.hidden, second.hidden, third.hidden]
  }
  let (value, gradients) = step.run { loss(first, second, third, $0) }
  return (value, (gradients[0], gradients[1], gradients[2]))
}

/// One pass there and back for the models of some layouts.
private struct GradientStep {
  let (layouts, workspace, pass): ([ParameterLayout], Workspace?, Pass)
  let (precision, profiler): (Precision, Profiler?)
  let hidden: () -> [HiddenState]

  init(
    layouts: [ParameterLayout], _ workspace: Workspace?, _ pass: Pass, _ precision: Precision, _ profiler: Profiler?,
    hidden: @escaping () -> [HiddenState]
  ) {
    (self.layouts, self.workspace, self.pass) = (layouts, workspace, pass)
    (self.precision, self.profiler, self.hidden) = (precision, profiler, hidden)
  }

  func run(_ loss: (Tape) -> Variable) -> (value: Double, gradients: [Gradients]) {
    profiler?.start()
    defer { profiler?.stop() }
    var gradients = layouts.map { Gradients(layout: $0, workspace: workspace) }
    let packs = PackedWeights(precision: precision, workspace: workspace)
    let tape = Tape(
      layouts: layouts, hidden: hidden, workspace: workspace, packs: packs, pass: pass, profile: profiler?.lane(0))
    let value = loss(tape)
    tape.backward(from: value, seed: 1, into: &gradients)
    for (place, layout) in layouts.enumerated() {
      gradients[place].bufferUpdates = tape.bufferUpdates.filter { layout.has(buffer: $0.id) }
    }
    return (value.scalar, gradients)
  }
}
