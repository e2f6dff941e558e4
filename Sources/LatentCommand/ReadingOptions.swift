import ArgumentParser
import LatentData
import LatentRun

/// How data are read, as the command line gives it.
package struct ReadingOptions: ParsableArguments {
  package init() {}

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

  /// Changes what the command line says.
  func apply(to source: inout RunSettings.Source) {
    func set<Value>(_ path: WritableKeyPath<RunSettings.Source, Value>, _ value: Value?) {
      if let value { source[keyPath: path] = value }
    }
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
  }
}

extension SeriesReading.Gaps: ExpressibleByArgument {}
extension Vocabulary.Kind: ExpressibleByArgument {}
extension Scaling.Kind: ExpressibleByArgument {}
extension ImageReading.Colour: ExpressibleByArgument {}
