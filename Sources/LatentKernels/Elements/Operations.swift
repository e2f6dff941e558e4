import CLatentKernels

/// The tables of element loops in `CLatentKernels`.
///
/// A table lives as long as the process and is never written, so its pointer may be shared between threads.
package struct Operations {
  private init() {}

  /// The loops for one element type, compiled for one instruction set.
  ///
  /// - Parameters:
  ///   - element: The type of the arrays' elements.
  ///   - set: The instruction set; the process-wide choice by default.
  /// - Precondition: This processor can run `set`.
  package static func table(for element: ElementType, set: InstructionSet = .selected) -> UnsafePointer<latent_ops> {
    require(
      set <= .best, "Operations.table: this processor runs \(InstructionSet.best) at most, not \(set)")
    return latent_table(set.kernelValue, element.kernelValue)
  }

  /// The loops of the process-wide choice, without a test of what it is: this is asked in every operation.
  @inline(__always)
  static func selected(for element: ElementType) -> UnsafePointer<latent_ops> {
    latent_selected_table(element.kernelValue) ?? select(element)
  }

  @inline(never)
  private static func select(_ element: ElementType) -> UnsafePointer<latent_ops> {
    latent_select(InstructionSet.selected.kernelValue)
    return table(for: element)
  }
}

extension Operations {
  /// The loops of mixed precision, compiled for one instruction set.
  package static func mixedTable(set: InstructionSet = .selected) -> UnsafePointer<latent_mixed_ops> {
    require(
      set <= .best, "Operations.mixedTable: this processor runs \(InstructionSet.best) at most, not \(set)")
    return latent_mixed_table(set.kernelValue)
  }

  /// Those of the process-wide choice.
  static var mixed: UnsafePointer<latent_mixed_ops> {
    if let table = latent_selected_mixed_table() { return table }
    latent_select(InstructionSet.selected.kernelValue)
    return mixedTable()
  }

  /// Products of bfloat16, compiled for one instruction set.
  package static func products(
    _ precision: Precision, set: InstructionSet = .selected
  ) -> UnsafePointer<latent_mixed_products>? {
    require(set <= .best, "Operations.products: this processor runs \(InstructionSet.best) at most, not \(set)")
    switch precision {
    case .full: return nil
    case .pairs: return pairs(of: latent_mixed_table(set.kernelValue))
    case .tiles: return latent_tile_products(set.kernelValue)
    }
  }

  static var pairProducts: UnsafePointer<latent_mixed_products> { pairs(of: mixed) }

  static var tileProducts: UnsafePointer<latent_mixed_products> {
    if let products = latent_selected_tile_products() { return products }
    latent_select(InstructionSet.selected.kernelValue)
    return latent_tile_products(InstructionSet.selected.kernelValue)
  }

  private static func pairs(of table: UnsafePointer<latent_mixed_ops>) -> UnsafePointer<latent_mixed_products> {
    latent_pair_products(table)
  }
}

extension ElementType {
  fileprivate var kernelValue: latent_element {
    @inline(__always) get {
      switch self {
      case .float32: latent_float32
      case .float64: latent_float64
      case .bfloat16: refuse("an operation of Storage")
      }
    }
  }
}
