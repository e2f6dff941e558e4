import Latent

/// The products of convolutions, at layers of Keras's convolutional VAE: 3x3 kernels, as many images as are seen at a time.
func convolutionBenchmarks() {
  convolution("1 to 32 channels", images: 9, size: 28, channels: 1, outputs: 32, stride: 2)
  convolution("32 to 64 channels", images: 2, size: 28, channels: 32, outputs: 64, stride: 2)
  convolution("1 to 32 channels, stride 1", images: 2, size: 28, channels: 1, outputs: 32, stride: 1)
}

/// Multiply-adds are images places 9 channels outputs, with places = (size / stride)^2; the way from outputs to channels is
/// the transposed convolution.
private func convolution(_ name: String, images: Int, size: Int, channels: Int, outputs: Int, stride: Int) {
  let patches = Patches(
    height: size, width: size, channels: channels, kernelHeight: 3, kernelWidth: 3,
    strides: .init(height: stride, width: stride), padding: .same)
  let products = PatchProducts(patches, outputs: outputs)
  let kernel = Storage.normal(patches.patchCount * outputs)
  let gradient = Storage.empty(kernel.count)
  let pixels = Storage.normal(images * patches.imageCount)
  let places = Storage.normal(images * patches.placeCount * outputs)
  let paddedImages = Storage.empty(images * products.paddedImageCount)
  let paddedPlaces = Storage.empty(images * products.paddedPlacesCount)
  let packs = PackedWeights()
  let (weights, transposed) = (products.weights(kernel, packs: packs), products.transposedWeights(kernel, packs: packs))
  products.padImages(pixels, into: paddedImages)
  products.padPlaces(places, into: paddedPlaces)

  let title = "\(name), \(images) images \(size)x\(size)"
  measure("zeros around images \(title)") { products.padImages(pixels, into: paddedImages) }
  measure("zeros around relu gradient \(title)") {
    products.padPlaces(places, output: places, activation: .relu, into: paddedPlaces)
  }
  measure("convolution \(title)") { products.convolve(paddedImages, weights, into: places) }
  measure("transposed convolution \(title)") { products.convolveTransposed(paddedPlaces, transposed, into: pixels) }
  measure("kernel gradient \(title)") {
    products.kernelGradient(paddedImages, places: places, arePlacesPadded: false, into: gradient)
  }
}
