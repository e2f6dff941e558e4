import Latent
import LatentFiles

/// The path of a NumPy file, `.npy` or `.npz`.
///
/// Unsigned bytes [N, H, W] or [N, H, W, C] are images, which stay bytes. What is no bytes is taken as it is, without scaling:
/// [N, D] are vectors, [N, T, D] series, [N, H, W, C] images in 0...1. A large `.npy` file in C order stays a file
/// (``LatentFiles/PixelPlace``), but for windows over one series; all others are in memory.
///
/// An archive holds `x` and, of whole numbers, the labels, `y` or `labels`; or, as Keras's `mnist.npz`, `x_train`, `y_train`,
/// `x_test` and `y_test`. One array beside the labels may have any name, and `reading.array` names one of several. A file
/// without a part for testing gives what it has for both.
public struct NumPySource: ExampleSource {
  public static let usage = "a .npy or .npz file"
  /// Whether the numbers of a `.npy` file are in memory or stay in the file.
  public var place = PixelPlace.bySize
  private let file: String

  /// A path with such an ending that is no folder's.
  public init?(_ text: String) {
    guard [".npy", ".npz"].contains(where: text.lowercased().hasSuffix), FileKind(path: text) != .folder else {
      return nil
    }
    file = text
  }

  public var description: String { file }

  public var path: String? { file }

  public func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> AnyDataset {
    if file.lowercased().hasSuffix(".npy"), let array = ArrayInFile(npy: file, place: place),
      let examples = try ArrayExamples(file: file, reading).examples(inFile: array, labels: nil, from: nil)
    {
      return AnyDataset(examples)
    }
    let found: (values: StoredArray, labels: [Int64]?, name: String?)
    do { found = try arrays(part, reading.array) } catch {
      throw .anotherFormat(path: file, help: error.reason)
    }
    return AnyDataset(
      try ArrayExamples(file: file, reading).examples(found.values, labels: found.labels, from: found.name)
    )
  }

  /// The values of a part, their labels where there are any, and the array's name.
  private func arrays(
    _ part: DatasetPart, _ given: String?
  ) throws(FileError) -> (values: StoredArray, labels: [Int64]?, name: String?) {
    guard file.lowercased().hasSuffix(".npz") else { return (try NPYFile(contentsOf: file).array, nil, nil) }
    let archive = try NPZFile(contentsOf: file)
    let ends = part == .test ? ["_test", "", "_train"] : ["_train", ""]
    let known = given == nil ? ends.first { archive.names.contains("x" + $0) } : nil
    let others = archive.names.filter { !["y", "labels"].contains($0) }
    let name = given ?? known.map { "x" + $0 } ?? (others.count == 1 ? others[0] : "x")
    let labels = ["y", "labels"].map { $0 + (known ?? "") }.first { $0 != name && archive.names.contains($0) }
    return (
      try archive.array(name), try labels.map { label throws(FileError) in try archive.integers(label) }, name
    )
  }
}
