import CLatentKernels

/// The three products that convolutions are made of, of images and the places of a kernel on them. With P the matrix of
/// patches, [places, kernel height kernel width C], and K the kernel, [kernel height kernel width C, O]:
///
///     places = P K               what a convolution does
///     images = P^T (places K^T)  each pixel the sum over all patches that it is in: the transposed convolution
///     dK = P^T places            the gradient of the kernel
///
/// No patch is copied: images, and for the second product places, get zeros around them once, and then every patch is a
/// few runs of memory that the products read where they are. With a mixed ``Precision`` they are bfloat16 from then on. The
/// second product is not computed patch by patch but pixel by pixel. For the pixels y of one phase (y + top) mod stride, the
/// same rows of the kernel matter, so that they are an
/// ordinary convolution of the places with these rows, in reverse:
///
///     image[y] = sum over t of places[q - t] K[phase + t stride]^T,  q = (y + top) / stride;  columns likewise
///
/// Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning"; the phases are the sub-pixels of
/// Shi et al. 2016, "Is the deconvolution layer the same as a convolutional layer?".
public struct PatchProducts: Sendable {
  /// Where the kernel lies on the images.
  public let patches: Patches
  /// O, the elements of each place.
  public let outputs: Int
  /// What the products multiply: numbers of the elements' own type where images have fewer than ``leastRounded`` channels.
  public let precision: Precision
  /// An image with zeros around it.
  private let paddedHeight: Int, paddedWidth: Int
  /// Places with zeros around them, and how many rows and columns of zeros come before.
  private let paddedRows: Int, paddedColumns: Int, reach: (rows: Int, columns: Int)

  /// Channels of images from which on products of bfloat16 gain more than rounding images, places and kernel costs: grey and
  /// coloured images have fewer, and products with few terms or few columns.
  public static let leastRounded = 4

  /// - Parameter precision: what products multiply where they are large enough
  public init(_ patches: Patches, outputs: Int, precision: Precision = .full) {
    require(outputs > 0, "PatchProducts: \(outputs) outputs")
    (self.patches, self.outputs) = (patches, outputs)
    self.precision = patches.channels < PatchProducts.leastRounded ? .full : precision
    let (p, strides) = (patches, patches.strides)
    paddedHeight = p.top + max(p.height, (p.rows - 1) * strides.height + p.kernelHeight - p.top)
    paddedWidth = p.left + max(p.width, (p.columns - 1) * strides.width + p.kernelWidth - p.left)
    reach = ((p.kernelHeight - 1) / strides.height, (p.kernelWidth - 1) / strides.width)
    paddedRows = reach.rows + max(p.rows, (p.height - 1 + p.top) / strides.height + 1)
    paddedColumns = reach.columns + max(p.columns, (p.width - 1 + p.left) / strides.width + 1)
  }

  /// Elements of an image with the zeros around it.
  public var paddedImageCount: Int { paddedHeight * paddedWidth * patches.channels }
  /// Elements of an image's places with the zeros around them.
  public var paddedPlacesCount: Int { paddedRows * paddedColumns * outputs }

  /// Images [images, height, width, C] with zeros around them. Where `output` is given, `images` is the gradient of this
  /// output of an activation, and is taken back through it.
  public func padImages(
    _ images: Storage, output: Storage? = nil, activation: Activation = .linear, into padded: Storage
  ) {
    pad(
      images, output, activation, into: padded,
      latent_padding(
        height: patches.height, width: patches.width, channels: patches.channels, top: patches.top,
        left: patches.left, padded_height: paddedHeight, padded_width: paddedWidth))
  }

  /// Places [images, rows, columns, O] with zeros around them; `output` as in ``padImages(_:output:activation:into:)``.
  public func padPlaces(
    _ places: Storage, output: Storage? = nil, activation: Activation = .linear, into padded: Storage
  ) {
    pad(
      places, output, activation, into: padded,
      latent_padding(
        height: patches.rows, width: patches.columns, channels: outputs, top: reach.rows, left: reach.columns,
        padded_height: paddedRows, padded_width: paddedColumns))
  }

  private func pad(
    _ x: Storage, _ output: Storage?, _ activation: Activation, into padded: Storage, _ padding: latent_padding
  ) {
    let size = padding.height * padding.width * padding.channels
    let count = x.count / size
    require(
      x.count == count * size && (output ?? x).count == x.count
        && (x.element == padded.element || padded.element == .bfloat16 && x.element == .float32)
        && padded.count == count * padding.padded_height * padding.padded_width * padding.channels,
      "PatchProducts: \(x.count) \(x.element) with zeros around them into \(padded.count) \(padded.element) for \(self)"
    )
    let loop = padded.operandLoops.pad_images
    withUnsafePointer(to: padding) {
      loop($0, x.pointer, output?.pointer, activation.kernelValue, count, padded.mutablePointer)
    }
  }

  /// places [images, rows, columns, O] (+)= P K, from images with zeros around them.
  public func convolve(_ padded: Storage, _ weights: Weights, into places: Storage, accumulating: Bool = false) {
    let images = count(padded, paddedImageCount, places, patches.placeCount * outputs)
    multiply(
      padded, patchStarts(images), patchElements, weights, into: places, columns: outputs, placeStarts(images),
      accumulating)
  }

