import LatentKernels

/// Records what is computed, and walks it back to find gradients (reverse-mode differentiation).
///
/// Nodes are coarse: a dense layer, a whole LSTM sequence, a loss. A tape belongs to one thread and one step. Without
/// a layout of parameters it records nothing and keeps nothing: the same model code then just computes.
public final class Tape {
  /// Where intermediate results live; nil takes them from the system.
  public let workspace: Workspace?
  /// The packed forms of the weights that the tape's products use.
  public let packs: PackedWeights
  /// Where the step's times go; nil measures nothing.
  public let profile: ProfileLane?
  /// Whether the pass trains, and where its randomness comes from.
  public let pass: Pass
  /// The next values of the model's buffers, as its layers said them.
  public private(set) var bufferUpdates: [BufferUpdate] = []
  private var draws: UInt64 = 0
  private var scope: String?
  private let layout: ParameterLayout?
  /// Whether gradients can be asked for later.
  public var isRecording: Bool { layout != nil }
  private var nodes: [Node] = []
  private var parameterNodes: [Int?]
  private var isUsedUp = false

  /// Names the first result with an infinite or undefined element, where `checksFinite` asks for it.
  public private(set) var firstNonFinite: String?
  private let checksFinite: Bool

  struct Node {
    let name: String
    /// What a summary adds to the name, such as a layer's activation.
    var detail: String?
    /// What the code around it called the part of the model.
    var scope: String?
    let inputs: [Int?]
    let shape: [Int]
    var gradient: Storage?
    var isGradientSet = false
    var backward: ((inout Backward) -> Void)?
    var isParameter = false
    /// Outputs after the first one: nodes that follow, without a way back of their own.
    var furtherOutputs = 0
    var row: ProfileLane.Row?
    var work: Work?
  }

  /// - Parameters:
  ///   - layout: the parameters whose gradients are wanted; nil records nothing
  ///   - workspace: memory for all results of the step
  ///   - packs: packed weights to share with the tapes of other shards
  ///   - pass: what layers that train otherwise than they evaluate need to know
  ///   - profile: the lane of a ``LatentKernels/Profiler`` for this thread
  ///   - checksFinite: look for the first result that is not finite, see ``firstNonFinite``
  public init(
    layout: ParameterLayout? = nil, workspace: Workspace? = nil, packs: PackedWeights? = nil, pass: Pass = Pass(),
    profile: ProfileLane? = nil, checksFinite: Bool = false
  ) {
    self.pass = pass
    self.profile = profile
    self.layout = layout
    self.workspace = workspace
    self.packs = packs ?? PackedWeights(workspace: workspace)
    self.checksFinite = checksFinite
    parameterNodes = Array(repeating: nil, count: layout?.slots.count ?? 0)
  }

  /// A key for the next thing that is drawn in this pass. The tapes of all shards give the same keys in the same order,
  /// those of another step others; what is drawn belongs to the key and the example.
  public func makeKey() -> RandomKey {
    draws += 1
    return pass.key.child("draw").child(UInt64(pass.step)).child(draws)
  }

  /// Says what a buffer is to become after this step.
  public func set(_ buffer: Buffer, to value: Tensor) {
    bufferUpdates.append(BufferUpdate(id: buffer.id, value: value))
  }

  /// A value that no gradient is asked for.
  public func constant(_ tensor: Tensor) -> Variable { Variable(tensor: tensor, tape: self, node: nil) }

  /// What has been recorded.
  var trace: [Node] { nodes }

  /// A constant that the trace shows.
  func placeholder(_ tensor: Tensor, named name: String) -> Variable {
    nodes.append(Node(name: name, inputs: [], shape: tensor.shape))
    return Variable(tensor: tensor, tape: self, node: nodes.count - 1)
  }

  func variable(for parameter: Parameter) -> Variable {
    guard let layout else { return constant(parameter.value) }
    guard let slot = layout.index(of: parameter) else {
      fatalError(
        "Tape: a parameter of shape \(parameter.value.shape) is used, but the model's visit(_:) does not show it")
    }
    if let node = parameterNodes[slot] { return Variable(tensor: parameter.value, tape: self, node: node) }
    nodes.append(
      Node(name: layout.slots[slot].path, inputs: [], shape: parameter.value.shape, isParameter: true))
    parameterNodes[slot] = nodes.count - 1
    return Variable(tensor: parameter.value, tape: self, node: nodes.count - 1)
  }

  /// A new tensor in the tape's memory, its elements not set yet.
  public func makeTensor(_ shape: [Int], element: ElementType) -> Tensor {
    Tensor(uninitialized: shape, element: element, workspace: workspace)
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
    require(inputs.allSatisfy { $0.tape === self }, "\(name): an operand belongs to another tape")
    require(!isUsedUp, "\(name): this tape has been walked back already; use a new one")
    lookAt(output, of: name, inputs)
    var node = Node(
      name: name, detail: detail, scope: scope, inputs: inputs.map(\.node), shape: output.shape, backward: backward)
    if let profile {
      let work = work()
      node.row = profile.row(layerName(of: inputs) ?? scope ?? name)
      node.work = work.backward
      profile.mark(node.row!, .forward, work.forward)
    }
    guard inputs.contains(where: { $0.node != nil }) else { return constant(output) }
    nodes.append(node)
    return Variable(tensor: output, tape: self, node: nodes.count - 1)
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
    guard let node = first.node else { return outputs.map(constant) }
    nodes[node].furtherOutputs = outputs.count - 1
    return [first]
      + outputs.dropFirst().map { output in
        nodes.append(Node(name: name, inputs: [], shape: output.shape))
        return Variable(tensor: output, tape: self, node: nodes.count - 1)
      }
  }

