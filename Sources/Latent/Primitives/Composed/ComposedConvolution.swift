import LatentKernels

/// Convolutions made of a product for each pixel of the kernel: operations whose gradients can be differentiated again.
extension Patches {
  /// Zeros before and after an axis, so that the kernel's places lie within.
  private func zeros(_ size: Int, _ kernel: Int, _ stride: Int, _ places: Int, before: Int) -> (Int, Int) {
    (before, max(0, (places - 1) * stride + kernel - size - before))
  }

  private var vertical: (Int, Int) { zeros(height, kernelHeight, strides.height, rows, before: top) }
  private var horizontal: (Int, Int) { zeros(width, kernelWidth, strides.width, columns, before: left) }

  /// For each pixel of the kernel what lies under it at all places, each [B, rows, columns, C]; `value` outside of the images.
  func pixels(_ images: Variable, outside value: Double) -> [Variable] {
    let x = images.padded(vertical.0, vertical.1, axis: 1, with: value).padded(
      horizontal.0, horizontal.1, axis: 2, with: value)
    let strides = steps(x.shape)
    return starts(x.shape).map {
      x.moved("sliced", to: [x.shape[0], rows, columns, channels], strides: strides, start: $0)
    }
  }

  /// Where each pixel of the kernel lies at its first place, on padded images of this shape.
  private func starts(_ shape: [Int]) -> [Int] {
    let own = Shape.strides(shape)
    return (0..<kernelHeight * kernelWidth).map { $0 / kernelWidth * own[1] + $0 % kernelWidth * own[2] }
  }

  /// Elements from one place of the kernel to the next, on padded images of this shape.
  private func steps(_ shape: [Int]) -> [Int] {
    let own = Shape.strides(shape)
    return [own[0], own[1] * strides.height, own[2] * strides.width, own[3]]
  }

  /// The matrix [C, O] of each pixel of a kernel [kernel height, kernel width, C, O].
  private func matrices(_ kernel: Variable) -> [Variable] {
    let (pixels, rest) = (kernelHeight * kernelWidth, Array(kernel.shape[2...]))
    return kernel.reshaped(to: [pixels] + rest).split(Array(repeating: 1, count: pixels)).map { $0.reshaped(to: rest) }
  }

  /// The convolution of images [B, height, width, C] and a kernel [kernel height, kernel width, C, O]: [B, rows, columns, O].
  func convolved(_ images: Variable, _ kernel: Variable) -> Variable {
    let parts = zip(pixels(images, outside: 0), matrices(kernel)).map { matmul($0, $1) }
    return parts.dropFirst().reduce(parts[0]) { $0 + $1 }
  }

  /// Its transpose: places [B, rows, columns, C] and a kernel [kernel height, kernel width, O, C] to images [B, height, width, O].
  func spread(_ places: Variable, _ kernel: Variable) -> Variable {
    let shape = [
      places.shape[0], vertical.0 + height + vertical.1, horizontal.0 + width + horizontal.1, channels,
    ]
    let parts = zip(starts(shape), matrices(kernel)).map { start, matrix in
      matmul(places, matrix, transposingB: true).placed("placed", in: shape, strides: steps(shape), start: start)
    }
    let (top, left) = (vertical.0, horizontal.0)
    return parts.dropFirst().reduce(parts[0]) { $0 + $1 }.sliced(top..<top + height, axis: 1).sliced(
      left..<left + width, axis: 2)
  }
}
