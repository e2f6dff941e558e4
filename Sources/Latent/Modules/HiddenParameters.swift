extension Module {
  /// The properties with parameters that `visit(_:)` does not show, such as `encoder.bias`: none, where all is well.
  ///
  /// Training would leave them as they are, and a tape that records refuses them. Found by reflection, which takes its
  /// time: for checks such as ``checkGradients(of:tolerance:step:pass:_:)``, not for every step.
  public var hiddenParameters: [String] { hiddenParameterNames.map(\.name) }

  /// The same with the parameters' numbers.
  var hiddenParameterNames: [(id: Int, name: String)] {
    var shown: Set<Int> = []
    var copy = self
    copy.updateParameters { shown.insert($1.id) }
    var search = ParameterSearch(shown: shown)
    search.look(at: self, "")
    return search.hidden
  }
}

/// A walk through everything that a value stores.
private struct ParameterSearch {
  let shown: Set<Int>
  private(set) var hidden: [(id: Int, name: String)] = []

  init(shown: Set<Int>) { self.shown = shown }

  mutating func look(at value: Any, _ name: String) {
    if let parameter = value as? Parameter {
      if !shown.contains(parameter.id) { hidden.append((parameter.id, name)) }
      return
    }
    let mirror = Mirror(reflecting: value)
    // A model is made of values; numbers in an array are no parameters, however many.
    if value is Tensor || mirror.displayStyle == .class { return }
    if mirror.displayStyle == .collection, let first = mirror.children.first?.value,
      !(first is Parameter), Mirror(reflecting: first).children.isEmpty, !(first is any Module)
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
