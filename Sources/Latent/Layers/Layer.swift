import LatentKernels

/// A module that turns one variable into another: what ``Sequential`` strings together.
public protocol Layer: Module {
  /// The layer's output for x.
  func callAsFunction(_ x: Variable) -> Variable
}

extension Layer {
  /// The layer's output for a tensor, where no gradient is wanted: as in evaluation, without dropout, in full precision.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(Tape().constant(x)).tensor }
}

extension LSTM: Layer {}
extension LayerNorm: Layer {}

/// Layers one after the other, named by their places: `0.kernel`, `1.kernel`, …
///
///     let model = Sequential(Flatten(), Dense(inputSize: 784, outputSize: 10, key: key))
public struct Sequential: Layer {
  /// In the order in which they are applied.
  public var layers: [any Layer]

  /// The layers, the first one first.
  public init(_ layers: any Layer...) { self.layers = layers }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    for place in layers.indices { visitor.visit("\(place)", &layers[place]) }
  }

  public func callAsFunction(_ x: Variable) -> Variable { layers.reduce(x) { $1($0) } }
}

/// All axes but the first as one: [B, ...] -> [B, n].
public struct Flatten: Layer {
  public init() {}
  public mutating func visit(_ visitor: inout ParameterVisitor) {}
  public func callAsFunction(_ x: Variable) -> Variable {
    x.reshaped(to: [x.shape[0], x.shape.dropFirst().reduce(1, *)])
  }
}

/// All axes but the first in another shape: [B, ...] -> [B] + shape.
public struct Reshape: Layer {
  /// The result's, without the batch's dimension.
  public let shape: [Int]

  /// - Parameter shape: that of one example
  public init(_ shape: [Int]) { self.shape = shape }
  public mutating func visit(_ visitor: inout ParameterVisitor) {}
  public func callAsFunction(_ x: Variable) -> Variable { x.reshaped(to: [x.shape[0]] + shape) }
}
