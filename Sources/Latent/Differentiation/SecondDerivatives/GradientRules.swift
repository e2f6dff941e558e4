import LatentKernels

/// How a gradient goes back to one input of a result: by operations on the tape, whose own gradients can be found.
typealias GradientRule = (_ upstream: Variable) -> Variable

/// What a tape keeps beside its nodes while gradients are wanted as variables (`create_graph` in PyTorch): for each result a rule
/// for each input.
///
/// A primitive without rules computes its result by others in that time: general, slower, and the same but for rounding.
struct GradientRules {
  /// The rules of a node, for each of its inputs.
  fileprivate var rules: [Int: [GradientRule]] = [:]
  /// What made each node.
  var names: [Int: String] = [:]
}

extension Variable {
  /// The same variable, with the rules kept by which gradients go back to the inputs that it was recorded with.
  @inline(__always)
  func ruled(_ rules: @autoclosure () -> [GradientRule]) -> Variable {
    if tape.rules != nil { tape.keep(rules(), of: self) }
    return self
  }

  /// The sum over where a value of `shape` was repeated to this one's shape.
  func unrepeated(to shape: [Int]) -> Variable {
    if self.shape == shape { return self }
    let extra = self.shape.count - shape.count
    let axes = self.shape.indices.filter { $0 < extra || (shape[$0 - extra] == 1 && self.shape[$0] != 1) }
    return sum(axes: axes, keepingDimensions: true).reshaped(to: shape)
  }
}

extension Tape {
  /// Whether gradients are wanted as variables, as in ``gradient(at:_:)``: a primitive of one's own then computes its result by
  /// operations whose gradients can be differentiated again.
  public var isDifferentiatedAgain: Bool { rules != nil }

  fileprivate func keep(_ list: [GradientRule], of result: Variable) {
    if let node = result.node { rules?.rules[node] = list }
  }

  /// Calls `body`, whose results may be gradients of what it records. Nothing else of it stays on a tape without parameters.
  func keepingRules(_ body: () -> [Variable]) -> [Variable] {
    if rules != nil { return body() }
    rules = GradientRules()
    isRecording = true
    let results = body()
    rules = nil
    if parameters != nil { return results }
    isRecording = false
    let constants = results.map { constant($0.tensor) }
    recording = Recording(slots: 0)
    return constants
  }

  /// A variable of the same value, at which a gradient can be found. What else was made of `x` is another argument.
  func point(_ x: Variable) -> Variable {
    if x.node != nil { return record("point", x, output: x.tensor) { $0.add($0.upstream, to: 0) }.ruled([{ $0 }]) }
    let node = recording.addLeaf(x.tensor)
    if profile != nil { recording.profiles.append(nil) }
    return Variable(tensor: x.tensor, tape: self, index: node)
  }

  /// The gradients of `y` at these nodes, each the product of `upstream`, of y's shape, and the Jacobian.
  ///
  /// - Returns: nil for nodes that y does not depend on
  func gradients(of y: Variable, along upstream: Variable, at points: [Int]) -> [Variable?] {
    guard let last = y.node, let first = points.min(), first <= last else { return points.map { _ in nil } }
    let ends = Set(points)
    let dependent = dependents(of: ends, first...last)
    var arrived = [last: upstream]
    for node in stride(from: last, through: first, by: -1) where dependent[node - first] && !ends.contains(node) {
      guard let upstream = arrived.removeValue(forKey: node) else { continue }
      guard let rules = rules?.rules[node] else {
        fatalError(
          "\(rules?.names[node] ?? "an operation"): its gradient can't be differentiated again; where the tape isDifferentiatedAgain, "
            + "compute it by operations whose gradient can")
      }
      let inputs = recording.inputs[recording.nodes[node].places]
      for (input, rule) in zip(inputs.map(Int.init), rules) where input >= first && dependent[input - first] {
        let part = rule(upstream).unrepeated(to: recording.nodes[input].shape)
        arrived[input] = arrived[input].map { $0 + part } ?? part
      }
    }
    return points.map { arrived[$0] }
  }

  /// Which nodes of a range depend on the points, which are in it.
  private func dependents(of points: Set<Int>, _ range: ClosedRange<Int>) -> [Bool] {
    var dependent = [Bool](repeating: false, count: range.count)
    var further = 0
    for node in range {
      let inputs = recording.inputs[recording.nodes[node].places]
      let depends =
        points.contains(node) || inputs.contains { $0 >= range.lowerBound && dependent[Int($0) - range.lowerBound] }
        || (further > 0 && dependent[node - 1 - range.lowerBound])  // another output of the node before
      dependent[node - range.lowerBound] = depends
      further = max(further - 1, Int(recording.nodes[node].furtherOutputs))
    }
    return dependent
  }
}

extension Node {
  /// Where its inputs' nodes are in the recording's list.
  fileprivate var places: Range<Int> { Int(inputs.lowerBound)..<Int(inputs.upperBound) }
}
