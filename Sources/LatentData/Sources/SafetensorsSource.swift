import Latent
import LatentFiles

/// The path of a safetensors file: one of its tensors, by name.
///
/// The tensor is the one that `reading.array` names, or the only one, or `x`. Its shape says what the examples are, as in
/// ``NumPySource``; a tensor `y` or `labels` of whole numbers has their labels.
public struct SafetensorsSource: ExampleSource {
  public static let usage = "a .safetensors file"
  /// Whether the tensor's numbers are in memory or stay in the file.
  public var place = PixelPlace.bySize
  private let file: String

  /// A path with such an ending that is no folder's.
  public init?(_ text: String) {
    guard text.lowercased().hasSuffix(".safetensors"), FileKind(path: text) != .folder else { return nil }
    file = text
  }

  public var description: String { file }

  public var path: String? { file }

  public func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> AnyDataset {
    let examples = ArrayExamples(file: file, reading)
    if let index = SafetensorsIndex(path: file, place: place) {
      let (name, labels) = try chosen(from: index.tensors.map(\.name), reading.array, index.array)
      if let array = index.inFile(name), let found = try examples.examples(inFile: array, labels: labels, from: name) {
        return AnyDataset(found)
      }
    }
    let tensors = try refusing { () throws(FileError) in try SafetensorsFile(contentsOf: file) }
    let (name, labels) = try chosen(from: tensors.tensors.map(\.name), reading.array, tensors.array)
    let values = try refusing { () throws(FileError) in try tensors.array(name) }
    return AnyDataset(try examples.examples(values, labels: labels, from: name))
  }

  private func refusing<Result>(_ body: () throws(FileError) -> Result) throws(DataError) -> Result {
    do throws(FileError) { return try body() } catch { throw .anotherFormat(path: file, help: error.reason) }
  }

  /// The name of the tensor with the values, and the labels where there are any.
  private func chosen(
    from names: [String], _ given: String?, _ array: (String) throws(FileError) -> StoredArray
  ) throws(DataError) -> (name: String, labels: [Int64]?) {
    try refusing { () throws(FileError) in
      guard let found = given ?? (names.count == 1 ? names[0] : names.first { $0 == "x" }), names.contains(found) else {
        let known = names.prefix(10).map { quotedName($0) }.joined(separator: ", ") + (names.count > 10 ? ", ..." : "")
        throw FileError(
          file: file,
          reason: names.isEmpty
            ? "has no tensors"
            : (given.map { "has no tensor \(quotedName($0))" } ?? "has several tensors: name one") + "; it has \(known)"
        )
      }
      let labels = try ["y", "labels"].first { $0 != found && names.contains($0) }.map { label throws(FileError) in
        guard let numbers = try array(label).integers else {
          throw FileError(file: file, reason: "has labels \(quotedName(label)) that are no whole numbers")
        }
        return numbers
      }
      return (found, labels)
    }
  }
}
