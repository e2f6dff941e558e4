extension Module {
  /// The properties with parameters that `visit(_:)` does not show, such as `encoder.bias`: none, where all is well.
  ///
  /// Training would leave them as they are, and a tape that records refuses them. Found by reflection, which takes its
  /// time: for checks such as ``checkGradients(of:tolerance:step:pass:_:)``, not for every step.
  public var hiddenParameters: [String] { hidden.parameters.map(\.name) }

  /// The same with the parameters' numbers, and the buffers.
  var hidden: HiddenState {
    var (parameters, buffers) = (Set<Int>(), Set<Int>())
    var copy = self
    copy.updateParameters { parameters.insert($1.id) }
    copy.updateBuffers { buffers.insert($1.id) }
    var search = HiddenStateSearch(parameters: parameters, buffers: buffers)
    search.look(at: self, "")
    return search.hidden
  }
}

/// What a model stores and does not show, but for what is frozen, which may stay hidden: constants need no listing.
struct HiddenState: Sendable {
  var parameters: [(id: Int, name: String)] = []
  var buffers: [(id: Int, name: String)] = []

  func name(of parameter: Parameter) -> String? { parameters.first { $0.id == parameter.id }?.name }
  func name(of buffer: Buffer) -> String? { buffers.first { $0.id == buffer.id }?.name }
}

/// A walk through everything that a value stores.
private struct HiddenStateSearch {
  let parameters: Set<Int>
  let buffers: Set<Int>
  private(set) var hidden = HiddenState()
  /// Objects on the way, which may lead back to themselves.
  private var objects: Set<ObjectIdentifier> = []

  init(parameters: Set<Int>, buffers: Set<Int>) { (self.parameters, self.buffers) = (parameters, buffers) }

  mutating func look(at value: Any, _ name: String) {
    if let parameter = value as? Parameter {
      if !parameters.contains(parameter.id) && !parameter.isFrozen { hidden.parameters.append((parameter.id, name)) }
      return
    }
    if let buffer = value as? Buffer {
      if !buffers.contains(buffer.id) && !buffer.isFrozen { hidden.buffers.append((buffer.id, name)) }
      return
    }
    let mirror = Mirror(reflecting: value)
    if value is Tensor { return }
    if mirror.displayStyle == .class && !objects.insert(ObjectIdentifier(value as AnyObject)).inserted { return }
    // Numbers in an array are no parameters, however many.
    if mirror.displayStyle == .collection, let first = mirror.children.first?.value,
      !(first is Parameter), !(first is Buffer), Mirror(reflecting: first).children.isEmpty, !(first is any Module)
    {
      return
    }
    for (index, child) in mirror.children.enumerated() {
      let isWrapper = mirror.displayStyle == .optional
      let label = child.label.map { $0.hasPrefix(".") ? String($0.dropFirst()) : $0 } ?? "\(index)"  // a tuple's is .0
      look(at: child.value, isWrapper ? name : name.isEmpty ? label : "\(name).\(label)")
    }
  }
}
