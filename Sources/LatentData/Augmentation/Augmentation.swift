import Latent

/// How examples are changed by chance while a model learns from them, so that it sees more than there are.
///
/// As text: `shift=2,flip,noise=0.05,scale=0.1`, any of them.
public struct Augmentation: Sendable, Equatable {
  /// The most whole pixels that an image moves in each direction, up or down and left or right, or steps that a series moves
  /// in time: drawn evenly. The pixel or step at the edge is repeated where it leaves a place.
  public var shift = 0
  /// Whether every other image, by chance, is mirrored from left to right. Series are not turned around in time.
  public var flips = false
  /// The standard deviation of normal noise that is added to each number, in what the model reads: images are in 0...1, and
  /// numbers with units are scaled.
  public var noise = 0.0
  /// How far from 1 the factor is, drawn evenly, that all numbers of an example are multiplied by: below 1.
  public var scale = 0.0

  /// None.
  public init() {}

  /// Whether nothing is changed.
  public var isNone: Bool { self == Augmentation() }

  /// Why examples of a shape can't be changed so, in a few words; nil where they can.
  public func problem(for shape: ExampleShape) -> String? {
    switch shape {
    case .image: nil
    case .series: flips ? "series are not mirrored, and flip is for images" : nil
    case .text: "a text is made of tokens; --word-dropout is what changes those that its decoder reads"
    case .vector:
      flips || shift > 0 ? "vectors have no order in which to shift or flip; there are noise and scale for them" : nil
    }
  }
}

extension Augmentation: LosslessStringConvertible {
  /// Nil for another text, and where nothing would be changed.
  public init?(_ description: String) {
    var names: Set<Substring> = []
    for part in description.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard names.insert(pair[0]).inserted else { return nil }
      let value = pair.count > 1 ? pair[1] : nil
      func number(_ isPossible: (Double) -> Bool) -> Double? {
        value.flatMap { Double($0) }.flatMap { $0 > 0 && isPossible($0) ? $0 : nil }
      }
      switch pair[0] {
      case "shift":
        guard let steps = value.flatMap({ Int($0) }), (1...1 << 20).contains(steps) else { return nil }
        shift = steps
      case "flip":
        guard value == nil else { return nil }
        flips = true
      case "noise":
        guard let deviation = number(\.isFinite) else { return nil }
        noise = deviation
      case "scale":
        guard let distance = number({ $0 < 1 }) else { return nil }
        scale = distance
      default: return nil
      }
    }
  }

  /// `shift=2,flip,noise=0.05,scale=0.1`, without what is not done.
  public var description: String {
    [
      shift > 0 ? "shift=\(shift)" : nil, flips ? "flip" : nil, noise > 0 ? "noise=\(noise)" : nil,
      scale > 0 ? "scale=\(scale)" : nil,
    ].compactMap(\.self).joined(separator: ",")
  }
}
