import LatentKernels

/// The images of a batch, a few at a time, with room for them and for their places with zeros around.
struct ImageBlocks {
  let products: PatchProducts
  let batch: Int
  let element: ElementType

  /// Where the products multiply bfloat16, it is rounded to while padding.
  init(_ products: PatchProducts, batch: Int, element: ElementType) {
    let precision = products.precision
    require(precision == .full || element == .float32, "convolution, \(precision): \(element); it needs float32")
    (self.products, self.batch) = (products, batch)
    self.element = precision == .full ? element : .bfloat16
  }

  /// Some images.
  struct Block {
    let paddedImages: Storage
    let paddedPlaces: Storage
    let range: Range<Int>
    fileprivate let products: PatchProducts

    var isFirst: Bool { range.lowerBound == 0 }

    /// The images' elements of a storage [B, height, width, C].
    func images(of storage: Storage) -> Storage { part(of: storage, products.patches.imageCount) }

    /// The elements of the images' places, of a storage [B, places down, places across, O].
    func places(of storage: Storage) -> Storage {
      part(of: storage, products.patches.placeCount * products.outputs)
    }

    private func part(of storage: Storage, _ count: Int) -> Storage {
      storage[range.lowerBound * count..<range.upperBound * count]
    }
  }

  /// Images that are seen at a time: 2^16 elements of the larger side at most, to stay in the second-level cache.
  private var size: Int {
    min(batch, max(1, (1 << 16) / max(products.paddedImageCount, products.paddedPlacesCount)))
  }

  private var count: Int { (batch + size - 1) / size }

  /// Calls `body` with each block in order; all share the memory for what is padded.
  func forEach(workspace: Workspace?, _ body: (Block) -> Void) {
    let memory = PaddingMemory(self, workspace: workspace)
    for index in 0..<count { body(block(index, memory)) }
  }

  /// Calls `body` with each block, on as many threads as are free: for what blocks do by themselves.
  func forEachAtOnce(workspace: Workspace?, _ body: @Sendable (Block) -> Void) {
    let threads = Threads.available
    // Twice as many parts as threads, so that one that is held up does not hold up the others.
    let parts = threads == 1 ? 1 : min(count, 2 * threads)
    if parts <= 1 { return forEach(workspace: workspace, body) }
    let memories = (0..<parts).map { _ in PaddingMemory(self, workspace: workspace) }
    Threads.run(tasks: parts) { part in
      for index in count * part / parts..<count * (part + 1) / parts { body(block(index, memories[part])) }
    }
  }

  private func block(_ index: Int, _ memory: PaddingMemory) -> Block {
    let range = index * size..<min((index + 1) * size, batch)
    return Block(
      paddedImages: memory.images[0..<range.count * products.paddedImageCount],
      paddedPlaces: memory.places[0..<range.count * products.paddedPlacesCount], range: range, products: products)
  }

  /// Room for the images and the places of one block.
  private struct PaddingMemory: Sendable {
    let images: Storage
    let places: Storage

    init(_ blocks: ImageBlocks, workspace: Workspace?) {
      images = Storage(
        count: blocks.size * blocks.products.paddedImageCount, element: blocks.element, workspace: workspace)
      places = Storage(
        count: blocks.size * blocks.products.paddedPlacesCount, element: blocks.element, workspace: workspace)
    }
  }
}
