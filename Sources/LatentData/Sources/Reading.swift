import Latent

/// How a source's examples are read: what a user may say beside where they are. Each source takes what concerns it.
///
///     var reading = Reading(limit: 1000)
///     reading.series.window = 288
///     let windows = try DataSource("plant.csv")!.load(.training, reading)
public struct Reading: Sendable, Equatable {
  /// Keep only the first so many examples: at least 1; nil for all.
  public var limit: Int?
  /// Of what is drawn; files do not depend on it.
  public var seed: UInt64
  /// How tables of numbers become examples.
  public var series = SeriesReading()
  /// How pictures become examples.
  public var images = ImageReading()
  /// How texts become examples; nil where files are no texts.
  public var text: TextReading?
  /// Which array of a file that has several, by its name; nil where the file has one, or the usual names.
  public var array: String?

  public init(limit: Int? = nil, seed: UInt64 = 0) { (self.limit, self.seed) = (limit, seed) }
}

/// How series in time are read, and cut into windows.
public struct SeriesReading: Sendable, Equatable {
  /// The column with the times, by its name or by its number from 1; nil where it is to be found.
  public var timeColumn: String?
  /// The columns with values, by their names or numbers; nil for all of numbers that are neither times nor labels.
  public var columns: [String]?
  /// The column with a label of each row; nil where it is to be found.
  public var labelColumn: String?
  /// T, the rows of a window: at least 1; nil where a series is not cut.
  public var window: Int?
  /// Whether series, or parts of them, that are shorter than a window are examples, too, filled up behind with missing values.
  /// Without a window, each series is then an example, as long as the longest.
  public var isPadded = false
  /// Whether series are cut into examples of several rows.
  public var makesWindows: Bool { window != nil || isPadded }
  /// Rows from the start of a window to that of the next: at least 1; nil for 1, or for texts T.
  public var stride: Int?
  /// Seconds from a row to the next; nil where it is to be found: the most frequent difference.
  public var period: Double?
  /// What becomes of a time that is left out.
  public var gaps = Gaps.split
  /// Whether times that come twice or out of order are refused.
  public var isStrict = false

  /// What becomes of times that are left out.
  public enum Gaps: String, Sendable, CaseIterable {
    /// A window ends there.
    case split
    /// Rows of missing values stand in their place.
    case missing
  }

  public init() {}
}

/// How texts are read: windows over their tokens, or where there is no window, or padding, a line at a time.
public struct TextReading: Sendable, Equatable {
  /// What a token is.
  public var tokens: Vocabulary.Kind
  /// What numbers tokens have, such as those that a model has learned; nil for those of the text.
  public var vocabulary: Vocabulary?

  public init(tokens: Vocabulary.Kind, vocabulary: Vocabulary? = nil) {
    (self.tokens, self.vocabulary) = (tokens, vocabulary)
  }
}

/// How pictures are read.
public struct ImageReading: Sendable, Equatable {
  /// Grey or colour; nil as the files are: grey where all of them are.
  public var colour: Colour?
  /// Rows and columns that every picture is averaged to; nil where all have the same.
  public var size: Size?

  /// The channels of images.
  public enum Colour: String, Sendable, CaseIterable {
    /// One, of brightness.
    case grey
    /// Red, green and blue.
    case rgb
  }

  /// Rows and columns of an image, in pixels.
  public struct Size: Sendable, Hashable {
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    public init(height: Int, width: Int) {
      require(height > 0 && width > 0, "ImageReading.Size: \(height) x \(width); both must be positive")
      (self.height, self.width) = (height, width)
    }

    /// `32x48`, rows first; nil for another text.
    public init?(_ text: String) {
      let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
      guard numbers.count == 2, let height = numbers[0], let width = numbers[1],
        (1...1 << 20).contains(height), (1...1 << 20).contains(width)
      else { return nil }
      self.init(height: height, width: width)
    }
  }

  public init() {}
}
