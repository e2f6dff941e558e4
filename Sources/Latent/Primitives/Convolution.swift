import LatentKernels

/// activation(x * kernel + bias): a two-dimensional convolution in the sense of deep learning (the kernel is not flipped),
/// with images as in Keras: rows, columns, channels.
///
///     x [B, height, width, C]   kernel [kernel height, kernel width, C, O]   bias [O]
///     y [B, places down, places across, O], see `Patches`
///     P, the patches of x: [B places, kernel height kernel width C]   y = activation(P K + bias)
///     dz = dy * activation'(.)   dK = P^T dz   db = column sums of dz   dx = P^T (dz K^T), see `PatchProducts`
///
/// A few images at a time: what belongs to them stays in the second-level cache.
///
/// - Parameters:
///   - strides: pixels from one place of the kernel to the next; a number for both directions, `2`, or one for each, `[2, 1]`
///   - padding: what happens at the edges
///   - dilation: pixels from one of the kernel's to the next (Yu & Koltun 2016); with strides of 1 the image is cut into parts, on
///     which it is an ordinary convolution, else the kernel gets zeros in between
///   - groups: parts of the channels that are convolved by themselves, as PyTorch has them: C is their number times the kernel's
///     third size, and each makes as many of the O. With one channel in each it is a depthwise convolution, of one pass over the
///     images for each of the kernel's pixels
public func conv2D(
  _ x: Variable, kernel: Variable, bias: Variable, strides: Size2D = 1,
  padding: Padding = .valid, dilation: Size2D = 1, groups: Int = 1,
  activation: Activation = .linear
) -> Variable {
  if dilation != 1 || groups != 1 {
    let form = ConvolutionForm(strides: strides, padding: padding, dilation: dilation, groups: groups)
    return form.convolved(x, kernel, bias, activation)
  }
  guard activation.isFused else {
    return conv2D(x, kernel: kernel, bias: bias, strides: strides, padding: padding).activated(by: activation)
  }
  let outputs = kernel.shape.last ?? 0
  require(
    x.shape.count == 4 && x.shape[0] > 0 && kernel.shape.count == 4 && x.shape[3] == kernel.shape[2]
      && bias.shape == [outputs], of: [x, kernel, bias],
    "conv2D: x \(x.shape), kernel \(kernel.shape), bias \(bias.shape) do not fit [B, height, width, C], "
      + "[kernel height, kernel width, C, O], [O] with B > 0")
  checkElements("conv2D", x, kernel, bias)
  let patches = Patches(
    height: x.shape[1], width: x.shape[2], channels: x.shape[3], kernelHeight: kernel.shape[0],
    kernelWidth: kernel.shape[1], strides: strides, padding: padding)
  if x.tape.isDifferentiatedAgain { return (patches.convolved(x, kernel) + bias).activated(by: activation) }
  let products = PatchProducts(patches, outputs: outputs, precision: x.tape.packs.precision)
  let (tape, batch, element) = (x.tape, x.shape[0], x.tensor.element)
  let y = tape.makeTensor([batch, patches.rows, patches.columns, outputs], element: element)
  let (images, kernelValues, biasValues) = (x.tensor.storage, kernel.tensor.storage, bias.tensor.storage)
  let packs = tape.packs
  let weights = products.weights(kernelValues, packs: packs, workspace: tape.workspace)
  let blocks = ImageBlocks(products, batch: batch, element: element)
  blocks.forEachAtOnce(workspace: tape.workspace) { block in
    let output = block.places(of: y.storage)
    products.padImages(block.images(of: images), into: block.paddedImages)
    products.convolve(block.paddedImages, weights, into: output)
    output.addBias(biasValues, activation: activation)
  }

  let product = Work(
    product: .init(m: batch * patches.placeCount, n: outputs, k: patches.patchCount), element: element)
  return tape.record(
    "Conv2D", detail: activation.detail, inputs: [x, kernel, bias], output: y,
    work: (product, product.backward(to: [x, kernel]))
  ) { backward in
    let (upstream, workspace) = (backward.upstream.storage, backward.workspace)
    let (dKernel, dBias, dx) = (backward.destination(1), backward.destination(2), backward.destination(0))
    let weights =
      dx == nil ? [] : products.transposedWeights(kernelValues, packs: packs, workspace: workspace)
    blocks.forEach(workspace: workspace) { block in
      products.padPlaces(
        block.places(of: upstream), output: block.places(of: y.storage), activation: activation,
        into: block.paddedPlaces)
      if let (db, isAccumulating) = dBias {
        db.assignColumnSums(of: block.paddedPlaces, accumulating: isAccumulating || !block.isFirst)
      }
      if let (dk, isAccumulating) = dKernel {
        products.padImages(block.images(of: images), into: block.paddedImages)
        products.kernelGradient(
          block.paddedImages, places: block.paddedPlaces, arePlacesPadded: true, into: dk,
          accumulating: isAccumulating || !block.isFirst)
      }
      if let (dx, isAccumulating) = dx {
        products.convolveTransposed(
          block.paddedPlaces, weights, into: block.images(of: dx), accumulating: isAccumulating)
      }
    }
  }
}

