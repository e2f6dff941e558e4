import ArgumentParser
import LatentData
import LatentRun

/// Which data are learned from, and how they are read.
package struct DataOptions: ParsableArguments {
  package init() {}

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where the images come from: \(DataSource.usage()). (default: auto)",
      discussion: """
        fashion-mnist: Debian's package dataset-fashion-mnist. synthetic: digits drawn by the program itself. A folder \
        of IDX files holds train-images-idx3-ubyte and train-labels-idx1-ubyte, or the t10k files, each plain or .gz, or \
        as Kaggle's archive has them. A NumPy file holds bytes, [images, height, width]. auto: fashion-mnist if it is installed, \
        else synthetic.
        """, valueName: "source"),
    transform: Parse.source)
  var data: DataSource?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Use only the first images. (default: all)", valueName: "images"), transform: Parse.count)
  var limit: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rows of a window, for tables and series: each window is an example. (default: each row is one)",
      valueName: "rows"), transform: Parse.size)
  var window: Int?

  @Option(
    help: ArgumentHelp(
      "Read a text, or a folder of .txt files, as characters or bytes. Each line is an example; with --window, so many tokens "
        + "are.", valueName: "tokens"))
  var tokens: Vocabulary.Kind?

  @Flag(
    help: ArgumentHelp(
      "Take series that are shorter than the window, too, filled up with missing values; without --window, each series is an "
        + "example, as long as the longest."))
  var pad = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rows from the start of a window to that of the next. (default: 1; of texts, the window)", valueName: "rows"),
    transform: Parse.size)
  var stride: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Columns with the values of a table, by name or number from 1. (default: all numbers)", valueName: "a,b"),
    transform: Parse.names)
  var columns: [String]?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Column with the time of a row. (default: found by its content)", valueName: "column"))
  var timeColumn: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Column with the label of a row, which no model reads. (default: found by its name)",
      valueName: "column"))
  var labelColumn: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds from a row to the next. (default: found from the times)", valueName: "seconds"),
    transform: Parse.positive)
  var period: Double?

  @Option(
    help: ArgumentHelp(
      "What a gap in the times does: split (a window ends there) or missing (filled with missing values). (default: split)",
      valueName: "way"))
  var gaps: SeriesReading.Gaps?

  @Flag(help: "Refuse times that come twice or out of order, rather than sort them.")
  var strict = false

  @Option(
    help: ArgumentHelp(
      "How numbers are scaled, feature by feature: standard, minmax, robust or none. Fitted on the training part, kept "
        + "with the model, and undone in what is written. (default: standard; images, and losses of whole numbers: none)",
      valueName: "way"))
  var scale: Scaling.Kind?

  @Option(
    help: ArgumentHelp("Read pictures as grey or rgb. (default: as the files are)", valueName: "channels"))
  var colour: ImageReading.Colour?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Average pictures to this size, rows first. (default: as the files are)", valueName: "32x32"),
    transform: Parse.imageSize)
  var size: ImageReading.Size?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The array of a file with several. (default: x, x_train or the only one)", valueName: "name"))
  var array: String?

  @Option(
    help: ArgumentHelp(
      "Make the images black and white, so that binary cross-entropy is a likelihood: threshold (white if at least "
        + "half bright) or stochastic (white with the pixel's brightness as probability, drawn again in each "
        + "epoch). (default: grey)",
      valueName: "way"))
  var binarize: Binarization?

  /// Changes what the command line says.
  func apply(to source: inout RunSettings.Source) {
    func set<Value>(_ path: WritableKeyPath<RunSettings.Source, Value>, _ value: Value?) {
      if let value { source[keyPath: path] = value }
    }
    set(\.data, data.map(Optional.some))
    set(\.limit, limit.map(Optional.some))
    set(\.series.window, window.map(Optional.some))
    set(\.tokens, tokens.map(Optional.some))
    set(\.series.stride, stride.map(Optional.some))
    set(\.series.columns, columns.map(Optional.some))
    set(\.series.timeColumn, timeColumn.map(Optional.some))
    set(\.series.labelColumn, labelColumn.map(Optional.some))
    set(\.series.period, period.map(Optional.some))
    set(\.series.gaps, gaps)
    if pad { source.series.isPadded = true }
    if strict { source.series.isStrict = true }
    set(\.scaling, scale.map(Optional.some))
    set(\.images.colour, colour.map(Optional.some))
    set(\.images.size, size.map(Optional.some))
    set(\.array, array.map(Optional.some))
    set(\.binarization, binarize.map(Optional.some))
  }
}

extension SeriesReading.Gaps: ExpressibleByArgument {}
extension Vocabulary.Kind: ExpressibleByArgument {}
extension Scaling.Kind: ExpressibleByArgument {}
extension ImageReading.Colour: ExpressibleByArgument {}
extension Binarization: ExpressibleByArgument {}
