/// The kernel, made ready for a product.
extension PatchProducts {
  /// A kernel as a product reads it.
  public enum Weights: Sendable {
    /// The right operand, [depth, columns].
    case packed(PackedMatrix)
    /// Its transpose: few columns would leave most of a panel empty.
    case narrow(Storage)
    /// No row of the kernel matters.
    case none
  }

  private static func isNarrow(columns: Int, run: Int) -> Bool { columns <= 4 && run >= 16 }

  /// For ``convolve(_:_:into:accumulating:)``.
  public func weights(_ kernel: Storage, packs: PackedWeights, workspace: Workspace? = nil) -> Weights {
    check(kernel)
    let depth = patches.patchCount
    guard PatchProducts.isNarrow(columns: outputs, run: patches.kernelWidth * patches.channels) else {
      return .packed(packs.matrix(Matrix(kernel, rows: depth, columns: outputs), precision: precision))
    }
    let transpose = Storage(count: kernel.count, element: kernel.element, workspace: workspace)
    transpose.assign(kernel, strides: [1, outputs], toStrides: [depth, 1], shape: [outputs, depth])
    return .narrow(transpose.rounded(precision, workspace))
  }

  /// For ``convolveTransposed(_:_:into:accumulating:)``: those of each phase.
  public func transposedWeights(_ kernel: Storage, packs: PackedWeights, workspace: Workspace? = nil) -> [Weights] {
    check(kernel)
    let (channels, outputs) = (patches.channels, outputs)
    return phases.map { phase in
      let taps = phase.taps(patches)
      if taps.isEmpty { return .none }
      let parts = taps.map { tap in
        kernel[tap * channels * outputs..<(tap + 1) * channels * outputs]
      }
      guard PatchProducts.isNarrow(columns: channels, run: phase.across.taps * outputs) else {
        if precision.packedRows(outputs) == outputs {
          return .packed(
            packs.stackingTransposes(
              parts.map { Matrix($0, rows: channels, columns: outputs) }, precision: precision))
        }
        // Nothing may lie between the rows of two taps, which are one run of the places.
        let joined = Storage(count: channels * taps.count * outputs, element: kernel.element, workspace: workspace)
        for (place, part) in parts.enumerated() {
          joined.assign(
            part, strides: [1, outputs], toStrides: [channels, 1], start: place * outputs * channels,
            shape: [outputs, channels])
        }
        return .packed(
          PackedMatrix(
            Matrix(joined, rows: taps.count * outputs, columns: channels), precision: precision,
            workspace: workspace))
      }
      let depth = taps.count * outputs
      let weights = Storage(count: channels * depth, element: kernel.element, workspace: workspace)
      for (place, part) in parts.enumerated() {
        weights.assign(
          part, strides: [outputs, 1], toStrides: [depth, 1], start: place * outputs, shape: [channels, outputs])
      }
      return .narrow(weights.rounded(precision, workspace))
    }
  }

  func check(_ kernel: Storage) {
    require(
      kernel.count == patches.patchCount * outputs,
      "PatchProducts: a kernel of \(kernel.count) elements for \(self)")
  }
}

extension Storage {
  /// What products of a precision read.
  fileprivate func rounded(_ precision: Precision, _ workspace: Workspace?) -> Storage {
    guard precision.isMixed else { return self }
    let narrow = Storage(count: count, element: .bfloat16, workspace: workspace)
    Operations.mixed.pointee.narrow(
      pointer.assumingMemoryBound(to: Float.self), narrow.mutablePointer.assumingMemoryBound(to: UInt16.self), count)
    return narrow
  }
}
