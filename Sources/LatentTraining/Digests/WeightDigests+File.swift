import Latent
import LatentData
import LatentFiles

/// The table: `epoch,step,encoder.lstm.kernel,…` and then a line for each step, eight hexadecimal digits for each tensor.
/// Programs such as `diff` find where two of them part, too.
extension WeightDigests {
  /// Reads a table that a ``DigestFile`` wrote. A last line that was not finished, as a run that is killed leaves it, does
  /// not count.
  ///
  /// - Throws: ``LatentFiles/FileError``
  public init(contentsOf path: String) throws(FileError) {
    try self.init(bytes: AtomicFile.read(path), name: path)
  }

  /// Reads a table that is in memory already.
  public init(bytes: [UInt8], name: String = "digests") throws(FileError) {
    func wrong(_ reason: String) -> FileError { FileError(file: name, reason: reason) }
    let newline = UInt8(ascii: "\n")
    var rest = bytes[...]
    guard let head = CSVText.takeLine(&rest), head.isFinished, head.cells.starts(with: Self.head) else {
      throw wrong("is no table of digests")
    }
    paths = Array(head.cells.dropFirst(Self.head.count))
    rows = []
    var (start, line) = (rest.startIndex, 2)
    while let end = bytes[start...].firstIndex(of: newline) {
      guard let row = Row(bytes[start..<end], count: paths.count), rows.last?.isBefore(row) ?? true else {
        throw wrong("line \(line) is damaged")
      }
      rows.append(row)
      (start, line) = (end + 1, line + 1)
    }
  }

  private static let head = ["epoch", "step"]

  /// The first line.
  var headLine: String { CSVText.line(Self.head + paths) + "\n" }

  /// The table.
  public var csv: String { headLine + rows.map(\.line).joined() }
}

extension WeightDigests.Row {
  /// Reads a line, without its end.
  fileprivate init?(_ line: ArraySlice<UInt8>, count: Int) {
    var position = line.startIndex
    let comma = UInt8(ascii: ",")
    func number() -> Int? {
      var value = 0
      let start = position
      while position < line.endIndex, (48...57).contains(line[position]), value <= 1 << 40 {
        value = value * 10 + Int(line[position] - 48)
        position += 1
      }
      // As it is written, without zeros in front.
      return position > start && line[start] != 48 && value <= 1 << 40 ? value : nil
    }
    guard let epoch = number(), position < line.endIndex, line[position] == comma else { return nil }
    position += 1
    guard let step = number(), line.endIndex - position == 9 * count else { return nil }
    var digests: [UInt32] = []
    digests.reserveCapacity(count)
    while position < line.endIndex {
      guard line[position] == comma else { return nil }
      var value: UInt32 = 0
      for place in position + 1...position + 8 {
        guard let digit = line[place].hexadecimalDigit else { return nil }
        value = value << 4 | digit
      }
      digests.append(value)
      position += 9
    }
    self.init(epoch: epoch, step: step, digests: digests)
  }

  var line: String { "\(epoch),\(step)" + digests.map { "," + Hexadecimal.text($0) }.joined() + "\n" }
}
