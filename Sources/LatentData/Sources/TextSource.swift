import Latent
import LatentFiles

/// The path of a text, or of a folder of texts, `.txt`; each may be compressed, `.gz`. Any file can be one: what is asked for
/// says so (``Reading/text``).
public struct TextSource: ExampleSource {
  public static let usage = "a text"
  private let location: String

  /// Whatever lies there.
  public init?(_ text: String) { location = text }

  public var description: String { location }
  public var path: String? { location }

  public func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> TextDataset {
    let how = reading.text ?? TextReading(tokens: .characters)
    let paths = try paths()
    var texts: [[UInt8]] = []
    for path in paths { texts.append(try TextFile(contentsOf: path, areAny: how.tokens == .bytes).bytes) }
    let areLines = how.vocabulary?.areLines ?? (reading.series.isPadded || reading.series.window == nil)
    let vocabulary: Vocabulary
    switch how.tokens {
    case .bytes: vocabulary = .bytes(areLines: areLines)
    case .characters:
      vocabulary = how.vocabulary ?? Vocabulary(charactersOf: texts.joined(), areLines: areLines)
    }
    guard vocabulary.count <= Self.mostTokens else {
      throw .anotherFormat(
        path: location,
        help: "has \(vocabulary.count) different characters, and \(Self.mostTokens) are the most: read it as bytes")
    }
    let all = TextDataset(
      texts, vocabulary, window: reading.series.window, stride: reading.series.stride, name: lastName(of: location))
    let length = all.shape.steps
    guard all.count > 0 else {
      throw .anotherFormat(
        path: location,
        help: areLines
          ? "has no line with a character in it" : "has less than \(length) tokens: give a smaller window")
    }
    guard reading.series.window != nil || length <= Self.longestLine else {
      throw .anotherFormat(
        path: location,
        help: "has a line of \(length) tokens: give a window of 64 tokens, padded for lines cut after 64")
    }
    let limited = reading.limit.map { all.prefix($0) } ?? all
    return limited.with(
      provenance: "read from \(quoted(location)): \(all.tokenCount) \(how.tokens.rawValue)"
        + (paths.count > 1 ? " of \(paths.count) texts" : "") + ", a vocabulary of \(vocabulary.count); "
        + (areLines ? "\(all.count) lines of at most \(length)" : "\(all.count) windows of \(length)")
        + (limited.count < all.count ? limitNote(limited.count) : ""))
  }

  /// What a categorical likelihood can have.
  private static let mostTokens = 65_536
  /// Of a text without a window: all others are filled up to the longest.
  private static let longestLine = 4096

  private func paths() throws(DataError) -> [String] {
    switch FileKind(path: location) {
    case .file: return [location]
    case .nothing: throw .anotherFormat(path: location, help: "is not there: give a text, or a folder of .txt files")
    case .folder:
      let names = (AtomicFile.names(in: location) ?? []).filter { name in
        !name.hasPrefix(".") && [".txt", ".txt.gz"].contains(where: name.lowercased().hasSuffix)
      }
      guard !names.isEmpty else { throw .anotherFormat(path: location, help: "has no .txt files: give one that has") }
      return names.sorted().map { AtomicFile.path($0, in: location) }
    }
  }
}
