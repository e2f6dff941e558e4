/// The parameters whose gradients a tape finds: those of one model's layout, or of several models', one after the other.
///
/// Slots are numbered through. Of several models, paths begin with the model's place: `1.hidden.kernel`.
final class TapeParameters {
  let layouts: [ParameterLayout]
  /// The number of each layout's first slot.
  let first: [Int]
  let count: Int
  /// What each layout's model stores and does not show, searched when a parameter or buffer is used that no layout has.
  private lazy var hidden = search()
  private let search: () -> [HiddenState]

  init(_ layouts: [ParameterLayout], hidden: (() -> [HiddenState])?) {
    self.layouts = layouts
    var (first, end) = ([Int](), 0)
    for layout in layouts {
      first.append(end)
      end += layout.slots.count
    }
    (self.first, count) = (first, end)
    search = hidden ?? { layouts.compactMap(\.hidden) }
    for (place, layout) in layouts.enumerated() {
      for other in layouts[..<place] { layout.refuseShared(with: other) }
    }
  }

  subscript(slot: Int) -> ParameterLayout.Slot {
    let place = place(of: slot)
    return layouts[place].slots[slot - first[place]]
  }

  func path(_ slot: Int) -> String { layouts.count == 1 ? self[slot].path : "\(place(of: slot)).\(self[slot].path)" }

  /// The slot of a parameter; that of one whose gradient is found, where models have it too that take it for a constant.
  func slot(of parameter: Parameter) -> Int? {
    var frozen: Int?
    for (layout, first) in zip(layouts, first) {
      guard let index = layout.index(of: parameter) else { continue }
      if !layout.slots[index].isFrozen { return first + index }
      frozen = first + index
    }
    return frozen
  }

  func has(_ buffer: Buffer) -> Bool { layouts.contains { $0.has(buffer: buffer.id) } }

  func hiddenName(of parameter: Parameter) -> String? { hidden.lazy.compactMap { $0.name(of: parameter) }.first }
  func hiddenName(of buffer: Buffer) -> String? { hidden.lazy.compactMap { $0.name(of: buffer) }.first }

  private func place(of slot: Int) -> Int { first.lastIndex { $0 <= slot }! }
}
