import LatentKernels

/// activation(x * kernel + bias): a two-dimensional convolution in the sense of deep learning (the kernel is not flipped),
/// with images as in Keras: rows, columns, channels.
///
///     x [B, height, width, C]   kernel [kernel height, kernel width, C, O]   bias [O]
///     y [B, places down, places across, O], see `Patches`
///     P, the patches of x: [B places, kernel height kernel width C]   y = activation(P K + bias)
///     dz = dy * activation'(.)   dK = P^T dz   db = column sums of dz   dP = dz K^T, dx: dP added up pixel by pixel
///
/// The patches of a few images at a time are held, and made anew on the way back.
public func conv2D(
  _ x: Variable, kernel: Variable, bias: Variable, strides: Patches.Strides = .init(height: 1, width: 1),
  padding: Padding = .valid, activation: Activation = .linear
) -> Variable {
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
  let (tape, batch, element) = (x.tape, x.shape[0], x.tensor.element)
  let y = tape.makeTensor([batch, patches.rows, patches.columns, outputs], element: element)
  let blocks = PatchBlocks(patches, batch: batch, element: element)
  let images = x.tensor.storage
  let kernelMatrix = Matrix(kernel.tensor.storage, rows: patches.patchCount, columns: outputs)
  let packs = tape.packs
  let weights = packs.matrix(kernelMatrix)
  blocks.forEach(workspace: tape.workspace) { block in
    patches.gather(images[block.images], into: block.patches.storage)
    weights.multiplied(by: block.patches, into: block.places(of: y.storage, channels: outputs))
  }
  y.storage.addBias(bias.tensor.storage, activation: activation)

  let product = Work(
    product: .init(m: batch * patches.placeCount, n: outputs, k: patches.patchCount), element: element)
  return tape.record(
    "Conv2D", detail: activation.detail, inputs: [x, kernel, bias], output: y,
    work: (product, x.node != nil ? product + product : product)
  ) { backward in
    let dz = backward.preactivationGradient(output: y, activation: activation)
    let (dKernel, dBias, dx) = (backward.destination(1), backward.destination(2), backward.destination(0))
    if let (db, isAccumulating) = dBias { db.assignColumnSums(of: dz, accumulating: isAccumulating) }
    let transposed = dx == nil ? nil : packs.matrix(kernelMatrix, transposed: true)
    blocks.forEach(workspace: backward.workspace) { block in
      let dzRows = block.places(of: dz, channels: outputs)
      if let (dk, isAccumulating) = dKernel {
        patches.gather(images[block.images], into: block.patches.storage)
        multiplyTransposed(
          block.patches, dzRows, into: Matrix(dk, rows: patches.patchCount, columns: outputs),
          accumulating: isAccumulating || !block.isFirst)
      }
      if let (dx, isAccumulating) = dx {
        transposed?.multiplied(by: dzRows, into: block.patches)
        patches.scatter(block.patches.storage, into: dx[block.images], accumulating: isAccumulating)
      }
    }
  }
}

/// The transposed convolution: what `conv2D` of the same kernel does on its way back, so that strides enlarge the images
/// (Zeiler et al. 2010, "Deconvolutional networks"; sizes as in Keras).
///
///     x [B, height, width, C]   kernel [kernel height, kernel width, O, C]   bias [O]
///     y [B, Y, X, O], with Y = height stride (same), or height stride + max(kernel height - stride, 0) (valid); X likewise
///     P = x K^T: [B height width, kernel height kernel width O]   y = activation(P added up pixel by pixel + bias)
///     dz = dy * activation'(.)   dP = patches of dz   dK = dP^T x   db = column sums of dz   dx = dP K
public func conv2DTranspose(
  _ x: Variable, kernel: Variable, bias: Variable, strides: Patches.Strides = .init(height: 1, width: 1),
  padding: Padding = .valid, activation: Activation = .linear
) -> Variable {
  guard activation.isFused else {
    return conv2DTranspose(x, kernel: kernel, bias: bias, strides: strides, padding: padding).activated(by: activation)
  }
  require(
    x.shape.count == 4 && x.shape[0] > 0 && kernel.shape.count == 4 && x.shape[3] == kernel.shape[3]
      && bias.shape == [kernel.shape[2]], of: [x, kernel, bias],
    "conv2DTranspose: x \(x.shape), kernel \(kernel.shape), bias \(bias.shape) do not fit [B, height, width, C], "
      + "[kernel height, kernel width, O, C], [O] with B > 0")
  checkElements("conv2DTranspose", x, kernel, bias)
  func enlarged(_ size: Int, _ kernel: Int, _ stride: Int) -> Int {
    size * stride + (padding == .same ? 0 : max(kernel - stride, 0))
  }
  let (channels, outputs) = (x.shape[3], kernel.shape[2])
  let patches = Patches(
    height: enlarged(x.shape[1], kernel.shape[0], strides.height),
    width: enlarged(x.shape[2], kernel.shape[1], strides.width), channels: outputs, kernelHeight: kernel.shape[0],
    kernelWidth: kernel.shape[1], strides: strides, padding: padding)
  let (tape, batch, element) = (x.tape, x.shape[0], x.tensor.element)
  let y = tape.makeTensor([batch, patches.height, patches.width, outputs], element: element)
  let blocks = PatchBlocks(patches, batch: batch, element: element)
  let input = x.tensor.storage
  let kernelMatrix = Matrix(kernel.tensor.storage, rows: patches.patchCount, columns: channels)
  let packs = tape.packs
  let transposed = packs.matrix(kernelMatrix, transposed: true)
  blocks.forEach(workspace: tape.workspace) { block in
    transposed.multiplied(by: block.places(of: input, channels: channels), into: block.patches)
    patches.scatter(block.patches.storage, into: y.storage[block.images])
  }
  y.storage.addBias(bias.tensor.storage, activation: activation)

  let product = Work(
    product: .init(m: batch * patches.placeCount, n: patches.patchCount, k: channels), element: element)
  return tape.record(
    "Conv2DTranspose", detail: activation.detail, inputs: [x, kernel, bias], output: y,
    work: (product, x.node != nil ? product + product : product)
  ) { backward in
    let dz = backward.preactivationGradient(output: y, activation: activation)
    let (dKernel, dBias, dx) = (backward.destination(1), backward.destination(2), backward.destination(0))
    if let (db, isAccumulating) = dBias { db.assignColumnSums(of: dz, accumulating: isAccumulating) }
    let weights = dx == nil ? nil : packs.matrix(kernelMatrix)
    blocks.forEach(workspace: backward.workspace) { block in
      patches.gather(dz[block.images], into: block.patches.storage)
      if let (dk, isAccumulating) = dKernel {
        multiplyTransposed(
          block.patches, block.places(of: input, channels: channels),
          into: Matrix(dk, rows: patches.patchCount, columns: channels),
          accumulating: isAccumulating || !block.isFirst)
      }
      if let (dx, isAccumulating) = dx {
        weights?.multiplied(
          by: block.patches, into: block.places(of: dx, channels: channels), accumulating: isAccumulating)
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
