import Latent

/// The numbers that a run computes with: what its weights are, and what products of matrices multiply.
public enum NumberFormat: String, Sendable, CaseIterable, CustomStringConvertible {
  /// float32 for everything.
  case float32
  /// float64 for everything: for science that needs it, and to check the others.
  case float64
  /// float32, but products of matrices multiply bfloat16 (``LatentKernels/Precision/mixed``).
  case bfloat16

  /// What weights are.
  public var element: ElementType {
    switch self {
    case .float32, .bfloat16: .float32
    case .float64: .float64
    }
  }

  /// What products multiply.
  public var precision: Precision { self == .bfloat16 ? .mixed : .full }

  /// What a trainer of this precision computes with, for weights of a type.
  package init(_ element: ElementType, _ precision: Precision) {
    switch (element, precision) {
    case (.float64, _): self = .float64
    case (_, .mixed): self = .bfloat16
    case (_, .full): self = .float32
    }
  }

  /// `float32`, `float64` or `bfloat16`.
  public var description: String { rawValue }
}

extension NumberFormat: RunName {}
