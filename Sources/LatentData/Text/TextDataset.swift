import Latent
import LatentFiles

/// Texts as the numbers of their tokens: an example is T tokens that follow each other, or a line of at most T.
///
///     let text = try AtomicFile.read("poems.txt")
///     let windows = TextDataset([text], Vocabulary(charactersOf: text), window: 64)
///     let lines = TextDataset([text], Vocabulary(charactersOf: text, areLines: true), window: nil)
///
/// Windows never reach from one text into another, and lines that are shorter than the longest are filled up behind with
/// tokens that are not observed, and so no part of a loss. The end of a line is its last token.
public struct TextDataset: Dataset {
  /// What the numbers stand for.
  public let vocabulary: Vocabulary
  public let shape: ExampleShape
  public let name: String
  public let provenance: String
  public let sha256: String
  /// The numbers of all tokens, text after text: [N] in float32, which is exact for as many as there can be.
  private let tokens: Storage
  /// Where each text begins in them.
  private let starts: [Int]
  let windows: SeriesWindows

  /// - Parameters:
  ///   - texts: in UTF-8, or any bytes where these are the tokens
  ///   - vocabulary: of their tokens; it says whether examples are lines
  ///   - window: T, at least 1; nil for the longest line's, or of a vocabulary for texts the longest text's. Lines that are
  ///     longer are cut into several examples.
  ///   - stride: tokens from a window to the next, at least 1; nil for T. Lines are not cut so.
  ///   - name: what people call them
  ///   - provenance: one line on where they are from; the name where left out
  public init(
    _ texts: [[UInt8]], _ vocabulary: Vocabulary, window: Int?, stride: Int? = nil, name: String = "text",
    provenance: String? = nil
  ) {
    require(
      window ?? 1 > 0 && stride ?? 1 > 0,
      "TextDataset: windows of \(window ?? 0) tokens, \(stride ?? 0) apart"
        + "; both must be positive")
    var (numbers, starts, runs) = ([Float](), [Int](), [[Range<Int>]]())
    for text in texts {
      var own = vocabulary.numbers(of: text)
      if vocabulary.areLines, let end = vocabulary.lineEnd, let last = own.last, last != end { own.append(end) }
      starts.append(numbers.count)
      runs.append(vocabulary.areLines ? Self.lines(own, end: vocabulary.lineEnd, most: window) : [0..<own.count])
      numbers += own.map { Float($0) }
    }
    let length = window ?? runs.joined().map(\.count).max() ?? 0
    windows = SeriesWindows(runs: runs, length: length, stride: stride ?? max(length, 1), isPadded: vocabulary.areLines)
    (self.vocabulary, self.starts, self.name, self.provenance) = (vocabulary, starts, name, provenance ?? name)
    shape = .text(steps: length, vocabulary: vocabulary.count)
    let tokens = Storage(count: numbers.count, element: .float32)
    numbers.withUnsafeBytes { source in tokens.withUnsafeMutableBytes { $0.copyMemory(from: source) } }
    var hash = SHA256()
    hash.update(
      Array(
        "texts of \(vocabulary.count) \(vocabulary.kind.rawValue), windows of \(length), \(stride ?? length) apart".utf8
      ))
    hash.update(Array(String(String.UnicodeScalarView(vocabulary.characters)).utf8))
    hash.update(Array(starts.map(String.init).joined(separator: " ").utf8))
    tokens.withUnsafeBytes { hash.update($0) }
    (self.tokens, sha256) = (tokens, hash.hexDigest())
  }

  private init(_ whole: TextDataset, _ windows: SeriesWindows, provenance: String? = nil) {
    (vocabulary, shape, name, sha256) = (whole.vocabulary, whole.shape, whole.name, whole.sha256)
    (tokens, starts, self.windows) = (whole.tokens, whole.starts, windows)
    self.provenance = provenance ?? whole.provenance
  }

  /// The same with another line on where it is from.
  func with(provenance: String) -> TextDataset { TextDataset(self, windows, provenance: provenance) }

  /// Where lines lie that have something but their end, none longer than `most`.
  private static func lines(_ numbers: [Int], end: Int?, most: Int?) -> [Range<Int>] {
    var (lines, start) = ([Range<Int>](), 0)
    for (place, number) in numbers.enumerated() where number == end {
      if place > start {
        lines += stride(from: start, through: place, by: most ?? place + 1 - start).map {
          $0..<min($0 + (most ?? place + 1 - start), place + 1)
        }
      }
      start = place + 1
    }
    return lines
  }

  public var count: Int { windows.count }
  /// All tokens of all texts.
  var tokenCount: Int { tokens.count }

  public subscript(examples: Range<Int>) -> TextDataset { TextDataset(self, windows[examples]) }

  /// Each text cut at the same shares of its tokens: windows that lie between two cuts. Of lines, so many lines.
  public func cut(leaving fractions: [Double]) -> [TextDataset] {
    let ends = Array(starts.dropFirst()) + [tokens.count]
    return windows.cut(leaving: fractions, rows: zip(starts, ends).map { $1 - $0 }).map { TextDataset(self, $0) }
  }

  public func chosen(_ indices: [Int]) -> AnyDataset { AnyDataset(TextDataset(self, windows[indices])) }

  public func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> ExampleBatch {
    func gathered(_ source: Storage?) -> Tensor {
      windows.gathered(indices, of: source, starts: starts, shape, in: context)
    }
    return ExampleBatch(
      values: gathered(tokens), observed: windows.areUnlike ? gathered(nil) : nil,
      streams: indices.map(UInt64.init), noiseKey: context.noiseKey)
  }
}
