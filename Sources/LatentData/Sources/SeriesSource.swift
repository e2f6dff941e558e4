import Latent
import LatentFiles

/// The path of a table of numbers in text, `.csv`, `.tsv` or `.txt`, or of a folder of them; each may be compressed, `.gz`.
///
/// With a window (``SeriesReading/window``) each file is a series of its own, and each window an example. Without one, each
/// row is an example, a vector of its numbers.
public struct SeriesSource: ExampleSource {
  public static let usage = "a .csv or .tsv file or a folder of them"
  private let location: String

  /// A file with such an ending, or a folder with one in it that holds nothing of other sources.
  public init?(_ text: String) {
    switch FileKind(path: text) {
    case .folder: guard !Self.files(in: text).isEmpty, !ImageDataset.hasImages(folder: text) else { return nil }
    default: guard Self.isTable(text) else { return nil }
    }
    location = text
  }

  public var description: String { location }

  public var path: String? { location }

  private static func isTable(_ name: String) -> Bool {
    var name = name.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    return [".csv", ".tsv", ".txt"].contains(where: name.hasSuffix)
  }

  /// In the order of their names.
  private static func files(in folder: String) -> [String] {
    // Folders have texts of other kinds.
    (AtomicFile.names(in: folder) ?? []).filter {
      isTable($0) && !$0.hasPrefix(".") && ![".txt", ".txt.gz"].contains(where: $0.lowercased().hasSuffix)
    }.sorted().map { AtomicFile.path($0, in: folder) }
  }

  /// The series as they are read, one for each file, and what is to be said of them.
  func series(_ reading: Reading) throws(DataError) -> (series: [Series], notes: [String]) {
    let paths = FileKind(path: location) == .folder ? Self.files(in: location) : [location]
    var options = SeriesOptions()
    (options.timeColumn, options.columns) = (reading.series.timeColumn, reading.series.columns)
    (options.labelColumn, options.isStrict) = (reading.series.labelColumn, reading.series.isStrict)
    var (series, notes): ([Series], [String]) = ([], [])
    for path in paths {
      let file: SeriesFile
      do { file = try SeriesFile(contentsOf: path, options) } catch {
        throw .anotherFormat(path: path, help: error.reason)
      }
      if let first = series.first, first.columns.count != file.columns.count {
        throw .anotherFormat(
          path: path,
          help:
            "has \(file.columns.count) columns of values, and \(quoted(paths[0])) \(first.columns.count): all need the same"
        )
      }
      notes += file.notes.map { paths.count > 1 ? "\(lastName(of: path)): \($0)" : $0 }
      series.append(Series(file))
    }
    return (series, notes)
  }

  public func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> AnyDataset {
    let (series, notes) = try series(reading)
    let origin = "read from \(quoted(location))"
    if reading.series.makesWindows {
      return AnyDataset(
        try SeriesDataset(
          reading: series, reading, name: lastName(of: location), origin: origin, notes: notes))
    }
    return AnyDataset(try vectors(series, reading, origin: origin, notes: notes))
  }

  /// Each row as an example.
  private func vectors(
    _ series: [Series], _ reading: Reading, origin: String, notes: [String]
  ) throws(DataError) -> TensorDataset {
    if series.contains(where: { $0.times != nil }) {
      throw .anotherFormat(
        path: location, help: "has times: say how many rows an example has, such as a window of 96 (or 1)")
    }
    let rows = series.reduce(0) { $0 + $1.rows }
    let count = min(reading.limit ?? .max, rows)
    let features = series[0].features
    guard rows > 0 else { throw .anotherFormat(path: location, help: "has no rows") }
    let known = KnownValues(Array(series.flatMap(\.values).prefix(count * features)), shape: [count, features])
    let labels = series.allSatisfy { $0.labels != nil } ? Array(series.flatMap { $0.labels! }.prefix(count)) : nil
    return TensorDataset(
      [known.values], shape: .vector(size: features), observed: known.observed,
      labels: labels, name: lastName(of: location),
      provenance: (["\(origin): \(rows) rows of \(features) numbers"] + notes).joined(separator: "; ")
        + (count < rows ? limitNote(count) : ""))
  }
}

extension Series {
  /// What a file holds.
  init(_ file: SeriesFile) {
    self.init(
      name: lastName(of: file.path), columns: file.columns, values: file.values, times: file.times, labels: file.labels)
    timeFormat = file.timeFormat
    rowOfFileRow = file.rowOfFileRow
  }
}

extension DataSource {
  /// The series that a source has, in the units that they are in: of windows those that they are over. Gaps are filled with
  /// missing rows where the reading asks for it.
  ///
  /// - Throws: `DataError` where it has none
  package func series(_ reading: Reading) throws(DataError) -> (series: [Series], notes: [String]) {
    guard let table = source as? SeriesSource else {
      let data = try load(.training, reading)
      guard let windows = data as? SeriesDataset else {
        throw .anotherFormat(
          path: description, help: "holds \(data.shape.plural), and rows of a table or a series are needed")
      }
      return (windows.series, [])
    }
    let (series, notes) = try table.series(reading)
    return (
      reading.series.gaps == .missing ? try SeriesDataset.filled(series, period: reading.series.period) : series, notes
    )
  }
}
