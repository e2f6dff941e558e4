import LatentKernels
import TestSupport
import Testing

/// Storages as values and as windows on memory, and the workspace that lends it.
@Suite struct WorkspaceTests {
  private func storage(_ values: [Double], _ element: ElementType = .float64) -> Storage {
    let storage = Storage(count: values.count, element: element)
    storage.assign(values)
    return storage
  }

  @Test func memoryIsUsedAgain() {
    let workspace = Workspace()
    #expect(workspace.allocatedBytes == 0)
    for _ in 0..<10 {
      let a = Storage(count: 1000, element: .float32, workspace: workspace)
      let b = Storage(count: 500, element: .float64, workspace: workspace)
      #expect(!a.sharesMemory(with: b))
    }
    let twoBlocks = workspace.allocatedBytes
    #expect(twoBlocks >= 8000 && twoBlocks < 9000)
    // Any order of sizes and lifetimes that has happened once needs nothing new.
    func step() {
      let large = Storage(count: 100_000, element: .float32, workspace: workspace)
      var small = (0..<20).map { Storage(count: 10 + $0, element: .float32, workspace: workspace) }
      small.removeFirst(10)
      let medium = Storage(count: 5000, element: .float64, workspace: workspace)
      #expect(large.count + medium.count + small.count == 105_010)
    }
    step()
    let afterFirst = workspace.allocatedBytes
    for _ in 0..<20 { step() }
    #expect(workspace.allocatedBytes == afterFirst)
  }

  /// A small request does not take the block that a large one will come back for.
  @Test func largeBlocksStayForLargeRequests() {
    let workspace = Workspace()
    _ = Storage(count: 100_000, element: .float64, workspace: workspace)
    let small = Storage(count: 1, element: .float64, workspace: workspace)
    let bytes = workspace.allocatedBytes
    let large = Storage(count: 100_000, element: .float64, workspace: workspace)
    #expect(workspace.allocatedBytes == bytes)
    #expect(!small.sharesMemory(with: large))
  }

  @Test func slicesAndCopiesKeepTheirMemory() {
    let workspace = Workspace()
    var slice: Storage?
    do {
      let whole = Storage(count: 100, element: .float64, workspace: workspace)
      whole.fill(3)
      slice = whole[40..<50]
    }
    // The whole is gone but its memory is still lent out: nobody else may get it.
    let other = Storage(count: 100, element: .float64, workspace: workspace)
    other.fill(5)
    #expect(slice?.doubles() == [Double](repeating: 3, count: 10))
    slice = nil
    let bytes = workspace.allocatedBytes
    let again = Storage(count: 100, element: .float64, workspace: workspace)
    #expect(workspace.allocatedBytes == bytes)
    #expect(again.count == 100)
  }

  @Test func memoryOutlivesTheWorkspacesName() {
    var workspace: Workspace? = Workspace()
    weak let watched = workspace
    var kept: Storage? = Storage(count: 1000, element: .float32, workspace: workspace)
    workspace = nil
    kept?.fill(1.5)
    #expect(kept?.sum() == 1500)
    #expect(watched != nil)
    kept = nil
    #expect(watched == nil)
  }

  /// Workers share no workspace, but tensors may be given back on any thread.
  @Test func blocksComeBackFromAnyThread() {
    let workspace = Workspace()
    let pool = WorkerPool(threads: 4)
    pool.run(tasks: 400) { task, _ in
      let mine = Storage(count: 64 + task % 7 * 100, element: .float64, workspace: workspace)
      mine.fill(Double(task))
      #expect(mine.sum() == Double(mine.count * task))
    }
    // Never more than four blocks of each size at once.
    #expect(workspace.allocatedBytes <= 4 * 7 * 8 * 800)
  }

  @Test(arguments: ElementType.computing)
  func slices(_ element: ElementType) {
    let whole = storage([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], element)
    let middle = whole[3..<8]
    #expect(middle.offset == 3 && middle.count == 5 && middle.sharesMemory(with: whole))
    #expect(middle.doubles() == [3, 4, 5, 6, 7])
    #expect(middle[1..<3].doubles() == [4, 5] && middle[1..<3].offset == 4)
    #expect(middle[5..<5].doubles() == [] && whole[0..<0].sum() == 0)
    middle[1..<4].fill(-1)
    #expect(whole.doubles() == [0, 1, 2, 3, -1, -1, -1, 7, 8, 9])
    middle.assign(.add, middle, middle)
    #expect(whole.doubles() == [0, 1, 2, 6, -2, -2, -2, 14, 8, 9])
    #expect(middle.sum() == 14)
    middle.withUnsafeMutableBytes { bytes in
      #expect(bytes.count == 5 * element.size)
      bytes.withMemoryRebound(to: UInt8.self) { $0.update(repeating: 0) }
    }
    #expect(whole.doubles() == [0, 1, 2, 0, 0, 0, 0, 0, 8, 9])
  }

  @Test func copyOnWrite() {
    let original = storage([1, 2, 3, 4])
    var copy = original
    copy.makeUnique()
    #expect(!copy.sharesMemory(with: original))
    copy.fill(0)
    #expect(original.doubles() == [1, 2, 3, 4])
    var slice = original[1..<3]
    slice.makeUnique()
    #expect(slice.offset == 0 && slice.doubles() == [2, 3])
    // Alone with its memory, a value keeps it.
    let address = copy.withUnsafeBytes { $0.baseAddress }
    copy.makeUnique()
    #expect(copy.withUnsafeBytes { $0.baseAddress } == address)
    let separate = original.copy()
    original.fill(9)
    #expect(separate.doubles() == [1, 2, 3, 4])
  }

  @Test func emptyStorages() {
    for element in ElementType.computing {
      let empty = storage([], element)
      #expect(empty.count == 0 && empty.doubles() == [] && empty.sum() == 0 && empty.isFinite())
      empty.fill(1)
      empty.assign(.exp, of: empty)
      #expect(empty.copy().count == 0)
      #expect(empty.squaredError(against: empty) == 0)
    }
  }

  @Test func misuseStops() async {
    let outside = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Storage(count: 3, element: .float32)[1..<4]
    }
    #expect(message(outside).contains("Storage: 1..<4 is outside 0..<3"))
    let types = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (narrow, wide) = (Storage(count: 3, element: .float32), Storage(count: 3, element: .float64))
      narrow.assign(.add, narrow, wide)
    }
    #expect(message(types).contains("assign: 3 elements of float64 against 3 of float32"))
    let counts = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (short, long) = (Storage(count: 3, element: .float32), Storage(count: 4, element: .float32))
      _ = short.squaredError(against: long)
    }
    #expect(message(counts).contains("squared error: 4 elements of float32 against 3 of float32"))
    let rows = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Storage(count: 3, element: .float32).assignColumnSums(
        of: Storage(count: 7, element: .float32), accumulating: false)
    }
    #expect(message(rows).contains("column sums: 7 elements are not rows of 3"))
    let images = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [UInt8](repeating: 0, count: 8).withUnsafeBufferPointer {
        Storage(count: 4, element: .float32).gather($0, images: [2], columns: 4, scale: 1)
      }
    }
    #expect(message(images).contains("gather: 1 images of 4 pixels into 4 elements, from 8 bytes"))
  }

  private func message(_ result: ExitTest.Result?) -> String {
    result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
  }
}
