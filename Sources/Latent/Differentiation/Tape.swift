import LatentKernels

/// Records what is computed, and walks it back to find gradients (reverse-mode differentiation).
///
/// Nodes are coarse: a dense layer, a whole LSTM sequence, a loss. A tape belongs to one thread and one step. Without
/// a layout of parameters it records nothing and keeps nothing: the same model code then just computes.
public final class Tape {
  /// Where intermediate results live; nil takes them from the system.
  public let workspace: Workspace?
  /// The packed forms of the weights that the tape's products use, and what these multiply. Made when something is packed first,
  /// where they were not given: small operations would take several times as long with them.
  public private(set) lazy var packs = PackedWeights(precision: precision, workspace: workspace)
  /// What products of matrices multiply.
  public let precision: Precision
  /// Where the step's times go; nil measures nothing.
  public let profile: ProfileLane?
  /// Whether the pass trains, and where its randomness comes from.
  public let pass: Pass
  /// Hears of each result while a model computes; nil where nobody wants to know. Layers have names where the tape has a
  /// layout.
  public var observer: ((Observation) -> Void)?
  /// The next values of the model's buffers, as its layers said them.
  public internal(set) var bufferUpdates: [BufferUpdate] = []
  var draws: UInt64 = 0
  var scope: String?
  /// What gradients can be asked for; nil where nothing is recorded.
  let parameters: TapeParameters?
  /// The parameters that were used, by slot, where somebody wants to know; nil elsewhere.
  var usedParameters: [Int: Parameter]?
  /// Whether gradients can be asked for later.
  public internal(set) var isRecording: Bool
  /// How to find gradients as variables; nil where nobody wants them so.
  var rules: GradientRules?
  var recording: Recording
  /// Whether it has been walked back.
  var isUsedUp = false

  /// Names the first result with an infinite or undefined element, where `checksFinite` asks for it.
  public internal(set) var firstNonFinite: String?
  let checksFinite: Bool
  /// What was recorded, for a summary of the model; nil where nobody wants to know.
  private(set) var trace: [TraceEntry]?

  /// - Parameters:
  ///   - layout: the parameters whose gradients are wanted; nil records nothing
  ///   - workspace: memory for all results of the step
  ///   - packs: packed weights to share with the tapes of other shards, and with them their precision
  ///   - pass: what layers that train otherwise than they evaluate need to know
  ///   - precision: what products of matrices multiply, where there are no `packs`
  ///   - profile: the lane of a ``LatentKernels/Profiler`` for this thread
  ///   - checksFinite: look for the first result that is not finite, see ``firstNonFinite``
  public convenience init(
    layout: ParameterLayout? = nil, workspace: Workspace? = nil, packs: PackedWeights? = nil, pass: Pass = Pass(),
    precision: Precision = .full, profile: ProfileLane? = nil, checksFinite: Bool = false
  ) {
    self.init(
      layouts: layout.map { [$0] }, workspace: workspace, packs: packs, precision: precision, pass: pass,
      profile: profile,
      checksFinite: checksFinite, isTraced: false)
  }

  /// - Parameters:
  ///   - layouts: of several models, whose gradients one way back finds
  ///   - hidden: what the models store and do not show; nil where the layouts know
  ///   - isTraced: whether ``trace`` is kept
  convenience init(
    layouts: [ParameterLayout]?, hidden: (() -> [HiddenState])? = nil, workspace: Workspace? = nil,
    packs: PackedWeights? = nil, precision: Precision = .full, pass: Pass = Pass(), profile: ProfileLane? = nil,
    checksFinite: Bool = false, isTraced: Bool = false
  ) {
    self.init(
      parameters: layouts.map { TapeParameters($0, hidden: hidden) }, isRecording: layouts != nil, workspace: workspace,
      packs: packs, precision: precision, pass: pass, profile: profile, checksFinite: checksFinite)
    trace = isTraced ? [] : nil
  }

  init(
    parameters: TapeParameters?, isRecording: Bool, workspace: Workspace?, packs: PackedWeights?,
    precision: Precision = .full, pass: Pass, profile: ProfileLane?, checksFinite: Bool
  ) {
    (self.parameters, self.isRecording) = (parameters, isRecording)
    (self.workspace, self.precision, self.pass) = (workspace, packs?.precision ?? precision, pass)
    (self.profile, self.checksFinite) = (profile, checksFinite)
    recording = Recording(slots: isRecording ? parameters?.count ?? 0 : 0)
    if let packs { self.packs = packs }
  }

  /// A key for the next thing that is drawn in this pass. The tapes of all shards give the same keys in the same order,
  /// those of another step others; what is drawn belongs to the key and the example. Stops where the pass has no key.
  public func makeKey() -> RandomKey {
    draws += 1
    return noiseKey.child("draw").child(UInt64(pass.step)).child(draws)
  }

