/// Intervals of time in a file, such as those of labelled anomalies.
///
/// The file is a table (`start,end`, with or without a line of names; times as in a ``SeriesFile``), or JSON: a list of pairs,
/// or such lists by the names of series, as in `combined_windows.json` of the Numenta Anomaly Benchmark:
///
///     {"realKnownCause/nyc_taxi.csv": [["2014-10-30 15:30:00.000000", "2014-11-02 22:30:00.000000"]]}
public struct IntervalFile: Sendable, Equatable {
  /// The path, or the name of bytes in memory.
  public let path: String
  /// The intervals in the file's order, in seconds since 1970; both ends belong to them.
  ///
  /// Numbers are taken as they are, but from 10¹¹ on as milliseconds; so a series without times has the numbers of its rows.
  public let intervals: [ClosedRange<Double>]

  /// Reads a file.
  ///
  /// - Parameter series: which of the file's series, where it has several: its name, or the end of it, such as `nyc_taxi.csv`
  ///   or `nyc_taxi`
  /// - Throws: ``FileError``, also for an unknown series and for an interval that ends before it starts
  public init(contentsOf path: String, series: String? = nil) throws(FileError) {
    let bytes: [UInt8]
    do { bytes = try TextFile(contentsOf: path).bytes } catch { throw FileError(error, in: path) }
    try self.init(bytes: bytes, name: path, series: series)
  }

  /// Reads a file that is in memory already.
  package init(bytes: [UInt8], name: String, series: String? = nil) throws(FileError) {
    path = name
    let isJSON = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }.map { "[{".utf8.contains($0) } ?? false
    do {
      intervals = try isJSON ? Self.intervals(json: bytes, series: series) : Self.intervals(table: bytes)
    } catch { throw FileError(file: name, reason: error.reason) }
  }

  private static func intervals(table bytes: [UInt8]) throws(Fault) -> [ClosedRange<Double>] {
    var (rest, line, intervals, isFirst) = (bytes[...], 0, [ClosedRange<Double>](), true)
    var columns = (start: 0, end: 1)
    while !rest.isEmpty {
      line += 1
      guard let cells = CSVText.takeLine(&rest)?.cells else { throw Fault("line \(line) is no line of a table") }
      if cells.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) { continue }
      defer { isFirst = false }
      if isFirst, !cells.contains(where: { seconds($0) != nil }) {
        let names = cells.map { $0.lowercased().filter { !$0.isWhitespace } }
        if let start = names.firstIndex(of: "start"), let end = names.firstIndex(of: "end") { columns = (start, end) }
        continue
      }
      guard cells.indices.contains(columns.start), cells.indices.contains(columns.end) else {
        throw Fault("line \(line) has \(cells.count) \(cells.count == 1 ? "cell" : "cells"): give start,end")
      }
      intervals.append(try interval(cells[columns.start], cells[columns.end], "line \(line)"))
    }
    return intervals
  }

  private static func intervals(json bytes: [UInt8], series: String?) throws(Fault) -> [ClosedRange<Double>] {
    guard let json = JSON(bytes) else {
      throw Fault("is no JSON, or names a series twice: check its brackets and commas")
    }
    var (list, place) = (json, "interval")
    if case .object(let members) = json {
      let member = try member(of: members, series: series)
      (list, place) = (member.value, "interval of \(quotedName(member.name))")
    }
    guard case .array(let pairs) = list else { throw Fault("\(place): give a list of [start, end]") }
    var intervals: [ClosedRange<Double>] = []
    for (number, pair) in pairs.enumerated() {
      guard case .array(let ends) = pair, ends.count == 2, let start = text(ends[0]), let end = text(ends[1]) else {
        throw Fault("\(place) \(number + 1) is no [start, end]")
      }
      intervals.append(try interval(start, end, "\(place) \(number + 1)"))
    }
    return intervals
  }

  /// The member with the series' name, or the only one whose name ends in it or that it ends in.
  private static func member(of members: [JSON.Member], series: String?) throws(Fault) -> JSON.Member {
    guard let series else {
      if members.count == 1 { return members[0] }
      throw Fault("has \(members.count) series: say which, \(some(members))")
    }
    if let same = members.first(where: { $0.name == series }) { return same }
    func end(_ name: String) -> Substring {
      let last = name.split(separator: "/").last ?? ""
      return last.hasSuffix(".csv") ? last.dropLast(4) : last
    }
    let alike = members.filter { end($0.name) == end(series) }
    if alike.count == 1 { return alike[0] }
    throw Fault(
      alike.isEmpty
        ? "has no series \(quotedName(series)): it has \(some(members))"
        : "has \(alike.count) series \(quotedName(series)): say which, \(some(alike))")
  }

  private static func some(_ members: [JSON.Member]) -> String {
    if members.isEmpty { return "none" }
    let names = members.prefix(3).map { quotedName($0.name) }.joined(separator: ", ")
    return members.count > 3 ? "\(names) and \(members.count - 3) more" : names
  }

  private static func text(_ value: JSON) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    default: nil
    }
  }

  private static func interval(_ start: String, _ end: String, _ place: String) throws(Fault) -> ClosedRange<Double> {
    guard let first = seconds(start) else { throw Fault("\(place): \(quotedName(start)) is no time") }
    guard let last = seconds(end) else { throw Fault("\(place): \(quotedName(end)) is no time") }
    guard first <= last else {
      throw Fault("\(place) ends before it starts: \(oneLine(start)) to \(oneLine(end))")
    }
    return first...last
  }

  private static func seconds(_ text: String) -> Double? {
    var text = text
    if let time = text.withUTF8({ TimeText.read(UnsafeRawBufferPointer($0)) }) { return time.seconds }
    guard let number = Double(text.filter { !$0.isWhitespace }), number.isFinite else { return nil }
    return number.magnitude >= 1e11 ? number / 1000 : number
  }
}
