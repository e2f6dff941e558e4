import LatentKernels

/// What an optimizer carries from step to step: how many there were, and running averages and the like, each one flat
/// buffer in the places of the model's ``ParameterLayout``.
///
/// The learning rate and the other settings are not part of it: whoever makes the optimizer knows them. Frozen parameters have
/// no numbers here; one that is frozen no more begins with zeros.
public struct OptimizerState: Sendable {
  /// One number for each weight.
  public struct Slot: Sendable {
    /// For example `firstMoment`.
    public let name: String
    /// All of them, as long as the layout with ``OptimizerState/frozen`` slots, to be read; zero between its places.
    public var values: Storage { storage.readOnly }
    /// The same to be written, by whoever took them out of the state.
    fileprivate(set) var storage: Storage

    /// - Parameter values: taken over: whoever has it writes it no more
    public init(name: String, values: Storage) {
      self.name = name
      storage = values.owned
    }
  }

  /// Steps taken so far.
  public internal(set) var step: Int
  /// The optimizer's buffers, in its order; none before the first step.
  public internal(set) var slots: [Slot]
  /// The numbers of the parameters that have no place in the buffers, in the order in which the model visits them.
  public internal(set) var frozen: [Int]

  /// A state as it was read, or that of an optimizer that has taken no step.
  public init(step: Int = 0, slots: [Slot] = [], frozen: [Int] = []) {
    require(step >= 0, "OptimizerState: step \(step) is negative")
    self.step = step
    self.slots = slots
    self.frozen = frozen
  }

  /// Hands over the buffers to be written, each in memory of its own, made where there are none yet.
  mutating func take(_ names: [String], for layout: ParameterLayout, of optimizer: String) -> [Slot] {
    if slots.isEmpty && step == 0 {
      frozen = layout.frozen
      return names.map { Slot(name: $0, values: layout.zeros()) }
    }
    if let problem = problem(names, for: layout) { fatalError("\(optimizer): \(problem)") }
    var taken = slots
    slots = []
    if frozen != layout.frozen { return moved(taken, to: layout) }
    for index in taken.indices { taken[index].storage.makeUnique() }
    return taken
  }

  /// The buffers in the places of a layout that freezes other parameters.
  private mutating func moved(_ slots: [Slot], to layout: ParameterLayout) -> [Slot] {
    let places = layout.places(freezing: frozen).ranges
    frozen = layout.frozen
    return slots.map { slot in
      let values = layout.zeros()
      for (from, to) in zip(places, layout.slots.map(\.range)) where !from.isEmpty && !to.isEmpty {
        values[to].assign(slot.storage[from])
      }
      return Slot(name: slot.name, values: values)
    }
  }

  /// Why an optimizer with buffers of these names cannot go on from this state with a model of this layout; nil where it
  /// can.
  package func problem(_ names: [String], for layout: ParameterLayout) -> String? {
    if slots.isEmpty && step == 0 { return nil }
    guard slots.count == names.count, zip(slots, names).allSatisfy({ $0.name == $1 }) else {
      return "its state has \(slots.map(\.name)), not \(names); it is of an optimizer with other settings"
    }
    let count = layout.places(freezing: frozen).count
    for slot in slots where slot.values.count != count || slot.values.element != layout.element {
      return "its state is of another model, of \(slot.values.count) \(slot.values.element) elements, not "
        + "\(count) \(layout.element); each model needs an optimizer of its own"
    }
    return nil
  }
}