  /// The pass's key.
  package var noiseKey: RandomKey {
    if let key = pass.key { return key }
    let needed = "Pass(\(pass.isTraining ? "isTraining: true, " : "")step: step, key: RandomKey(seed: 0))"
    fatalError("Tape.makeKey: noise is drawn in a pass without a key; needs \(needed), with another step each time")
  }

  /// Says what a buffer is to become after this step. Nothing becomes of buffers that are frozen, or of a model whose
  /// gradients are not asked for.
  public func set(_ buffer: Buffer, to value: Tensor) {
    if buffer.isFrozen { return }
    if let parameters, !parameters.has(buffer) {
      if let name = parameters.hiddenName(of: buffer) { refuseHidden("buffer", name, buffer.value.shape) }
      return
    }
    bufferUpdates.append(BufferUpdate(id: buffer.id, value: value))
  }

  /// Operations that were computed, those of parts on tapes of their own among them.
  package internal(set) var operationCount = 0

  /// Whether a recurrent layer of these inputs keeps what happens inside of it: where a gradient is wanted of one, or
  /// somebody looks.
  func keepsState(for inputs: [Variable]) -> Bool {
    isRecording && (observer != nil || inputs.contains { $0.index >= 0 })
  }

  /// A value that no gradient is asked for.
  public func constant(_ tensor: Tensor) -> Variable {
    tensor.element.requireComputing("Tape.constant: a tensor of the shape \(tensor.shape)")
    return unrecorded(tensor)
  }

  private func unrecorded(_ tensor: Tensor) -> Variable { Variable(tensor: tensor, tape: self, index: -1) }

  /// A constant that the trace shows.
  func placeholder(_ tensor: Tensor, named name: String) -> Variable {
    traced(Variable(tensor: tensor, tape: self, index: recording.addLeaf(tensor)), name, nil, [])
  }

  /// The result, noted in the trace where there is one.
  @inline(__always)
  private func traced(
    _ result: Variable, _ name: String, _ detail: String?, _ inputs: @autoclosure () -> [Variable]
  ) -> Variable {
    if rules != nil, result.index >= 0 { rules?.names[Int(result.index)] = name }
    if trace != nil {
      trace?.append(
        TraceEntry(
          name: name, detail: detail, scope: scope, inputs: inputs().map(\.index).filter { $0 >= 0 },
          node: result.index, shape: result.shape))
    }
    return result
  }

  /// The parameter as a variable of this tape.
  func leaf(of parameter: Parameter) -> Variable {
    guard let parameters else {
      return Variable(tensor: parameter.value, tape: self, index: Tape.parameterWithoutSlot)
    }
    guard let slot = parameters.slot(of: parameter) else {
      // Of another model, whose gradients were not asked for.
      if !parameter.isFrozen, let name = parameters.hiddenName(of: parameter) {
        refuseHidden("parameter", name, parameter.value.shape)
      }
      return Variable(tensor: parameter.value, tape: self, index: Tape.parameterWithoutSlot)
    }
    require(!isUsedUp, "\(parameters.path(slot)): \(Tape.usedUpMessage)")
    if parameter.isFrozen || parameters[slot].isFrozen {
      return Variable(tensor: parameter.value, tape: self, index: Tape.index(ofFrozen: slot))
    }
    if usedParameters != nil {
      usedParameters![slot] = parameter
      if !isRecording { return Variable(tensor: parameter.value, tape: self, index: Tape.index(ofFrozen: slot)) }
    }
    guard let node = recording.node(ofParameter: slot, parameter.value, isProfiled: profile != nil) else {
      fatalError(
        "Tape: \(parameters.path(slot)) has two values, the model's and that of a copy, and its gradient can be of one only; "
          + "make the copy with frozen if it is to be a constant, or with copied() if it learns too")
    }
    return Variable(tensor: parameter.value, tape: self, index: node)
  }

  /// A new tensor in the tape's memory, its elements not set yet.
  public func makeTensor(_ shape: [Int], element: ElementType) -> Tensor {
    Tensor(uninitialized: shape, element: element, workspace: workspace)
  }

  /// A new tensor of another's shape and element type in the tape's memory, its elements not set yet.
  func makeTensor(like tensor: Tensor) -> Tensor {
    Tensor(
      unchecked: Storage(count: tensor.count, element: tensor.element, workspace: workspace), shape: tensor.shape)
  }

