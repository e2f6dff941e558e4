import LatentKernels

/// Convolutions made of a product for each pixel of the kernel: operations whose gradients can be differentiated again.
extension Patches {
  /// Zeros before and after an axis, so that the kernel's places lie within.
  private func zeros(_ size: Int, _ kernel: Int, _ stride: Int, _ places: Int, before: Int) -> (Int, Int) {
    (before, max(0, (places - 1) * stride + kernel - size - before))
  }

  private var vertical: (Int, Int) { zeros(height, kernelHeight, strides.height, rows, before: top) }
  private var horizontal: (Int, Int) { zeros(width, kernelWidth, strides.width, columns, before: left) }

  /// Images with a number around, zero for convolutions.
  private func padded(_ images: Variable, with value: Double = 0) -> Variable {
    images.padded(vertical.0, vertical.1, axis: 1, with: value).padded(horizontal.0, horizontal.1, axis: 2, with: value)
  }

  /// For each pixel of the kernel what lies under it at all places, each [B, rows, columns, C]; `value` outside of the images.
  func pixels(_ images: Variable, outside value: Double) -> [Variable] {
    let x = padded(images, with: value)
    let own = Shape.strides(x.shape)
    return (0..<kernelHeight * kernelWidth).map { pixel in
      x.moved(
        "sliced", to: [x.shape[0], rows, columns, channels], strides: steps(x.shape),
        start: pixel / kernelWidth * own[1] + pixel % kernelWidth * own[2])
    }
  }

  /// Calls `body` with each pixel of a kernel [kernel height, kernel width, C, O]: its matrix [C, O], and where it lies on images of
  /// this shape at the first place.
  private func forEachPixel(_ kernel: Variable, on shape: [Int], _ body: (_ matrix: Variable, _ start: Int) -> Void) {
    let (own, rest) = (Shape.strides(shape), Array(kernel.shape[2...]))
    for row in 0..<kernelHeight {
      for column in 0..<kernelWidth {
        let matrix = kernel.sliced(row..<row + 1, axis: 0).sliced(column..<column + 1, axis: 1).reshaped(to: rest)
        body(matrix, row * own[1] + column * own[2])
      }
    }
  }

  /// Elements from one place of the kernel to the next, on images of this shape.
  private func steps(_ shape: [Int]) -> [Int] {
    let own = Shape.strides(shape)
    return [own[0], own[1] * strides.height, own[2] * strides.width, own[3]]
  }

  /// The convolution of images [B, height, width, C] and a kernel [kernel height, kernel width, C, O]: [B, rows, columns, O].
  func convolved(_ images: Variable, _ kernel: Variable) -> Variable {
    let x = padded(images)
    var sum: Variable?
    forEachPixel(kernel, on: x.shape) { matrix, start in
      let pixels = x.moved(
        "sliced", to: [x.shape[0], rows, columns, channels], strides: steps(x.shape), start: start)
      let part = matmul(pixels, matrix)
      sum = sum.map { $0 + part } ?? part
    }
    return sum!
  }

  /// Its transpose: places [B, rows, columns, C] and a kernel [kernel height, kernel width, O, C] to images [B, height, width, O].
  func spread(_ places: Variable, _ kernel: Variable) -> Variable {
    let shape = [
      places.shape[0], vertical.0 + height + vertical.1, horizontal.0 + width + horizontal.1, channels,
    ]
    var sum: Variable?
    forEachPixel(kernel, on: shape) { matrix, start in
      let part = matmul(places, matrix, transposingB: true).placed(
        "placed", in: shape, strides: steps(shape), start: start)
      sum = sum.map { $0 + part } ?? part
    }
    let (top, left) = (vertical.0, horizontal.0)
    return sum!.sliced(top..<top + height, axis: 1).sliced(left..<left + width, axis: 2)
  }
}
