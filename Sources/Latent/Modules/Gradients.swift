import LatentKernels

/// The derivative of a loss for every parameter of a model, and what the step makes of the model's buffers.
///
/// A value: copies share memory until one of them is written.
public struct Gradients: Sendable {
  /// Where each gradient lies.
  public let layout: ParameterLayout
  /// All of them, at their slots' places; zero between the slots. For code that sees to it that nobody shares what it writes.
  package var flat: Storage
  /// The next values of buffers, which the optimizer gives to the model beside its own changes.
  public var bufferUpdates: [BufferUpdate] = []
  /// How many gradients this is the sum of.
  var terms = 1

  /// Zeros, in the system's memory.
  public init(layout: ParameterLayout) {
    self.layout = layout
    flat = layout.zeros()
  }

  /// Gradients that a tape is to write: zero only where it does not.
  public init(layout: ParameterLayout, workspace: Workspace?) {
    self.layout = layout
    flat = Storage(count: layout.count, element: layout.element, workspace: workspace)
    for slot in layout.slots {
      flat[slot.range.upperBound..<ParameterLayout.roundedUp(slot.range.upperBound)].fill(0)
    }
  }

  /// The gradient of the parameter with this path, in its shape.
  public subscript(path: String) -> Tensor {
    get {
      let slot = slot(path)
      return Tensor(flat[slot.range], shape: slot.shape)
    }
    set {
      let slot = slot(path)
      require(
        newValue.shape == slot.shape && newValue.element == layout.element,
        "Gradients: \(newValue.shape) of \(newValue.element) for \(path), \(slot.shape) of \(layout.element)"
          + "; both must be alike")
      flat.makeUnique()
      flat[slot.range].assign(newValue.storage)
    }
  }

  private func slot(_ path: String) -> ParameterLayout.Slot {
    guard let slot = layout.slots.first(where: { $0.path == path }) else {
      fatalError("Gradients: no parameter \(path); there are \(layout.slots.map(\.path))")
    }
    require(!slot.isFrozen, "Gradients: \(path) is frozen, and has no gradient")
    return slot
  }

  /// The path of the first parameter whose gradient has an infinite or undefined element.
  public var firstNonFinitePath: String? {
    flat.isFinite() ? nil : layout.slots.first { !flat[$0.range].isFinite() }?.path
  }

  /// All gradients at their slots' places, to be read; zero between the slots. Writing into them stops the process:
  /// ``withMutableContents(_:)`` is for that.
  public var contents: Storage { flat.readOnly }

  /// Lets `body` write all gradients, at their slots' places. Where a copy shares them, they are copied first.
  ///
  /// - Parameter body: gets the elements, which are the gradients' only until it returns; leaves zeros between the slots
  public mutating func withMutableContents<R>(_ body: (_ contents: Storage) throws -> R) rethrows -> R {
    flat.makeUnique()
    return try body(flat)
  }

  /// Sees to it that nobody else has the memory, whose elements are about to be overwritten.
  mutating func prepareToOverwrite(_ workspace: Workspace?) {
    if !flat.isUnique() { flat = Gradients(layout: layout, workspace: workspace).flat }
    terms = 1
  }
}
