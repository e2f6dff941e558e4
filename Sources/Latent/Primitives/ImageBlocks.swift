import LatentKernels

/// The images of a batch, a few at a time, with room for them and for their places with zeros around.
struct ImageBlocks {
  let products: PatchProducts
  let batch: Int
  let element: ElementType

  /// - Parameter precision: what the products multiply: bfloat16 is rounded to while padding
  init(_ products: PatchProducts, batch: Int, element: ElementType, precision: Precision) {
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

  /// Calls `body` with each block in order; all share the memory for what is padded.
  func forEach(workspace: Workspace?, _ body: (Block) -> Void) {
    let images = Storage(count: size * products.paddedImageCount, element: element, workspace: workspace)
    let places = Storage(count: size * products.paddedPlacesCount, element: element, workspace: workspace)
    for start in stride(from: 0, to: batch, by: size) {
      let count = min(size, batch - start)
      body(
        Block(
          paddedImages: images[0..<count * products.paddedImageCount],
          paddedPlaces: places[0..<count * products.paddedPlacesCount], range: start..<start + count,
          products: products))
    }
  }
}
