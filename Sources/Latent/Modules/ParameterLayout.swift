import LatentKernels

/// Where each parameter of a model lies in one flat buffer, so that gradients, an optimizer's moments, the sum over
/// shards and a checkpoint are each one contiguous block.
///
/// Frozen parameters (``Module/frozen``, ``ParameterGroups``) have no place in it: a tape of this layout takes them for
/// constants, so that nothing is computed, summed or kept for them, and nothing is recorded that leads to no other parameter.
///
///     let layout = ParameterLayout(of: model, groups: optimizer.groups)
///     let (loss, gradients) = valueWithGradients(of: model, layout: layout) { ... }
public final class ParameterLayout: Sendable {
  /// One parameter's place.
  public struct Slot: Sendable {
    /// For example `encoder.lstm.kernel`.
    public let path: String
    /// The shape of its value.
    public let shape: [Int]
    /// Its elements in the flat buffer; none where it is frozen.
    public let range: Range<Int>
    /// Whether no gradient is wanted.
    public let isFrozen: Bool
  }

  /// In the order in which the model visits them.
  public let slots: [Slot]
  /// The length of the flat buffer; each slot starts on a cache line.
  public let count: Int
  /// What all parameters' elements are.
  public let element: ElementType
  /// The slots in blocks that one worker takes at a time.
  let blocks: [Block]
  private let indices: [Int: Int]  // by parameter id
  private let buffers: Set<Int>  // their ids
  /// What the model stores and does not show, which a tape refuses; nil where it was not searched.
  let hidden: HiddenState?

  /// The layout of a model's parameters, which must be of one element type and visited once each, each parameter and buffer
  /// under a path of its own.
  ///
  /// - Parameter groups: an optimizer's, which say what is frozen beside what the model itself says (``Module/frozen``)
  public convenience init(of model: some Module, groups: ParameterGroups = []) {
    self.init(of: model, groups: groups, hidden: model.hidden)
  }

  /// - Parameter hidden: nil where whoever makes a tape of the layout has the model to search if need be
  init(of model: some Module, groups: ParameterGroups = [], hidden: HiddenState?) {
    var slots: [Slot] = []
    var indices: [Int: Int] = [:]
    var end = 0
    var element: ElementType?
    var paths = Set<String>()
    // Files, checkpoints and groups of parameters know all by its path.
    func claim(_ path: String) {
      require(
        paths.insert(path).inserted,
        "ParameterLayout: \(type(of: model)) visits two parameters or buffers as \(path); give each a name of its own")
    }
    var copy = model
    copy.updateParameters { path, parameter in
      let tensor = parameter.value
      if let other = indices[parameter.id] {
        fatalError(
          "ParameterLayout: \(path) is the same parameter as \(slots[other].path); if they are to learn apart, make one of "
            + "them with copied()")
      }
      claim(path)
      tensor.element.requireComputing("ParameterLayout: \(path) \(tensor.shape)")
      require(
        element == nil || element == tensor.element,
        "ParameterLayout: \(path) is \(tensor.element), but parameters before it are \(element ?? .float32)")
      element = tensor.element
      indices[parameter.id] = slots.count
      let isFrozen = groups.freezes(path) || parameter.isFrozen
      let count = isFrozen ? 0 : tensor.count
      slots.append(Slot(path: path, shape: tensor.shape, range: end..<end + count, isFrozen: isFrozen))
      end = ParameterLayout.roundedUp(end + count)
    }
    require(element != nil, "ParameterLayout: \(type(of: model)) visits no parameter")
    self.slots = slots
    self.indices = indices
    self.element = element ?? .float32
    blocks = Block.cut(slots)
    count = end
    var buffers = Set<Int>()
    copy.updateBuffers {
      claim($0)
      buffers.insert($1.id)
    }
    self.buffers = buffers
    self.hidden = hidden
  }

  /// Where the next slot starts.
  static func roundedUp(_ end: Int) -> Int { (end + 15) / 16 * 16 }

  func index(of parameter: Parameter) -> Int? { indices[parameter.id] }

  /// Whether the model has the buffer of this id.
  func has(buffer: Int) -> Bool { buffers.contains(buffer) }

  /// Stops where a parameter would get a gradient in each of two layouts.
  func refuseShared(with other: ParameterLayout) {
    let shared = indices.compactMap { id, index in
      slots[index].isFrozen ? nil : other.indices[id].flatMap { other.slots[$0].isFrozen ? nil : (index, $0) }
    }
    guard let (index, first) = shared.min(by: { $0 < $1 }) else { return }
    fatalError(
      "valueWithGradients: \(slots[index].path) of one model is \(other.slots[first].path) of another; make one of them "
        + "with copied(), or with frozen where it is to be a constant")
  }

  /// The numbers of the slots that are frozen.
  var frozen: [Int] { slots.indices.filter { slots[$0].isFrozen } }

  /// Where the slots lie in the flat buffer of the same model with these slots frozen, and its length.
  func places(freezing frozen: [Int]) -> (ranges: [Range<Int>], count: Int) {
    let frozen = Set(frozen)
    var end = 0
    let ranges = slots.enumerated().map { index, slot in
      let range = end..<end + (frozen.contains(index) ? 0 : Tensor.count(of: slot.shape))
      end = ParameterLayout.roundedUp(range.upperBound)
      return range
    }
    return (ranges, end)
  }

  /// Whether both have the same parameters at the same places.
  func describesTheSame(as other: ParameterLayout) -> Bool {
    element == other.element && slots.count == other.slots.count
      && zip(slots, other.slots).allSatisfy { $0.path == $1.path && $0.shape == $1.shape && $0.range == $1.range }
  }

  /// A flat buffer of zeros.
  public func zeros() -> Storage {
    let storage = Storage(count: count, element: element)
    storage.fill(0)
    return storage
  }
}

extension ParameterLayout {
  /// A run of one parameter's elements.
  struct Block: Sendable {
    /// The parameter's number.
    let slot: Int
    /// The elements in the flat buffer.
    let range: Range<Int>
    /// The elements in the parameter.
    let rangeInSlot: Range<Int>

    static func cut(_ slots: [Slot]) -> [Block] {
      let size = 1 << 15
      return slots.enumerated().flatMap { index, slot in
        stride(from: 0, to: slot.range.count, by: size).map { lower in
          let range = lower..<min(lower + size, slot.range.count)
          let start = slot.range.lowerBound
          return Block(slot: index, range: start + range.lowerBound..<start + range.upperBound, rangeInSlot: range)
        }
      }
    }
  }

  /// Calls `body` with each block and its number, on the pool's workers or else on the process's own threads.
  func forEachBlock(
    on pool: WorkerPool?, as row: String, _ body: @Sendable (_ index: Int, _ block: Block) -> Void
  ) {
    if let pool {
      pool.run(tasks: blocks.count, as: row) { task, _ in body(task, blocks[task]) }
    } else if count < 1 << 17 {
      for (index, block) in blocks.enumerated() { body(index, block) }
    } else {
      Threads.run(tasks: blocks.count) { body($0, blocks[$0]) }
    }
  }

  /// Stops with `message` unless the parameter stands at this place of the layout.
  func check(_ path: String, _ value: Tensor, at index: Int, _ message: String) {
    require(
      index < slots.count && slots[index].path == path && slots[index].shape == value.shape,
      "\(message); \(path) \(value.shape) is not in their layout")
  }
}