  /// Remembers the first output that is not finite.
  private func lookAt(_ output: Tensor, of name: String, _ inputs: [Variable]) {
    guard checksFinite, firstNonFinite == nil, !output.storage.isFinite() else { return }
    let path = inputs.lazy.compactMap { input in input.node.map { self.nodes[$0] } }.first(where: \.isParameter)?.name
    firstNonFinite = path.map { "\(name) at \($0)" } ?? name
  }

  /// Names what `body` records, where no parameter's path does, in a profile: `sampling`, `loss`.
  public func scoped<R>(_ name: String, _ body: () throws -> R) rethrows -> R {
    let outer = scope
    scope = name
    defer { scope = outer }
    return try body()
  }

  /// The path of the layer whose parameters are among the inputs, such as `encoder.lstm`.
  func layerName(of inputs: [Variable]) -> String? {
    for case let index? in inputs.lazy.map(\.node) where nodes[index].isParameter {
      return nodes[index].name.lastIndex(of: ".").map { String(nodes[index].name[..<$0]) } ?? nodes[index].name
    }
    return nil
  }

  /// Finds the gradients of a scalar for all parameters of the layout.
  ///
  /// - Parameters:
  ///   - loss: a variable with one element
  ///   - seed: d(what is wanted)/d(loss): 1, or a shard's share of the batch
  ///   - gradients: overwritten; parameters that the loss does not depend on get zeros
  public func backward(from loss: Variable, seed: Double = 1, into gradients: Gradients) {
    require(loss.tape === self, "backward: the loss belongs to another tape")
    require(loss.tensor.count == 1, "backward: the loss has the shape \(loss.shape), not one element")
    require(gradients.layout === layout, "backward: the gradients are of another layout")
    require(!isUsedUp, "backward: this tape has been walked back already; use a new one")
    isUsedUp = true
    for (slot, node) in parameterNodes.enumerated() {
      if let node { nodes[node].gradient = gradients.flat[gradients.layout.slots[slot].range] }
    }
    if let node = loss.node {
      // Where the loss is a parameter itself, its gradient has its place already.
      let upstream = nodes[node].gradient ?? makeTensor(loss.shape, element: loss.tensor.element).storage
      upstream.fill(seed)
      nodes[node].gradient = upstream
      nodes[node].isGradientSet = true
      for index in stride(from: node, through: 0, by: -1) { walkBack(index) }
    }
    for (slot, node) in parameterNodes.enumerated() where node.map({ !nodes[$0].isGradientSet }) ?? true {
      gradients.flat[gradients.layout.slots[slot].range].fill(0)
    }
    nodes.removeAll(keepingCapacity: false)
  }

  private func walkBack(_ index: Int) {
    guard let backward = nodes[index].backward else { return }
    let outputs = index...index + nodes[index].furtherOutputs
    if let known = outputs.first(where: { nodes[$0].isGradientSet }), let upstream = upstream(known) {
      var context = Backward(tape: self, node: index, upstream: upstream)
      backward(&context)
      if let row = nodes[index].row { profile?.mark(row, .backward, nodes[index].work) }
    }
    // What the node held goes back to the workspace now, for the nodes before it.
    nodes[index].backward = nil
    for output in outputs { nodes[output].gradient = nil }
  }

  private func upstream(_ node: Int) -> Tensor? {
    guard nodes[node].isGradientSet, let gradient = nodes[node].gradient else { return nil }
    return Tensor(gradient, shape: nodes[node].shape)
  }

  func upstream(_ output: Int, of node: Int) -> Tensor? {
    require(
      (0...nodes[node].furtherOutputs).contains(output), "\(nodes[node].name): there is no output \(output)")
    return upstream(node + output)
  }

  func inputNode(_ input: Int, of node: Int) -> Int? { nodes[node].inputs[input] }

  /// Where to write the gradient of an input, and whether there is something to add to.
  func destination(node: Int, element: ElementType) -> (storage: Storage, isAccumulating: Bool) {
    let isAccumulating = nodes[node].isGradientSet
    nodes[node].isGradientSet = true
    if let storage = nodes[node].gradient { return (storage, isAccumulating) }
    let storage = makeTensor(nodes[node].shape, element: element).storage
    nodes[node].gradient = storage
    return (storage, isAccumulating)
  }
}

/// What a primitive's backward pass sees: the gradient of its output, and places for those of its inputs.
public struct Backward {
  private let tape: Tape
  private let node: Int
  /// dL/d(output), in the output's shape. Of several outputs it is that of the first one that has a gradient: ask for
  /// each by ``upstream(of:)``.
  public let upstream: Tensor

  init(tape: Tape, node: Int, upstream: Tensor) {
    self.tape = tape
    self.node = node
    self.upstream = upstream
  }

  /// dL/d(output) of one of several outputs; nil where the loss does not depend on it.
  public func upstream(of output: Int) -> Tensor? { tape.upstream(output, of: node) }

  /// Where the step's times go.
  public var profile: ProfileLane? { tape.profile }

  /// Memory for what the backward pass needs for itself.
  public var workspace: Workspace? { tape.workspace }

  /// Whether the gradient of this input is wanted.
  public func needs(_ input: Int) -> Bool { tape.inputNode(input, of: node) != nil }

  /// Where to write the gradient of an input: overwrite it, or add to it where `isAccumulating`. Nil if not wanted.
  public mutating func destination(_ input: Int) -> (storage: Storage, isAccumulating: Bool)? {
    tape.inputNode(input, of: node).map { tape.destination(node: $0, element: upstream.element) }
  }

  /// Adds `scale` times a finished gradient to an input, if wanted. It has as many elements as the input.
  public mutating func add(_ gradient: Tensor, times scale: Double = 1, to input: Int) {
    guard let (storage, isAccumulating) = destination(input) else { return }
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
}
