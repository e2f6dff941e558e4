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
