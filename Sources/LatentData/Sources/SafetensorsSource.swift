import Latent
import LatentFiles

/// The path of a safetensors file: one of its tensors, by name.
///
/// The tensor is the one that `reading.array` names, or the only one, or `x`. Its shape says what the examples are, as in
/// ``NumPySource``; a tensor `y` or `labels` of whole numbers has their labels.
public struct SafetensorsSource: ExampleSource {
  public static let usage = "a .safetensors file"
  private let file: String

  /// A path with such an ending that is no folder's.
  public init?(_ text: String) {
    guard text.lowercased().hasSuffix(".safetensors"), FileKind(path: text) != .folder else { return nil }
    file = text
  }

  public var description: String { file }

  public var path: String? { file }

  public func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> AnyDataset {
    let (values, labels, name): (StoredArray, [Int64]?, String)
    do throws(FileError) {
      let tensors = try SafetensorsFile(contentsOf: file)
      let names = tensors.tensors.map(\.name)
      guard let found = reading.array ?? (names.count == 1 ? names[0] : names.first { $0 == "x" }),
        names.contains(found)
      else {
        let known = names.prefix(10).map { quotedName($0) }.joined(separator: ", ") + (names.count > 10 ? ", ..." : "")
        throw FileError(
          file: file,
          reason: names.isEmpty
            ? "has no tensors"
            : (reading.array.map { "has no tensor \(quotedName($0))" } ?? "has several tensors: name one")
              + "; it has \(known)")
      }
      name = found
      values = try tensors.array(name)
      let labelled = ["y", "labels"].first { $0 != found && names.contains($0) }
      labels = try labelled.map { label throws(FileError) in
        guard let numbers = try tensors.array(label).integers else {
          throw FileError(file: file, reason: "has labels \(quotedName(label)) that are no whole numbers")
        }
        return numbers
      }
    } catch { throw .anotherFormat(path: file, help: error.reason) }
    return AnyDataset(
      try ArrayExamples(file: file, reading).examples(values, labels: labels, from: name))
  }
}
