import CLatentKernels

/// The tables of element loops in `CLatentKernels`.
///
/// A table lives as long as the process and is never written, so its pointer may be shared between threads.
public struct Operations {
  private init() {}

  /// The loops for one element type, compiled for one instruction set.
  ///
  /// - Parameters:
  ///   - element: The type of the arrays' elements.
  ///   - set: The instruction set; the process-wide choice by default.
  /// - Precondition: This processor can run `set`.
  public static func table(for element: ElementType, set: InstructionSet = .selected) -> UnsafePointer<latent_ops> {
    require(
      set <= .best, "Operations.table: this processor runs \(InstructionSet.best) at most, not \(set)")
    return latent_table(set.kernelValue, element == .float32 ? latent_float32 : latent_float64)
  }
}
