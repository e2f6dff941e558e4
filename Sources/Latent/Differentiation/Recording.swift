import LatentKernels

/// What a tape keeps of one result: how to walk back through it, and the gradient that has arrived so far.
struct Node {
  /// The result's shape, and so its gradient's.
  let shape: [Int]
  /// Where the numbers of its inputs' nodes are in the recording's list.
  let inputs: Range<Int32>
  /// The parameter's place in the layout; -1 for results.
  var slot: Int32 = -1
  /// Outputs after the first one: nodes that follow, without a way back of their own.
  var furtherOutputs: Int32 = 0
  /// Given the gradient, adds to those of the inputs; gone as soon as it has run.
  var backward: ((inout Backward) -> Void)?
  /// dL/d(result), or where it will be written.
  var gradient: Storage?
  /// Whether `gradient` has been written.
  var isGradientSet = false
  /// Whether `gradient` may be in memory that others read: it is copied before it is added to.
  var isGradientShared = false
}

/// What a node shows in a profile.
struct NodeProfile {
  let row: ProfileLane.Row
  let backward: Work?
}

/// The nodes of a tape. A value, which the way back takes along: its changes then need no check for who else looks.
struct Recording {
  var nodes: [Node] = []
  /// The numbers of all nodes' inputs' nodes, one after the other; negative where no gradient is wanted.
  var inputs: [Int32] = []
  /// By node, where there is a profile.
  var profiles: [NodeProfile?] = []
  /// By slot of the layout; -1 where the parameter was not used.
  var parameterNodes: [Int32]
  /// Where the values of these parameters are in memory.
  private var parameterPlaces: [Int]

  init(slots: Int) {
    parameterNodes = Array(repeating: -1, count: slots)
    parameterPlaces = Array(repeating: 0, count: slots)
  }

  /// Makes room for as many nodes as another recording has: where much the same is computed again.
  mutating func reserve(as other: Recording) {
    nodes.reserveCapacity(other.nodes.count)
    inputs.reserveCapacity(other.inputs.count)
  }

  /// The number of a parameter's node, which is made where it is used first; nil where it had another value then.
  mutating func node(ofParameter slot: Int, _ value: Tensor, isProfiled: Bool) -> Int32? {
    if parameterNodes[slot] < 0 {
      parameterNodes[slot] = Int32(nodes.count)
      parameterPlaces[slot] = value.storage.place
      nodes.append(Node(shape: value.shape, inputs: 0..<0, slot: Int32(slot)))
      if isProfiled { profiles.append(nil) }
    }
    return parameterPlaces[slot] == value.storage.place ? parameterNodes[slot] : nil
  }

  /// Adds a node without inputs.
  mutating func addLeaf(_ value: Tensor) -> Int32 {
    nodes.append(Node(shape: value.shape, inputs: 0..<0))
    return Int32(nodes.count - 1)
  }

  /// Adds a result of one input.
  mutating func add(
    _ input: Int32, _ output: Tensor, _ profile: NodeProfile?, _ backward: @escaping (inout Backward) -> Void
  ) -> Int32 {
    inputs.append(input)
    return add(inputs: 1, output, profile, backward)
  }

  /// Adds a result of two inputs.
  mutating func add(
    _ a: Int32, _ b: Int32, _ output: Tensor, _ profile: NodeProfile?, _ backward: @escaping (inout Backward) -> Void
  ) -> Int32 {
    inputs.append(a)
    inputs.append(b)
    return add(inputs: 2, output, profile, backward)
  }

  /// Adds a result of the inputs, which are in the list from `first` on; where none of them wants a gradient, they are
  /// taken off again.
  ///
  /// - Returns: the node's number, or -1
  mutating func add(
    from first: Int, _ output: Tensor, _ profile: NodeProfile?, _ backward: @escaping (inout Backward) -> Void
  ) -> Int32 {
    guard inputs[first...].contains(where: { $0 >= 0 }) else {
      inputs.removeLast(inputs.count - first)
      return -1
    }
    return add(inputs: inputs.count - first, output, profile, backward)
  }

  private mutating func add(
    inputs count: Int, _ output: Tensor, _ profile: NodeProfile?, _ backward: @escaping (inout Backward) -> Void
  ) -> Int32 {
    nodes.append(
      Node(shape: output.shape, inputs: Int32(inputs.count - count)..<Int32(inputs.count), backward: backward))
    if let profile { profiles.append(profile) }
    return Int32(nodes.count - 1)
  }
}

/// What a trace keeps of a result.
struct TraceEntry {
  let name: String
  /// What a summary adds to the name, such as a layer's activation.
  let detail: String?
  /// What the code around it called the part of the model.
  let scope: String?
  /// The nodes that it was made of.
  let inputs: [Int32]
  let node: Int32
  let shape: [Int]
}
