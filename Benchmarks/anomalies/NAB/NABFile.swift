import Foundation
import LatentCommand

/// A file of NAB's `data` folder: a time and a number in each line.
struct NABFile: Sendable {
  /// Its name below `data`: `realKnownCause/nyc_taxi.csv`
  let name: String
  /// As they stand in the file.
  let times: [String]
  /// As they stand in the file.
  let texts: [String]
  let values: [Double]

  /// All files that have labels, in the order of their names.
  static func all(in folder: String) throws -> [NABFile] {
    try labels(in: folder).keys.sorted().map { try NABFile($0, in: folder) }
  }

  private init(_ name: String, in folder: String) throws {
    self.name = name
    let path = "\(folder)/data/\(name)"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw Failure("\(path) can't be read") }
    var (times, texts, values) = ([String](), [String](), [Double]())
    for line in text.split(whereSeparator: \.isNewline).dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      guard cells.count == 2, let value = Double(cells[1]) else {
        throw Failure("\(path): '\(line)' is not a time and a number")
      }
      times.append(String(cells[0]))
      texts.append(String(cells[1]))
      values.append(value)
    }
    (self.times, self.texts, self.values) = (times, texts, values)
  }

  /// The rows that a detector may learn, which are not scored: NAB's probationary period, 15% of a file and at most 750.
  var learned: Int { min(values.count * 15 / 100, 750) }

  /// The first and the last time of each labelled window, by the names of the files.
  static func labels(in folder: String) throws -> [String: [[String]]] {
    let path = "\(folder)/labels/combined_windows.json"
    guard let bytes = FileManager.default.contents(atPath: path),
      let labels = try? JSONDecoder().decode([String: [[String]]].self, from: bytes)
    else { throw Failure("\(path) can't be read: give the folder of NAB, which has data and labels, with --nab") }
    return labels
  }

  /// Writes what NAB's scorer reads, `FOLDER/realKnownCause/latent_nyc_taxi.csv` for a detector `latent`.
  ///
  /// - Parameters:
  ///   - scores: from 0 to 1
  ///   - windows: those that are labelled
  func write(_ scores: [Double], windows: [[String]], to folder: String, detector: String) throws {
    let place = name.split(separator: "/")
    let directory = ([folder] + place.dropLast().map(String.init)).joined(separator: "/")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    // Labels have fractions of a second, times have not.
    let marked = windows.map { (String($0[0].prefix(19)), String($0[1].prefix(19))) }
    var text = "timestamp,value,anomaly_score,label\n"
    for row in values.indices {
      let isLabelled = marked.contains { $0.0 <= times[row] && times[row] <= $0.1 }
      text += "\(times[row]),\(texts[row]),\(scores[row]),\(isLabelled ? 1 : 0)\n"
    }
    try text.write(toFile: "\(directory)/\(detector)_\(place.last!)", atomically: true, encoding: .utf8)
  }
}