  /// images [images, height, width, C] (+)= P^T (places K^T), from places with zeros around them.
  public func convolveTransposed(
    _ padded: Storage, _ weights: [Weights], into images: Storage, accumulating: Bool = false
  ) {
    let count = count(padded, paddedPlacesCount, images, patches.imageCount)
    let (channels, pixelRow, placeRow) = (patches.channels, patches.width * patches.channels, paddedColumns * outputs)
    for (phase, weights) in zip(phases, weights) {
      let (down, across) = (phase.down, phase.across)
      if down.count == 0 || across.count == 0 { continue }
      let first =
        (down.place + reach.rows + 1 - down.taps) * placeRow
        + (across.place + reach.columns + 1 - across.taps) * outputs
      multiply(
        padded.from(first),
        latent_grid((count, down.count, across.count), (paddedPlacesCount, placeRow, outputs)),
        latent_grid((1, down.taps, across.taps * outputs), (0, placeRow, 1)), weights,
        into: images.from(down.pixel * pixelRow + across.pixel * channels), columns: channels,
        latent_grid(
          (count, down.count, across.count),
          (patches.imageCount, patches.strides.height * pixelRow, patches.strides.width * channels)), accumulating)
    }
  }

  /// dK [kernel height, kernel width, C, O] (+)= P^T places, from images with zeros around them.
  ///
  /// - Parameters:
  ///   - arePlacesPadded: whether `places` have zeros around them, too
  public func kernelGradient(
    _ padded: Storage, places: Storage, arePlacesPadded: Bool, into gradient: Storage, accumulating: Bool = false
  ) {
    let images = count(
      padded, paddedImageCount, places, arePlacesPadded ? paddedPlacesCount : patches.placeCount * outputs)
    check(gradient)
    require(
      precision.isMixed == (padded.element == .bfloat16), "kernelGradient, \(precision): images of \(padded.element)")
    var (starts, first) = (placeStarts(images), 0)
    if arePlacesPadded {
      starts.steps = (paddedPlacesCount, paddedColumns * outputs, outputs)
      first = (reach.rows * paddedColumns + reach.columns) * outputs
    }
    withUnsafePointers(patchElements, patchStarts(images), starts) { rows, depth, starts in
      if let products = precision.products {
        products.pointee.multiply_grid_transposed(
          padded.pointer, rows, depth, places.pointer(at: first), places.element == .bfloat16 ? 1 : 0, starts, outputs,
          gradient.mutablePointer.assumingMemoryBound(to: Float.self), accumulating ? 1 : 0)
      } else {
        padded.operations.multiply_grid_transposed(
          padded.pointer, rows, depth, places.pointer(at: first), starts, outputs, gradient.mutablePointer,
          accumulating ? 1 : 0)
      }
    }
  }

  private func multiply(
    _ a: Storage, _ rows: latent_grid, _ depth: latent_grid, _ weights: Weights, into c: Storage, columns: Int,
    _ cRows: latent_grid, _ accumulating: Bool
  ) {
    let (loops, flag): (latent_operand_ops, Int32) = (a.operandLoops, accumulating ? 1 : 0)
    withUnsafePointers(rows, depth, cRows) { rows, depth, cRows in
      switch weights {
      case .packed(let matrix):
        let multiply = matrix.precision.products?.pointee.multiply_grid ?? loops.multiply_grid
        multiply(a.pointer, rows, depth, matrix.packed.pointer, columns, c.mutablePointer, cRows, flag)
      case .narrow(let matrix):
        loops.multiply_grid_narrow(a.pointer, rows, depth, matrix.pointer, columns, c.mutablePointer, cRows, flag)
      case .none:  // no steps: C is cleared
        loops.multiply_grid(a.pointer, rows, depth, a.pointer, columns, c.mutablePointer, cRows, flag)
      }
    }
  }

  // MARK: Where things lie

  /// The first pixel of each patch, on images with zeros around them.
  private func patchStarts(_ images: Int) -> latent_grid {
    latent_grid(
      (images, patches.rows, patches.columns),
      (
        paddedImageCount, patches.strides.height * paddedWidth * patches.channels,
        patches.strides.width * patches.channels
      ))
  }

  /// The elements of a patch: rows of the kernel, each one run of memory.
  private var patchElements: latent_grid {
    latent_grid(
      (1, patches.kernelHeight, patches.kernelWidth * patches.channels), (0, paddedWidth * patches.channels, 1))
  }

  /// The places, without zeros around them.
  private func placeStarts(_ images: Int) -> latent_grid {
    latent_grid(
      (images, patches.rows, patches.columns), (patches.placeCount * outputs, patches.columns * outputs, outputs))
  }

  var phases: [PatchPhase] {
    (0..<patches.strides.height).flatMap { row in
      (0..<patches.strides.width).map { column in
        PatchPhase(
          down: .init(
            row, size: patches.height, kernel: patches.kernelHeight, stride: patches.strides.height,
            before: patches.top),
          across: .init(
            column, size: patches.width, kernel: patches.kernelWidth, stride: patches.strides.width,
            before: patches.left))
      }
    }
  }

  /// How many images both are for.
  private func count(_ padded: Storage, _ size: Int, _ other: Storage, _ otherSize: Int) -> Int {
    let count = padded.count / size
    require(
      padded.count == count * size && other.count == count * otherSize
        && (padded.element == other.element || padded.element == .bfloat16 && other.element == .float32),
      "PatchProducts: \(padded.count) \(padded.element) with \(other.count) \(other.element) for \(self)")
    return count
  }
}

extension latent_grid {
  fileprivate init(_ counts: (Int, Int, Int), _ steps: (Int, Int, Int)) {
    self.init(counts: counts, steps: steps)
  }
}

extension Storage {
  fileprivate func from(_ start: Int) -> Storage { self[start..<count] }
}

private func withUnsafePointers<R>(
  _ a: latent_grid, _ b: latent_grid, _ c: latent_grid,
  _ body: (UnsafePointer<latent_grid>, UnsafePointer<latent_grid>, UnsafePointer<latent_grid>) -> R
) -> R {
  withUnsafePointer(to: a) { a in
    withUnsafePointer(to: b) { b in withUnsafePointer(to: c) { c in body(a, b, c) } }
  }
}
