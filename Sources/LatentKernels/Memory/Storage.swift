import CLatentKernels

/// A run of elements of one type inside a ``Memory``: what the kernels read and write.
///
/// A reference: copies share the memory, and the kernels write into the storage that they are given. Value semantics is the
/// business of the tensors above, through ``makeUnique(workspace:)``: what they hand out is ``readOnly``.
public struct Storage: Sendable {
  private var memory: Memory
  /// Where the run starts, in elements from the start of the memory.
  public let offset: Int
  /// The number of elements.
  public let count: Int
  /// What the elements are.
  public let element: ElementType
  /// Whether this value of the storage is for reading alone, and stops the process where it is written through.
  public private(set) var isReadOnly = false

  /// Uninitialised elements, from `workspace` or else from the system.
  public init(count: Int, element: ElementType, workspace: Workspace? = nil) {
    require(count >= 0, "Storage: count \(count) is negative")
    let bytes = count * element.size
    self.init(memory: workspace?.lend(bytes: bytes) ?? Memory(bytes: bytes), offset: 0, count: count, element: element)
  }

  /// How large a storage is.
  typealias Size = (count: Int, element: ElementType)

  /// Uninitialised elements, as many as a size says.
  init(_ size: Size, workspace: Workspace?) {
    self.init(count: size.count, element: size.element, workspace: workspace)
  }

  /// Prepares `workspace` for tasks that each take storages of these sizes at the same time: how many tasks run together is
  /// chance, and what a step allocates must not be.
  static func reserve(_ sizes: [Size], workspace: Workspace?) {
    guard let workspace, Threads.available > 1 else { return }
    workspace.reserve(bytes: sizes.map { $0.count * $0.element.size }, times: Threads.count)
  }

  private init(memory: Memory, offset: Int, count: Int, element: ElementType) {
    self.memory = memory
    self.offset = offset
    self.count = count
    self.element = element
  }

  /// The elements of `range`, in the same memory.
  public subscript(range: Range<Int>) -> Storage {
    require(range.lowerBound >= 0 && range.upperBound <= count, "Storage: \(range) is outside 0..<\(count)")
    var part = Storage(memory: memory, offset: offset + range.lowerBound, count: range.count, element: element)
    part.isReadOnly = isReadOnly
    return part
  }

  /// The same memory as elements of another type.
  func viewed(as element: ElementType) -> Storage {
    let (from, bytes) = (offset * self.element.size, count * self.element.size)
    require(
      from % element.size == 0 && bytes % element.size == 0,
      "Storage: \(count) \(self.element) from \(offset) as \(element)")
    var result = Storage(memory: memory, offset: from / element.size, count: bytes / element.size, element: element)
    result.isReadOnly = isReadOnly
    return result
  }

  /// Sets all bits to 0.
  func clear() { mutablePointer.initializeMemory(as: UInt8.self, repeating: 0, count: count * element.size) }

  /// Zeros for some columns of a matrix of bfloat16, whose rows are `stride` elements apart.
  func clearColumns(_ columns: Range<Int>, stride: Int) {
    if columns.isEmpty { return }
    require(element == .bfloat16, "clearColumns: of \(element)")
    Operations.mixed.pointee.clear_columns(
      mutablePointer(at: columns.lowerBound).assumingMemoryBound(to: UInt16.self), count / stride, stride, columns.count
    )
  }

  /// Gives this value memory of its own, from `workspace` or else from the system, if another value shares it now.
  public mutating func makeUnique(workspace: Workspace? = nil) {
    if !isUnique() { self = copy(workspace: workspace) }
    isReadOnly = false
  }

  /// The same memory, to be read only: what a value such as a tensor lets others see of itself.
  public var readOnly: Storage {
    var result = self
    result.isReadOnly = true
    return result
  }

  /// The same memory in the hands of a value that sees to it who writes.
  package var owned: Storage {
    var result = self
    result.isReadOnly = false
    return result
  }

  /// Whether no other value shares the memory now.
  public mutating func isUnique() -> Bool { isKnownUniquelyReferenced(&memory) }

  /// The same elements in memory of their own.
  public func copy(workspace: Workspace? = nil) -> Storage {
    let result = Storage(count: count, element: element, workspace: workspace)
    Threads.cut(count) {
      result.mutablePointer(at: $0.lowerBound).copyMemory(
        from: pointer(at: $0.lowerBound), byteCount: $0.count * element.size)
    }
    return result
  }

  /// Whether both are runs in one memory.
  public func sharesMemory(with other: Storage) -> Bool { memory === other.memory }

  /// Whether two of them lie in the same memory: what is written into one may then be overwritten through another.
  package static func share(_ storages: [Storage]) -> Bool {
    storages.indices.contains { i in storages[..<i].contains { $0.sharesMemory(with: storages[i]) } }
  }

  /// Where the first element is in memory: a number that tells storages apart while they live.
  package var place: Int { Int(bitPattern: pointer) }

  /// The first element, to be read. The memory lives while this storage does: hold on to it while using the pointer.
  var pointer: UnsafeRawPointer { UnsafeRawPointer(memory.base + offset * element.size) }

  /// The element at `index` elements from the first, to be read.
  func pointer(at index: Int) -> UnsafeRawPointer { pointer + index * element.size }

  /// The first element, to be written: where all writing into a storage begins.
  var mutablePointer: UnsafeMutableRawPointer {
    require(
      !isReadOnly,
      "Storage: these elements are for reading; withMutableContents(_:) of what they belong to lets them be written")
    return memory.base + offset * element.size
  }

  /// The element at `index` elements from the first, to be written.
  func mutablePointer(at index: Int) -> UnsafeMutableRawPointer { mutablePointer + index * element.size }

  /// The loops for this element type.
  var operations: latent_ops {
    @inline(__always) get { Operations.selected(for: element).pointee }
  }

  /// The loops that write or read operands of products which are of this type: those of mixed precision for bfloat16.
  var operandLoops: latent_operand_ops {
    element == .bfloat16 ? Operations.mixed.pointee.operands : operations.operands
  }

  /// Calls `body` with the bytes of all elements.
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    defer { withExtendedLifetime(memory) {} }
    return try body(UnsafeRawBufferPointer(start: pointer, count: count * element.size))
  }

  /// Calls `body` with the bytes of all elements, to write them.
  public func withUnsafeMutableBytes<R>(_ body: (UnsafeMutableRawBufferPointer) throws -> R) rethrows -> R {
    defer { withExtendedLifetime(memory) {} }
    return try body(UnsafeMutableRawBufferPointer(start: mutablePointer, count: count * element.size))
  }
}
