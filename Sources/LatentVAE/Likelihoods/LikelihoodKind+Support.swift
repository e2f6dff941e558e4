import Latent
import LatentData
import LatentKernels

extension LikelihoodKind.Support {
  /// Where elements are.
  public var range: ClosedRange<Double> {
    switch self {
    case .binary, .unitInterval, .bytes: 0...1
    case .real: -.infinity ... .infinity
    case .counts: 0 ... .infinity
    case .classes(let count): 0...Double(count - 1)
    }
  }

  /// How many elements there can be from 0 to 1, both ends among them, less one: 1 where they are whole numbers, 255 of bytes;
  /// nil where they can be any. Grey pixels are taken for the probabilities of white.
  public var levels: Double? {
    switch self {
    case .binary, .unitInterval, .real: nil
    case .counts, .classes: 1
    case .bytes: 255
    }
  }
}

extension LikelihoodKind.Support {
  /// How data are scaled where nothing else is said: what is counted or numbered stays as it is. Nil where their shape says it.
  public var usualScaling: Scaling.Kind? {
    switch self {
    case .counts, .classes, .bytes: Scaling.Kind.none
    case .binary, .unitInterval, .real: nil
    }
  }
}

extension LikelihoodKind.Support: CustomStringConvertible {
  /// What the elements are: `numbers from 0 to 1`.
  public var description: String {
    switch self {
    case .binary, .unitInterval: "numbers from 0 to 1"
    case .real: "any numbers"
    case .counts: "whole numbers from 0 on"
    case .classes(let count): "whole numbers from 0 to \(count - 1)"
    case .bytes: "bytes, read as 0, 1/255, ... 1"
    }
  }
}

extension LikelihoodKind.Support {
  /// A number that is none of these, and whose it is.
  public struct Outlier: Sendable, Equatable {
    /// The number, as a model reads it.
    public let value: Double
    /// The number of the example, from 0 on.
    public let example: Int
    /// The place of the number in it.
    public let place: Int
  }

  /// The first number of a data set that is none of these; nil where there is none. All examples are read once, a few at a
  /// time, where that is not known without it: what is missing is left out, and images of bytes are in 0...1.
  ///
  /// - Parameter element: what a model computes in
  public func firstOutside(of data: some Dataset, element: ElementType = .float32) -> Outlier? {
    if self == .real { return nil }
    let base: any Dataset = (data as? AnyDataset)?.base ?? data
    if base is ImageDataset && range == 0...1 { return nil }
    let size = max(data.shape.count, 1)
    let piece = max(1, (1 << 18) / size)
    for start in stride(from: 0, to: data.count, by: piece) {
      let end = min(start + piece, data.count)
      if end < data.count { data.prefetch(Array(end..<min(end + piece, data.count))[...]) }
      let values = data.batch(Array(start..<end)[...], in: BatchContext(element: element)).values
      if let place = values.storage.firstOutside(range, levels: levels) {
        return Outlier(value: values.values[place], example: start + place / size, place: place % size)
      }
    }
    return nil
  }
}
