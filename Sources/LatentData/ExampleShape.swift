import LatentFiles

/// What one example is, as a model reads it.
///
/// As JSON: `{"kind": "image", "height": 28, "width": 28, "channels": 1}`, `{"kind": "series", "steps": 96, "features": 3}`,
/// `{"kind": "text", "steps": 64, "vocabulary": 97}` or `{"kind": "vector", "size": 10}`.
public enum ExampleShape: Sendable, Hashable {
  /// Rows of pixels, each of one or more channels: [height, width channels].
  case image(height: Int, width: Int, channels: Int = 1)
  /// T steps of D features: [T, D].
  case series(steps: Int, features: Int)
  /// T tokens, each the number of one out of C that a ``Vocabulary`` has: [T, 1].
  case text(steps: Int, vocabulary: Int)
  /// Numbers without an order: [D].
  case vector(size: Int)

  /// The dimensions of an example's tensor; those of a batch have B before them.
  public var dimensions: [Int] {
    switch self {
    case .image(let height, let width, let channels): [height, width * channels]
    case .series(let steps, let features): [steps, features]
    case .text(let steps, _): [steps, 1]
    case .vector(let size): [size]
    }
  }

  /// The numbers of an example.
  public var count: Int { dimensions.reduce(1, *) }

  /// T, the steps of a model that reads an example in order: an image's rows.
  public var steps: Int { dimensions.count > 1 ? dimensions[0] : 1 }

  /// What has a unit of its own: the channels of an image, the features of a series, the numbers of a vector.
  package var units: Int {
    if case .image(_, _, let channels) = self { channels } else { features }
  }

  /// Rows, columns and channels of what is drawn as pixels: grey images, and those of red, green and blue; nil for all else.
  package var drawn: (height: Int, width: Int, channels: Int)? {
    guard case .image(let height, let width, let channels) = self, channels == 1 || channels == 3 else { return nil }
    return (height, width, channels)
  }

  /// D, the numbers of each step.
  public var features: Int { dimensions[dimensions.count - 1] }
}

extension ExampleShape: CustomStringConvertible {
  /// `28x28`, `28x28x3`, `96 steps of 3 features`, `10 numbers`
  public var description: String {
    switch self {
    case .image(let height, let width, 1): "\(height)x\(width)"
    case .image(let height, let width, let channels): "\(height)x\(width)x\(channels)"
    case .series(let steps, let features): "\(steps) steps of \(features) features"
    case .text(let steps, let vocabulary): "\(steps) tokens out of \(vocabulary)"
    case .vector(let size): "\(size) numbers"
    }
  }

  /// What such examples are called: `images`.
  public var plural: String {
    switch self {
    case .image: "images"
    case .series: "series"
    case .text: "texts"
    case .vector: "vectors"
    }
  }

  /// What one is called: `image`.
  public var singular: String {
    switch self {
    case .image: "image"
    case .series: "series"
    case .text: "text"
    case .vector: "vector"
    }
  }
}

extension ExampleShape {
  /// A sentence about images as it is said of such examples: "nats per image" becomes "nats per series".
  ///
  /// - Parameter sentence: without paths and names, whose words must stay
  package func naming(_ sentence: String) -> String {
    if case .image = self { return sentence }
    var element = ("values", "value")
    if case .text = self { element = ("tokens", "token") }
    let names = [
      "images": plural, "image": singular, "Images": plural.prefix(1).uppercased() + plural.dropFirst(),
      "pixels": element.0, "pixel": element.1,
    ]
    var (named, word) = ("", "")
    func finish() {
      named += names[word] ?? word
      word = ""
    }
    for letter in sentence {
      if letter.isLetter {
        word.append(letter)
      } else {
        finish()
        named.append(letter)
      }
    }
    finish()
    return named.replacing("an \(singular)", with: "a \(singular)").replacing("An \(singular)", with: "A \(singular)")
  }
}

extension ExampleShape: Codable {
  private enum Kind: String, Codable, CaseIterable { case image, series, text, vector }
  private enum Key: String, CodingKey, CaseIterable {
    case kind, height, width, channels, steps, features, vocabulary, size
  }

  public init(from decoder: any Decoder) throws {
    let fields = try StrictFields<Key>(decoder)
    switch try fields.oneOf(Kind.self, .kind) {
    case .image:
      try fields.allow([.kind, .height, .width, .channels])
      self = .image(
        height: try fields.size(.height), width: try fields.size(.width), channels: try fields.size(.channels, else: 1))
    case .series:
      try fields.allow([.kind, .steps, .features])
      self = .series(steps: try fields.size(.steps), features: try fields.size(.features))
    case .text:
      try fields.allow([.kind, .steps, .vocabulary])
      self = .text(steps: try fields.size(.steps), vocabulary: try fields.size(.vocabulary))
    case .vector:
      try fields.allow([.kind, .size])
      self = .vector(size: try fields.size(.size))
    }
    // Sizes follow each other through layers, and must stay countable.
    let numbers = allSizes.reduce(1.0) { $0 * Double($1) }
    guard numbers <= 0x1p40 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "has \(numbers) numbers, which no machine can hold"))
    }
  }

  private var allSizes: [Int] {
    if case .image(let height, let width, let channels) = self { [height, width, channels] } else { dimensions }
  }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    switch self {
    case .image(let height, let width, let channels):
      try fields.encode(Kind.image, forKey: .kind)
      try fields.encode(height, forKey: .height)
      try fields.encode(width, forKey: .width)
      try fields.encode(channels, forKey: .channels)
    case .series(let steps, let features):
      try fields.encode(Kind.series, forKey: .kind)
      try fields.encode(steps, forKey: .steps)
      try fields.encode(features, forKey: .features)
    case .text(let steps, let vocabulary):
      try fields.encode(Kind.text, forKey: .kind)
      try fields.encode(steps, forKey: .steps)
      try fields.encode(vocabulary, forKey: .vocabulary)
    case .vector(let size):
      try fields.encode(Kind.vector, forKey: .kind)
      try fields.encode(size, forKey: .size)
    }
  }
}
