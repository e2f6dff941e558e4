import LatentKernels

/// What a primitive's backward pass sees: the gradient of its output, and places for those of its inputs.
public struct Backward {
  /// Memory for what the backward pass needs for itself.
  public let workspace: Workspace?
  /// Where the step's times go.
  public let profile: ProfileLane?
  /// dL/d(output), in the output's shape. To be read, not written. Of several outputs it is that of the first one that has
  /// a gradient: ask for each by ``upstream(of:)``.
  public var upstream: Tensor { gradient! }
  /// The same, while a pass runs.
  var gradient: Tensor?
  private(set) var recording: Recording
  private var inputs: Range<Int32> = 0..<0
  /// The nodes of a primitive with several outputs; empty for one.
  private var outputs = 0..<0

  init(_ recording: Recording, workspace: Workspace?, profile: ProfileLane?) {
    self.recording = recording
    self.workspace = workspace
    self.profile = profile
  }

  /// dL/d(output) of one of several outputs; nil where the loss does not depend on it.
  public func upstream(of output: Int) -> Tensor? {
    require(
      output >= 0 && output < max(outputs.count, 1),
      "Backward: output \(output) of a primitive with \(max(outputs.count, 1)) outputs")
    return outputs.isEmpty ? gradient : gradient(ofNode: outputs.lowerBound + output)
  }

  private func gradient(ofNode node: Int) -> Tensor? {
    guard recording.nodes[node].isGradientSet, let storage = recording.nodes[node].gradient else { return nil }
    return Tensor(unchecked: storage, shape: recording.nodes[node].shape)
  }

  /// Whether the gradient of this input is wanted.
  public func needs(_ input: Int) -> Bool { node(of: input) != nil }

  /// Where to write the gradient of an input: overwrite it, or add to it where `isAccumulating`. Nil if not wanted.
  public mutating func destination(_ input: Int) -> (storage: Storage, isAccumulating: Bool)? {
    guard let node = node(of: input) else { return nil }
    return destination(node: node)
  }

  /// Adds `scale` times a finished gradient to an input, if wanted. It has as many elements as the input, and is not
  /// written any more.
  public mutating func add(_ gradient: Tensor, times scale: Double = 1, to input: Int) {
    guard let node = node(of: input) else { return }
    // What is passed on as it is need not be copied.
    if scale == 1 && adopt(gradient.storage, asGradientOf: node) { return }
    let (storage, isAccumulating) = destination(node: node)
    storage.assign(gradient.storage, times: scale, adding: isAccumulating ? 1 : 0)
  }

  /// Lets `write` overwrite a storage with the gradient of an input, if wanted, and adds it to what is there already.
  public mutating func accumulate(_ input: Int, _ write: (Storage) -> Void) {
    guard let (storage, isAccumulating) = destination(input) else { return }
    guard isAccumulating else { return write(storage) }
    let extra = Storage(count: storage.count, element: storage.element, workspace: workspace)
    write(extra)
    storage.assign(.add, storage, extra)
  }

  /// The same for the last thing that a pass does with the upstream gradient, element by element: the result may take its
  /// place in memory, so that chains of small operations need no more.
  mutating func transform(_ input: Int, _ write: (_ upstream: Storage, _ result: Storage) -> Void) {
    guard let node = node(of: input) else { return }
    guard gradient!.storage.isUnique() else {
      let gradient = upstream.storage
      return accumulate(input) { write(gradient, $0) }
    }
    write(upstream.storage, upstream.storage)
    if adopt(upstream.storage, asGradientOf: node) { return }
    let (storage, isAccumulating) = destination(node: node)
    storage.assign(upstream.storage, adding: isAccumulating ? 1 : 0)
  }

  func node(of input: Int) -> Int? {
    require(input >= 0 && input < inputs.count, "Backward: input \(input) of a primitive with \(inputs.count) inputs")
    let node = recording.inputs[Int(inputs.lowerBound) + input]
    return node < 0 ? nil : Int(node)
  }

  mutating func destination(node: Int) -> (storage: Storage, isAccumulating: Bool) {
    let isAccumulating = recording.nodes[node].isGradientSet
    recording.nodes[node].isGradientSet = true
    if recording.nodes[node].isGradientShared {
      recording.nodes[node].gradient?.makeUnique(workspace: workspace)
      recording.nodes[node].isGradientShared = false
    }
    if let storage = recording.nodes[node].gradient { return (storage, isAccumulating) }
    let count = Tensor.count(of: recording.nodes[node].shape)
    let storage = Storage(count: count, element: upstream.element, workspace: workspace)
    recording.nodes[node].gradient = storage
    return (storage, isAccumulating)
  }

