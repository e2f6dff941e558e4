import Latent
import LatentFiles

/// The path of a NumPy file, `.npy` or `.npz`.
///
/// Unsigned bytes [N, H, W] or [N, H, W, C] are images, which stay bytes in memory. All else is taken as it is, without
/// scaling: [N, D] are vectors, [N, T, D] series, [N, H, W, C] images in 0...1.
///
/// An archive holds `x` and, of whole numbers, the labels `y`; or, as Keras's `mnist.npz`, `x_train`, `y_train`, `x_test` and
/// `y_test`. One array alone may have any name. A file without a part for testing gives what it has for both.
public struct NumPySource: ExampleSource {
  public static let usage = "a .npy or .npz file"
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

  public func load(_ part: DatasetPart, limit: Int?, seed: UInt64) throws(DataError) -> AnyDataset {
    let found: (values: StoredArray, labels: [Int64]?, name: String?)
    do { found = try arrays(part) } catch {
      throw .anotherFormat(path: file, help: error.reason)
    }
    return AnyDataset(try examples(found.values, labels: found.labels, from: found.name, limit))
  }

  /// The values of a part, their labels where there are any, and the array's name.
  private func arrays(
    _ part: DatasetPart
  ) throws(FileError) -> (values: StoredArray, labels: [Int64]?, name: String?) {
    guard file.lowercased().hasSuffix(".npz") else { return (try NPYFile(contentsOf: file).array, nil, nil) }
    let archive = try NPZFile(contentsOf: file)
    let ends = part == .test ? ["_test", "", "_train"] : ["_train", ""]
    let known = ends.first { archive.names.contains("x" + $0) }
    let name = known.map { "x" + $0 } ?? (archive.names.count == 1 ? archive.names[0] : "x")
    let labels = "y" + (known ?? "")
    return (
      try archive.array(name), archive.names.contains(labels) ? try archive.integers(labels) : nil, name
    )
  }

  private func examples(
    _ array: StoredArray, labels: [Int64]?, from name: String?, _ limit: Int?
  ) throws(DataError) -> any Dataset {
    func refuse(_ reason: String) -> DataError { .anotherFormat(path: file, help: reason) }
    let sizes = array.shape
    guard (2...4).contains(sizes.count), array.count > 0 else {
      throw refuse("has an array of the shape \(sizes); give [N, D], [N, T, D], [N, H, W] or [N, H, W, C]")
    }
    if let labels {
      guard labels.count == sizes[0], labels.allSatisfy({ (0...255).contains($0) }) else {
        throw refuse("has \(labels.count) labels for \(sizes[0]) examples; give one for each, from 0 to 255")
      }
    }
    let count = min(limit ?? .max, sizes[0])
    let kept = labels.map { $0.prefix(count).map { UInt8($0) } }
    let origin =
      "read from \(quoted(file))" + (name.map { ", \(quoted($0))" } ?? "")
      + (count < sizes[0] ? limitNote(count) : "")
    if array.elementType == .uint8 && sizes.count > 2 {
      let pixels = Array(array.bytes.prefix(array.count / sizes[0] * count))
      return ImageDataset(
        name: lastName(of: file), origin: origin, height: sizes[1], width: sizes[2],
        channels: sizes.count > 3 ? sizes[3] : 1,
        storage: PixelStorage(count: pixels.count) { memory in _ = memory.initialize(from: pixels) }, labels: kept)
    }
    let shape = ExampleShape(rows: Array(sizes.dropFirst()))
    return TensorDataset(
      [array.tensor[rows: 0..<count]], shape: shape, labels: kept, name: lastName(of: file),
      provenance: "\(origin): \(count) \(count == 1 ? shape.singular : shape.plural) of \(shape)")
  }
}