/// The transposed convolution: what `conv2D` of the same kernel does on its way back, so that strides enlarge the images
/// (Zeiler et al. 2010, "Deconvolutional networks"; sizes as in Keras).
///
///     x [B, height, width, C]   kernel [kernel height, kernel width, O, C]   bias [O]
///     y [B, Y, X, O], with Y = height stride (same), or height stride + max(kernel height - stride, 0) (valid); X likewise.
///     Explicit zeros are those of that convolution: Y = (height - 1) stride + kernel height - top - bottom, as in PyTorch.
///     `outputSize` is another Y and X of which `conv2D` makes `height` and `width`: with same padding a stride less 1 fewer.
///     y = activation(P^T (x K^T) + bias), with P^T adding up patches of y: see `PatchProducts`
///     dz = dy * activation'(.)   P, the patches of dz   dK = P^T x   db = column sums of dz   dx = P K
public func conv2DTranspose(
  _ x: Variable, kernel: Variable, bias: Variable, strides: Size2D = 1,
  padding: Padding = .valid, outputSize: Size2D? = nil, activation: Activation = .linear
) -> Variable {
  guard activation.isFused else {
    return conv2DTranspose(
      x, kernel: kernel, bias: bias, strides: strides, padding: padding, outputSize: outputSize
    ).activated(by: activation)
  }
  require(
    x.shape.count == 4 && x.shape[0] > 0 && kernel.shape.count == 4 && x.shape[3] == kernel.shape[3]
      && bias.shape == [kernel.shape[2]], of: [x, kernel, bias],
    "conv2DTranspose: x \(x.shape), kernel \(kernel.shape), bias \(bias.shape) do not fit [B, height, width, C], "
      + "[kernel height, kernel width, O, C], [O] with B > 0")
  checkElements("conv2DTranspose", x, kernel, bias)
  func enlarged(_ size: Int, _ kernel: Int, _ stride: Int, _ given: (before: Int, after: Int)) -> Int {
    switch padding {
    case .same: size * stride
    case .valid: size * stride + max(kernel - stride, 0)
    case .explicit: (size - 1) * stride + kernel - given.before - given.after
    }
  }
  let (channels, outputs) = (x.shape[3], kernel.shape[2])
  let patches = Patches(
    height: outputSize?.height ?? enlarged(x.shape[1], kernel.shape[0], strides.height, padding.given.down),
    width: outputSize?.width ?? enlarged(x.shape[2], kernel.shape[1], strides.width, padding.given.across),
    channels: outputs,
    kernelHeight: kernel.shape[0], kernelWidth: kernel.shape[1], strides: strides, padding: padding)
  require(
    (patches.rows, patches.columns) == (x.shape[1], x.shape[2]), of: [x, kernel, bias],
    "conv2DTranspose: x \(x.shape) and kernel \(kernel.shape) do not make images of [\(patches.height), \(patches.width)], "
      + "of which a convolution with these strides makes [\(patches.rows), \(patches.columns)]")
  if x.tape.isDifferentiatedAgain { return (patches.spread(x, kernel) + bias).activated(by: activation) }
  let products = PatchProducts(patches, outputs: channels, precision: x.tape.packs.precision)
  let (tape, batch, element) = (x.tape, x.shape[0], x.tensor.element)
  let y = tape.makeTensor([batch, patches.height, patches.width, outputs], element: element)
  let (input, kernelValues, biasValues) = (x.tensor.storage, kernel.tensor.storage, bias.tensor.storage)
  let packs = tape.packs
  let weights = products.transposedWeights(kernelValues, packs: packs, workspace: tape.workspace)
  let blocks = ImageBlocks(products, batch: batch, element: element)
  blocks.forEachAtOnce(workspace: tape.workspace) { block in
    let output = block.images(of: y.storage)
    products.padPlaces(block.places(of: input), into: block.paddedPlaces)
    products.convolveTransposed(block.paddedPlaces, weights, into: output)
    output.addBias(biasValues, activation: activation)
  }

  let product = Work(
    product: .init(m: batch * patches.placeCount, n: patches.patchCount, k: channels), element: element)
  return tape.record(
    "Conv2DTranspose", detail: activation.detail, inputs: [x, kernel, bias], output: y,
    work: (product, product.backward(to: [x, kernel]))
  ) { backward in
    let (upstream, workspace) = (backward.upstream.storage, backward.workspace)
    let (dKernel, dBias, dx) = (backward.destination(1), backward.destination(2), backward.destination(0))
    let weights = dx == nil ? .none : products.weights(kernelValues, packs: packs, workspace: workspace)
    blocks.forEach(workspace: workspace) { block in
      products.padImages(
        block.images(of: upstream), output: block.images(of: y.storage), activation: activation,
        into: block.paddedImages)
      if let (db, isAccumulating) = dBias {
        db.assignColumnSums(of: block.paddedImages, accumulating: isAccumulating || !block.isFirst)
      }
      if let (dk, isAccumulating) = dKernel {
        products.kernelGradient(
          block.paddedImages, places: block.places(of: input), arePlacesPadded: false, into: dk,
          accumulating: isAccumulating || !block.isFirst)
      }
      if let (dx, isAccumulating) = dx {
        products.convolve(block.paddedImages, weights, into: block.places(of: dx), accumulating: isAccumulating)
      }
    }
  }
}

private func checkElements(_ name: String, _ x: Variable, _ kernel: Variable, _ bias: Variable) {
  let elements = [x, kernel, bias].map(\.tensor.element)
  require(
    Set(elements).count == 1, of: [x, kernel, bias],
    "\(name): x \(elements[0]), kernel \(elements[1]), bias \(elements[2]) differ")
}
