import LatentKernels

/// The largest element of each channel under a window that moves over images [B, height, width, C]
/// (``maxPool2D(_:size:strides:padding:)-(Variable,_,_,_)``).
public struct MaxPool2D: Layer {
  /// Pixels of the window.
  public let size: Size2D
  /// Pixels from one place of the window to the next; nil for the window's own size.
  public let strides: Size2D?
  /// What happens at the edges.
  public let padding: Padding

  /// - Parameter strides: a number for both directions, `2`, or one for each, `[2, 1]`; the window's own size where
  ///   left out
  public init(size: Size2D = 2, strides: Size2D? = nil, padding: Padding = .valid) {
    (self.size, self.strides, self.padding) = (size, strides, padding)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {}

  /// x [B, height, width, C] -> [B, places down, places across, C]
  public func callAsFunction(_ x: Variable) -> Variable {
    maxPool2D(x, size: size, strides: strides, padding: padding)
  }
}

/// The mean of each channel under a window that moves over images [B, height, width, C]
/// (``averagePool2D(_:size:strides:padding:)-(Variable,_,_,_)``).
public struct AveragePool2D: Layer {
  /// Pixels of the window.
  public let size: Size2D
  /// Pixels from one place of the window to the next; nil for the window's own size.
  public let strides: Size2D?
  /// What happens at the edges.
  public let padding: Padding

  /// - Parameter strides: a number for both directions, `2`, or one for each, `[2, 1]`; the window's own size where
  ///   left out
  public init(size: Size2D = 2, strides: Size2D? = nil, padding: Padding = .valid) {
    (self.size, self.strides, self.padding) = (size, strides, padding)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {}

  /// x [B, height, width, C] -> [B, places down, places across, C]
  public func callAsFunction(_ x: Variable) -> Variable {
    averagePool2D(x, size: size, strides: strides, padding: padding)
  }
}

/// The mean of each channel over all pixels, or all steps: [B, ..., C] -> [B, C].
public struct GlobalAveragePool: Layer {
  public init() {}
  public mutating func visit(_ visitor: inout ParameterVisitor) {}
  /// x [B, ..., C] -> [B, C]
  public func callAsFunction(_ x: Variable) -> Variable { x.mean(axes: Array(1..<max(1, x.shape.count - 1))) }
}

/// The largest element of each channel over all pixels, or all steps: [B, ..., C] -> [B, C].
public struct GlobalMaxPool: Layer {
  public init() {}
  public mutating func visit(_ visitor: inout ParameterVisitor) {}
  /// x [B, ..., C] -> [B, C]
  public func callAsFunction(_ x: Variable) -> Variable { x.max(axes: Array(1..<max(1, x.shape.count - 1))) }
}

/// Each pixel of images repeated down and across: [B, height, width, C] -> [B, height factor, width factor, C].
public struct UpSampling2D: Layer {
  /// Pixels that one becomes.
  public let factor: Size2D

  public init(factor: Size2D = 2) { self.factor = factor }
  public mutating func visit(_ visitor: inout ParameterVisitor) {}
  public func callAsFunction(_ x: Variable) -> Variable { x.upsampled(factor) }
}