  /// Records one primitive.
  ///
  /// - Parameters:
  ///   - name: what people call it, such as `Dense`
  ///   - detail: what a summary of the model adds to the name, such as an activation
  ///   - inputs: the variables that it read
  ///   - output: what it computed
  ///   - backward: given the gradient of the output, adds those of the inputs; called at most once. It should capture
  ///     tensors, not variables: these hold the tape, which would then live until it is walked back.
  ///   - work: what the forward and the backward pass compute and move, for a profile
  public func record(
    _ name: String, detail: String? = nil, inputs: [Variable], output: Tensor,
    work: @autoclosure () -> (forward: Work?, backward: Work?) = (nil, nil),
    backward: @escaping (inout Backward) -> Void
  ) -> Variable {
    for input in inputs { check(input, name) }
    let node = note(name, inputs, output, detail: detail, work: work)
    guard isRecording, inputs.contains(where: { $0.index >= 0 }) else { return unrecorded(output) }
    let first = recording.inputs.count
    for input in inputs { recording.inputs.append(input.index) }
    let index = recording.add(from: first, output, node, backward)
    return traced(Variable(tensor: output, tape: self, index: index), name, detail, inputs)
  }

  /// Records a primitive of one input: without an array, which would take as long as the smallest primitives themselves.
  func record(
    _ name: String, _ input: Variable, output: Tensor, backward: @escaping (inout Backward) -> Void
  ) -> Variable {
    check(input, name)
    let node = note(name, [input], output)
    guard input.index >= 0 else { return unrecorded(output) }
    let index = recording.add(input.index, output, node, backward)
    return traced(Variable(tensor: output, tape: self, index: index), name, nil, [input])
  }

  /// Records a primitive of two inputs.
  func record(
    _ name: String, _ a: Variable, _ b: Variable, output: Tensor, backward: @escaping (inout Backward) -> Void
  ) -> Variable {
    check(a, name)
    check(b, name)
    let node = note(name, [a, b], output)
    guard a.index >= 0 || b.index >= 0 else { return unrecorded(output) }
    let index = recording.add(a.index, b.index, output, node, backward)
    return traced(Variable(tensor: output, tape: self, index: index), name, nil, [a, b])
  }

  @inline(__always)
  private func check(_ input: Variable, _ name: String) {
    if input.tape !== self || isUsedUp { refuse([input], name) }
  }

  /// Looks at a result where somebody wants to know: for numbers that are not finite, and at the clock.
  @inline(__always)
  private func note(
    _ name: String, _ inputs: @autoclosure () -> [Variable], _ output: Tensor, detail: String? = nil,
    work: () -> (forward: Work?, backward: Work?) = { (nil, nil) }
  ) -> NodeProfile? {
    operationCount += 1
    lookAt(output, of: name, inputs())
    if observer != nil { observe(output, of: name, detail, inputs()) }
    return profile.map { mark(name, inputs(), work(), on: $0) }
  }

  /// Gives the time since the last mark to the node.
  private func mark(
    _ name: String, _ inputs: [Variable], _ work: (forward: Work?, backward: Work?), on profile: ProfileLane
  ) -> NodeProfile {
    let row = profile.row(layerName(of: inputs) ?? scope ?? name)
    profile.mark(row, .forward, work.forward)
    return NodeProfile(row: row, backward: work.backward)
  }

  /// Records a primitive with several outputs. Its way back is called once, if any of them has a gradient, and asks for
  /// each by ``Backward/upstream(of:)``.
  public func record(
    _ name: String, inputs: [Variable], outputs: [Tensor],
    work: @autoclosure () -> (forward: Work?, backward: Work?) = (nil, nil),
    backward: @escaping (inout Backward) -> Void
  ) -> [Variable] {
    let first = record(name, inputs: inputs, output: outputs[0], work: work(), backward: backward)
    for output in outputs.dropFirst() { lookAt(output, of: name, inputs) }
    guard let node = first.node else { return outputs.map(unrecorded) }
    recording.nodes[node].furtherOutputs = Int32(outputs.count - 1)
    return [first]
      + outputs.dropFirst().map { output in
        if profile != nil { recording.profiles.append(nil) }
        return traced(
          Variable(tensor: output, tape: self, index: recording.addLeaf(output)), name, nil, inputs)
      }
  }

  /// Remembers the first output that is not finite.
  @inline(__always)
  private func lookAt(_ output: Tensor, of name: String, _ inputs: @autoclosure () -> [Variable]) {
    guard checksFinite && firstNonFinite == nil && !output.storage.isFinite() else { return }
    let path = inputs().lazy.compactMap { self.path(ofNode: $0.index) }.first
    firstNonFinite = path.map { "\(name) at \($0)" } ?? name
  }

  /// Names what `body` records, where no parameter's path does, in a profile: `sampling`, `loss`; nil for operations by
  /// their own names.
  public func scoped<R>(_ name: String?, _ body: () throws -> R) rethrows -> R {
    let outer = scope
    scope = name
    defer { scope = outer }
    return try body()
  }
}
