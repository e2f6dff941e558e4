import ArgumentParser
import Latent
import LatentData
import LatentVAE

/// The numbers that options take. What cannot be used is refused with a message that says what can.
package enum Parse {
  /// A whole number of at least 1.
  package static func count(_ text: String) throws -> Int { try whole(text, in: 1...1 << 40) }

  /// The number of an image, from 0 on.
  package static func index(_ text: String) throws -> Int { try whole(text, in: 0...1 << 40) }

  /// Neighbours of a point in t-SNE.
  package static func perplexity(_ text: String) throws -> Double {
    guard let value = Double(text), value >= 1, value <= 1e6 else { throw ValidationError("give a number from 1 on") }
    return value
  }

  /// The size of a layer. The bound keeps products of two sizes far from overflow.
  package static func size(_ text: String) throws -> Int { try whole(text, in: 1...1 << 20) }

  /// The sizes of several layers: `400,200`.
  package static func sizes(_ text: String) throws -> [Int] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard !text.isEmpty, parts.count <= 64 else { throw ValidationError("give sizes, as 400,200") }
    return try parts.map { try size(String($0)) }
  }

  /// Layers on top of each other.
  package static func depth(_ text: String) throws -> Int { try whole(text, in: 1...64) }

  /// Rows of a convolution's kernel.
  package static func kernel(_ text: String) throws -> Int { try whole(text, in: 2...63) }

  /// Threads, or shards of a batch.
  package static func workers(_ text: String) throws -> Int { try whole(text, in: 1...1024) }

  /// A number type that files keep.
  package static func kept(_ text: String) throws -> ElementType {
    guard let element = ElementType.allCases.first(where: { $0.description == text }) else {
      throw ValidationError("give \(list(ElementType.allCases))")
    }
    return element
  }

  /// `a, b or c`
  private static func list(_ names: [some CustomStringConvertible]) -> String {
    names.dropLast().map(\.description).joined(separator: ", ") + " or " + names[names.count - 1].description
  }

  /// A label of an image.
  package static func label(_ text: String) throws -> UInt8 { UInt8(try whole(text, in: 0...255)) }

  /// A seed.
  package static func seed(_ text: String) throws -> UInt64 {
    guard let value = UInt64(text) else { throw ValidationError("give a whole number in 0...\(UInt64.max)") }
    return value
  }

  /// A fraction of the data.
  package static func fraction(_ text: String) throws -> Double {
    guard let value = Double(text), value >= 0, value < 1 else {
      throw ValidationError("give a number that is at least 0 and below 1")
    }
    return value
  }

  /// A number above 0.
  package static func positive(_ text: String) throws -> Double {
    guard let value = Double(text), value > 0, value.isFinite else { throw ValidationError("give a number above 0") }
    return value
  }

  /// A number that is not negative.
  package static func nonNegative(_ text: String) throws -> Double {
    guard let value = Double(text), value >= 0, value.isFinite else {
      throw ValidationError("give a number of at least 0")
    }
    return value
  }

  /// A time, in seconds: `90`, `90s`, `15m`, `10h`.
  package static func duration(_ text: String) throws -> Double {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    let unit = text.last.flatMap { units[$0] }
    let value = Double(unit == nil ? text : String(text.dropLast())).map { $0 * (unit ?? 1) }
    guard let value, value > 0, value.isFinite else {
      throw ValidationError("give a time above 0: seconds, or 90m, 10h")
    }
    return value
  }

  /// A likelihood, by its name.
  package static func likelihood(_ text: String) throws -> LikelihoodKind {
    guard let kind = LikelihoodKind(named: text) else {
      throw ValidationError("give one of \(LikelihoodKind.all.map(\.name).joined(separator: ", "))")
    }
    return kind
  }

  /// Names between commas.
  package static func names(_ text: String) throws -> [String] {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.allSatisfy({ !$0.isEmpty }), Set(names).count == names.count else {
      throw ValidationError("give names between commas, each once")
    }
    return names
  }

  /// Where examples come from.
  package static func source(_ text: String) throws -> DataSource {
    guard let source = DataSource(text) else { throw ValidationError("give \(DataSource.usage())") }
    return source
  }

  /// Changes of examples.
  package static func augmentation(_ text: String) throws -> Augmentation {
    guard let augmentation = Augmentation(text) else {
      throw ValidationError(
        "give shift=2,flip,noise=0.05,scale=0.1, or some of them: whole pixels from 1 on, a noise above 0, a scale below 1"
      )
    }
    return augmentation
  }

  /// The rows and columns of a picture.
  package static func imageSize(_ text: String) throws -> ImageReading.Size {
    guard let size = ImageReading.Size(text) else { throw ValidationError("give rows and columns, such as 32x32") }
    return size
  }

  private static func whole(_ text: String, in range: ClosedRange<Int>) throws -> Int {
    guard let value = Int(text), value >= range.lowerBound else {
      throw ValidationError("give a whole number of at least \(range.lowerBound)")
    }
    guard value <= range.upperBound else { throw ValidationError("at most \(range.upperBound) is possible") }
    return value
  }
}
