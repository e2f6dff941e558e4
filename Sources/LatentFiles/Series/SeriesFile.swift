/// What a reader of series is told about their columns: everything that is left out is found from the file.
public struct SeriesOptions: Sendable, Equatable {
  /// The column of times, by its name or by its number from 1; nil where it is to be found.
  ///
  /// Found is the first column whose cells are dates with or without a time of day. Numbers (seconds since 1970, or
  /// milliseconds) are found to be times where they never fall and the column is called time, timestamp, date, datetime,
  /// epoch, unix, ts or ds; in a file without names, where they are dates from 1980 to 2100 in the first column.
  public var timeColumn: String?
  /// The columns of values, in this order, each by its name or by its number from 1; nil for all columns of numbers that are
  /// neither time nor label.
  public var columns: [String]?
  /// The column of labels, whole numbers from 0 to 255, by its name or by its number from 1; nil where it is to be found.
  ///
  /// Found is a column called label, labels, anomaly, is_anomaly or outlier of whole numbers from 0 to 255 without any
  /// missing, or one called y of nothing but 0 and 1. Give it in ``columns`` to have it as values.
  public var labelColumn: String?
  /// Whether times that repeat or fall are refused.
  public var isStrict = false

  public init() {}
}

/// Series in a file of separated values: rows of numbers, with their times and labels where there are any.
///
/// The file is text in UTF-8, or in UTF-16 with a byte order mark, as it is or compressed by gzip. Cells are separated by
/// commas, semicolons or tabs, whichever makes most of them numbers, or as a first line `sep=;` says; quotes and line breaks
/// are as in RFC 4180, and blank lines are passed over. The first line may have the names of the columns. A fraction begins
/// with a point, or with a comma where no cell has a point and commas do not separate. Nothing, NaN, NA, N/A, null, None and
/// ? are missing values.
///
///     let file = try SeriesFile(contentsOf: "temperature.csv")
///     print(file.rows, file.columns, file.notes)
///
/// A time is a date, `2014-04-01` or `2014/04/01`, alone or with a time of day, `2014-04-01 00:05:00` or
/// `2014-04-01T00:05:00.25+02:00` (ISO 8601), which is universal time where no zone is given; or a number of seconds or
/// milliseconds since 1970.
public struct SeriesFile: Sendable {
  /// The path, or the name of bytes in memory.
  public let path: String
  /// The names of the columns of values: "column 2" for the second of a file without names.
  public let columns: [String]
  /// The time of each row in seconds since 1970, each later than the one before; nil in a file without times.
  public let times: [Double]?
  /// How the file writes times; nil in a file without times.
  public let timeFormat: TimeFormat?
  /// The values, row after row: [rows, columns]; NaN where one is missing.
  public let values: [Double]
  /// The label of each row.
  public let labels: [UInt8]?
  /// What was found that is not as one expects, a line each: `3 duplicate times: the last row of each is kept`.
  public let notes: [String]
  /// The number of rows that the file has: more than ``rows`` where times repeat.
  public let fileRows: Int
  /// For each row of the file, in its order, which row here has its time; nil where it is the same one.
  ///
  /// With it, a result for each row here is written for each row of the file.
  public let rowOfFileRow: [Int]?

  /// The number of rows.
  public var rows: Int { columns.isEmpty ? 0 : values.count / columns.count }

  /// Reads a file.
  ///
  /// - Throws: ``FileError`` that names the line and the column where a cell is not what it should be
  public init(contentsOf path: String, _ options: SeriesOptions = SeriesOptions()) throws(FileError) {
    self = try Self.read(path, options) { () throws(DataError) in try FileReader(path: path) }
  }

  /// Reads a file that is in memory already.
  package init(bytes: [UInt8], name: String, _ options: SeriesOptions = SeriesOptions()) throws(FileError) {
    self = try Self.read(name, options) { () throws(DataError) in FileReader(bytes: bytes, name: name) }
  }

  private static func read(
    _ path: String, _ options: SeriesOptions, open: () throws(DataError) -> FileReader
  ) throws(FileError) -> SeriesFile {
    let records: RecordReader
    do { records = try RecordReader(open()) } catch { throw FileError(error, in: path) }
    do {
      let layout = try SeriesLayout(records, options)
      let rows = try SeriesRows(records, layout, isStrict: options.isStrict)
      return SeriesFile(rows, layout, path: path)
    } catch {
      switch error {
      case .file(let error): throw FileError(error, in: path)
      case .content(let fault): throw fault.error(in: path, Array(records.beginning), notA: .text, for: .data)
      }
    }
  }

  private init(_ rows: SeriesRows, _ layout: SeriesLayout, path: String) {
    self.path = path
    columns = layout.values.map { layout.names[$0] }
    times = rows.times
    timeFormat = rows.format
    values = rows.values
    labels = rows.labels
    notes = layout.notes + rows.notes
    fileRows = rows.places?.count ?? rows.count
    rowOfFileRow = rows.places
  }
}
