import CLatentKernels

/// What the matrix products of layers multiply.
///
/// Everything else (weights, states, sums, losses, normalisation, the optimizer) keeps the elements' own type with all of them. A
/// bfloat16 has float32's range of exponents: no gradient becomes 0 or infinite for being rounded, so that losses need no
/// scaling, unlike with float16 (Kalamkar et al. 2019, "A study of BFLOAT16 for deep learning training").
///
/// Processors add the products of bfloat16 up in one of two orders. Each gives the same bits on all processors that have fused
/// multiply-add, but is fast on those only that are made for it; ``mixed`` is the one for this processor.
public enum Precision: Sendable, Hashable, CaseIterable {
  /// Numbers of the elements' own type.
  case full
  /// Operands rounded to bfloat16 and multiplied exactly, their sums in float32, a pair of terms after the other: what
  /// AVX512_BF16 does, on AMD's processors at twice the speed of ``full``. For float32 only.
  case pairs
  /// The same, sixteen pairs at a time, the even and the odd terms apart: what AMX does, at up to sixteen times the speed of
  /// ``full``. For float32 only.
  case tiles

  /// ``tiles`` where this processor has them (AMX), otherwise ``pairs``. `LATENT_INSTRUCTION_SET` does not change it.
  public static var mixed: Precision { InstructionSet.best == .amx ? .tiles : .pairs }

  /// Whether products multiply bfloat16.
  public var isMixed: Bool { self != .full }
}

extension Precision {
  /// What messages add to an operation's name.
  var note: String { isMixed ? ", \(self)" : "" }

  /// Whether elements of this type can be multiplied so.
  func fits(_ element: ElementType) -> Bool { self == .full || element == .float32 }

  /// The loops of mixed products; nil with ``full``.
  var products: UnsafePointer<latent_mixed_products>? {
    switch self {
    case .full: nil
    case .pairs: Operations.pairProducts
    case .tiles: Operations.tileProducts
    }
  }

  /// Terms of a sum that products take at a time.
  var group: Int {
    switch self {
    case .full: 1
    case .pairs: 2
    case .tiles: Int(LATENT_TILE_TERMS)
    }
  }

  /// Rows that so many take when packed: whole groups.
  func packedRows(_ rows: Int) -> Int { (rows + group - 1) / group * group }

  /// Elements of a packed matrix.
  func packedCount(_ rows: Int, _ columns: Int, _ element: ElementType) -> Int {
    products?.pointee.packed_count(rows, columns)
      ?? Operations.selected(for: element).pointee.packed_count(rows, columns)
  }

  /// Columns of a packed matrix that lie together.
  func panelWidth(_ element: ElementType) -> Int { packedCount(group, 1, element) / group }

  /// Whether A of these elements times what is packed goes into C.
  func multiplies(_ a: Matrix, into c: Matrix, packed: ElementType) -> Bool {
    isMixed ? takes(a) && c.element == .float32 : a.element == packed && c.element == packed
  }

  /// Whether a mixed product can take a matrix: of float32, or of bfloat16 whose pairs can be read where they lie.
  func takes(_ a: Matrix) -> Bool { a.element == .float32 || a.isNarrow && a.stride % 2 == 0 }
}

extension Matrix {
  /// Whether the elements are bfloat16 already.
  var isNarrow: Bool { element == .bfloat16 }
}
