/// The pixels that the same rows and columns of the kernel matter for.
struct PatchPhase {
  /// Along one dimension.
  struct Line {
    /// The first pixel, and how many there are, a stride apart.
    let pixel: Int, count: Int
    /// The last place that reaches the first pixel.
    let place: Int
    /// The kernel's first row, and how many rows there are, a stride apart.
    let tap: Int, taps: Int

    init(_ phase: Int, size: Int, kernel: Int, stride: Int, before: Int) {
      pixel = ((phase - before) % stride + stride) % stride
      count = max(0, (size - pixel + stride - 1) / stride)
      place = (pixel + before) / stride
      (tap, taps) = (phase, max(0, (kernel - phase + stride - 1) / stride))
    }

    /// The kernel's rows, the last one first.
    func reversed(_ stride: Int) -> [Int] { (0..<taps).reversed().map { tap + $0 * stride } }
  }

  let down: Line, across: Line

  /// Numbers of the kernel's pixels in the order in which the places' runs meet them.
  func taps(_ patches: Patches) -> [Int] {
    down.reversed(patches.strides.height).flatMap { row in
      across.reversed(patches.strides.width).map { row * patches.kernelWidth + $0 }
    }
  }
}
