import LatentKernels

/// The images of a batch, a few at a time, with room for the patches of as many.
struct PatchBlocks {
  let patches: Patches
  let batch: Int
  let element: ElementType

  init(_ patches: Patches, batch: Int, element: ElementType) {
    (self.patches, self.batch, self.element) = (patches, batch, element)
  }

  /// Some images.
  struct Block {
    /// [images places, elements of a patch]
    let patches: Matrix
    /// The images' elements.
    let images: Range<Int>
    /// The images' places of the kernel.
    let places: Range<Int>
    var isFirst: Bool { places.lowerBound == 0 }

    /// The images' rows of a storage that has `channels` elements for each place.
    func places(of storage: Storage, channels: Int) -> Matrix {
      Matrix(
        storage[places.lowerBound * channels..<places.upperBound * channels], rows: places.count, columns: channels)
    }
  }

  /// Calls `body` with each block in order; all share the patches' memory.
  func forEach(workspace: Workspace?, _ body: (Block) -> Void) {
    let size = min(patches.blockSize, max(batch, 1))
    let places = patches.placeCount
    let memory = Storage(count: size * places * patches.patchCount, element: element, workspace: workspace)
    for start in stride(from: 0, to: batch, by: size) {
      let count = min(size, batch - start)
      let rows = memory[0..<count * places * patches.patchCount]
      body(
        Block(
          patches: Matrix(rows, rows: count * places, columns: patches.patchCount),
          images: start * patches.imageCount..<(start + count) * patches.imageCount,
          places: start * places..<(start + count) * places))
    }
  }
}