  /// Makes a storage that others may read too the gradient of a node, if it has none yet and no place to write it to.
  ///
  /// - Returns: whether it was done
  private mutating func adopt(_ gradient: Storage, asGradientOf node: Int) -> Bool {
    guard recording.nodes[node].gradient == nil, gradient.element == upstream.element,
      gradient.count == Tensor.count(of: recording.nodes[node].shape)
    else { return false }
    recording.nodes[node].gradient = gradient
    recording.nodes[node].isGradientSet = true
    recording.nodes[node].isGradientShared = true
    return true
  }
}

extension Backward {
  /// The whole way back.
  mutating func run(from loss: Variable, seed: Double, into gradients: [Gradients]) {
    eachParameter(of: gradients) { recording, node, place in
      if node >= 0 { recording.nodes[node].gradient = place() }
    }
    if let node = loss.node {
      // Where the loss is a parameter itself, its gradient has its place already.
      let upstream = recording.nodes[node].gradient ?? loss.tape.makeTensor(like: loss.tensor).storage
      upstream.fill(seed)
      recording.nodes[node].gradient = upstream
      recording.nodes[node].isGradientSet = true
    }
    for index in stride(from: loss.node ?? -1, through: 0, by: -1) { walkBack(index) }
    eachParameter(of: gradients) { recording, node, place in
      if node < 0 || !recording.nodes[node].isGradientSet { place().fill(0) }
    }
  }

  /// Walks back through a part of a model that was computed on a tape of its own.
  ///
  /// - Parameters:
  ///   - results: with their gradients, nil where there is none
  ///   - leaves: nodes with the places of their gradients, which are written, or added to where they are accumulating; -1 for what the
  ///     part does not use
  static func walkBack(
    through tape: Tape, from results: [(variable: Variable, upstream: Tensor?)],
    to leaves: [(node: Int, storage: Storage, isAccumulating: Bool)]
  ) {
    let ends = results.map { ($0.variable.node, $0.upstream) }
    var walk = Backward(tape.recording, workspace: tape.workspace, profile: tape.profile)
    (tape.isUsedUp, tape.recording) = (true, Recording(slots: 0))
    // Where two leaves have one place, neither may overwrite it.
    let isShared = Storage.share(leaves.map(\.storage))
    for (node, storage, isAccumulating) in leaves {
      let isCleared = !isAccumulating && (isShared || node < 0)
      if isCleared { storage.fill(0) }
      if node < 0 { continue }
      walk.recording.nodes[node].gradient = storage
      walk.recording.nodes[node].isGradientSet = isAccumulating || isCleared
    }
    for case (let node?, let upstream?) in ends {
      walk.gradient = upstream  // which gives new storages their element type
      let (storage, isAccumulating) = walk.destination(node: node)
      storage.assign(upstream.storage, adding: isAccumulating ? 1 : 0)
    }
    walk.gradient = nil
    for index in stride(from: walk.recording.nodes.count - 1, through: 0, by: -1) { walk.walkBack(index) }
    for (node, storage, _) in leaves where node >= 0 && !walk.recording.nodes[node].isGradientSet { storage.fill(0) }
  }

  /// Calls `body` with the node of each parameter, negative where it was not used, and the place of its gradient.
  private mutating func eachParameter(
    of gradients: [Gradients], _ body: (inout Recording, _ node: Int, _ place: () -> Storage) -> Void
  ) {
    var number = 0
    for gradients in gradients {
      for slot in gradients.layout.slots {
        body(&recording, Int(recording.parameterNodes[number])) { gradients.flat[slot.range] }
        number += 1
      }
    }
  }

  private mutating func walkBack(_ index: Int) {
    // What the node held goes back to the workspace now, for the nodes before it.
    guard let backward = recording.nodes[index].backward.take() else { return }
    let further = Int(recording.nodes[index].furtherOutputs)
    if further == 0 {
      guard recording.nodes[index].isGradientSet else { return }
      // Taken without a name here: the pass may use memory that nobody else holds.
      gradient = Tensor(unchecked: recording.nodes[index].gradient.take()!, shape: recording.nodes[index].shape)
    } else {
      outputs = index..<index + 1 + further
      gradient = outputs.lazy.compactMap { [self] in gradient(ofNode: $0) }.first
    }
    if gradient != nil {
      inputs = recording.nodes[index].inputs
      backward(&self)
      if let profile, let node = recording.profiles[index] { profile.mark(node.row, .backward, node.backward) }
    }
    gradient = nil
    for output in outputs { recording.nodes[output].gradient = nil }
    outputs = 0..<0
  }
}

extension Work {
  /// That of the way back, which takes as much again for each of these inputs whose gradient is wanted; nil for none.
  func backward(to inputs: [Variable]) -> Work? {
    inputs.reduce(nil) { sum, input in input.node == nil ? sum : sum.map { $0 + self } ?? self }
  }
}
