/// What the matrix products of layers multiply.
///
/// Everything else (weights, states, sums, losses, normalisation, the optimizer) keeps the elements' own type with both. A
/// bfloat16 has float32's range of exponents: no gradient becomes 0 or infinite for being rounded, so that losses need no
/// scaling, unlike with float16 (Kalamkar et al. 2019, "A study of BFLOAT16 for deep learning training").
public enum Precision: Sendable, Hashable, CaseIterable {
  /// Numbers of the elements' own type.
  case full
  /// Operands rounded to bfloat16 and multiplied exactly, their sums in float32. Processors with AVX512_BF16 do it at twice
  /// the speed of ``full``; the bits are the same on all that have fused multiply-add. For float32 only.
  case mixed
}

extension Precision {
  /// What messages add to an operation's name.
  var note: String { self == .full ? "" : ", \(self)" }

  /// Whether elements of this type can be multiplied so.
  func fits(_ element: ElementType) -> Bool { self == .full || element == .float32 }

  /// Rows that so many take when packed: products of bfloat16 take two at a time.
  func packedRows(_ rows: Int) -> Int {
    switch self {
    case .full: rows
    case .mixed: (rows + 1) & ~1
    }
  }

  /// Columns of a packed matrix that lie together.
  func panelWidth(_ element: ElementType) -> Int {
    switch self {
    case .full: Operations.selected(for: element).pointee.packed_count(1, 1)
    case .mixed: Operations.mixed.pointee.packed_count(2, 1) / 2
    }
  }

  /// Whether A of these elements times what is packed goes into C.
  func multiplies(_ a: Matrix, into c: Matrix, packed: ElementType) -> Bool {
    switch self {
    case .full: a.element == packed && c.element == packed
    case .mixed: a.canBeRounded && c.element == .float32
    }
  }
}

extension Matrix {
  /// Whether the elements are bfloat16 already.
  var isNarrow: Bool { element == .bfloat16 }

  /// Whether a mixed product can take it: a float32 matrix, or one of bfloat16 whose pairs can be read where they lie.
  var canBeRounded: Bool { element == .float32 || isNarrow && stride % 2 == 0 }
}
