import Latent

/// The numbers that a run computes with: what its weights are, and what products of matrices multiply.
///
/// `bfloat16`, as an option, is the one of ``bfloat16Pairs`` and ``bfloat16Tiles`` that this processor is made for: a run's record
/// says which, so that it gives the same bits elsewhere.
public enum NumberFormat: String, Sendable, CaseIterable, CustomStringConvertible {
  /// float32 for everything.
  case float32
  /// float64 for everything: for science that needs it, and to check the others.
  case float64
  /// float32, but products of matrices multiply bfloat16, as AVX512_BF16 does (``LatentKernels/Precision/pairs``).
  case bfloat16Pairs = "bfloat16-pairs"
  /// float32, but products of matrices multiply bfloat16, as AMX does (``LatentKernels/Precision/tiles``).
  case bfloat16Tiles = "bfloat16-tiles"

  /// The format of bfloat16 that this processor is made for (``LatentKernels/Precision/mixed``).
  public static var bfloat16: NumberFormat { NumberFormat(.float32, .mixed) }

  /// The format of an option's value: a name, or `bfloat16`.
  public init?(option: String) {
    if option == "bfloat16" { self = .bfloat16 } else { self.init(rawValue: option) }
  }

  /// What weights are.
  public var element: ElementType { self == .float64 ? .float64 : .float32 }

  /// What products multiply.
  public var precision: Precision {
    switch self {
    case .float32, .float64: .full
    case .bfloat16Pairs: .pairs
    case .bfloat16Tiles: .tiles
    }
  }

  /// What a trainer of this precision computes with, for weights of a type.
  package init(_ element: ElementType, _ precision: Precision) {
    switch (element, precision) {
    case (.float64, _): self = .float64
    case (_, .full): self = .float32
    case (_, .pairs): self = .bfloat16Pairs
    case (_, .tiles): self = .bfloat16Tiles
    }
  }

  /// `float32`, `float64`, `bfloat16-pairs` or `bfloat16-tiles`.
  public var description: String { rawValue }
}

extension NumberFormat: RunName {}
