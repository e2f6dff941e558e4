import Latent
import LatentFiles
import LatentKernels

/// The path of a NumPy file, `.npy` or `.npz`.
///
/// Unsigned bytes [N, H, W] or [N, H, W, C] are images, which stay bytes. Those of a large `.npy` file in C order stay in the
/// file (``LatentFiles/PixelPlace``); all others are in memory. What is no bytes is taken as it is, without scaling: [N, D]
/// are vectors, [N, T, D] series, [N, H, W, C] images in 0...1.
///
/// An archive holds `x` and, of whole numbers, the labels `y`; or, as Keras's `mnist.npz`, `x_train`, `y_train`, `x_test` and
/// `y_test`. One array alone may have any name. A file without a part for testing gives what it has for both.
public struct NumPySource: ExampleSource {
  public static let usage = "a .npy or .npz file"
  /// Whether the pixels of a `.npy` file are in memory or stay in the file.
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
    if let images = try imagesInFile(reading.limit) { return AnyDataset(images) }
    let found: (values: StoredArray, labels: [Int64]?, name: String?)
    do { found = try arrays(part) } catch {
      throw .anotherFormat(path: file, help: error.reason)
    }
    return AnyDataset(try examples(found.values, labels: found.labels, from: found.name, reading.limit))
  }

  /// The images that stay in their file; nil where the examples are others.
  private func imagesInFile(_ limit: Int?) throws(DataError) -> ImageDataset? {
    guard file.lowercased().hasSuffix(".npy"), let pixels = NPYPixels(path: file, place: place),
      (3...4).contains(pixels.shape.count), pixels.shape.allSatisfy({ $0 > 0 })
    else { return nil }
    return try images(pixels.shape, labels: nil, from: nil, limit) { count, hash throws(DataError) in
      try pixels.storage(count: count, hash: &hash)
    }
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
    if array.elementType == .uint8 && sizes.count > 2 {
      return images(sizes, labels: labels, from: name, limit) { count, hash in
        let pixels = PixelMemory(count: count) { memory in _ = memory.initialize(from: array.bytes.prefix(count)) }
        hash.update(UnsafeRawBufferPointer(pixels.bytes))
        return .memory(pixels)
      }
    }
    let (count, kept, origin) = kept(of: sizes[0], labels, from: name, limit)
    let shape = ExampleShape(rows: Array(sizes.dropFirst()))
    return TensorDataset(
      [array.tensor[rows: 0..<count]], shape: shape, labels: kept, name: lastName(of: file),
      provenance: "\(origin): \(count) \(count == 1 ? shape.singular : shape.plural) of \(shape)")
  }

  /// Images [N, H, W] or [N, H, W, C] of bytes.
  ///
  /// - Parameter store: as in ``ImageDataset``, of the first so many bytes
  private func images<Failure: Error>(
    _ sizes: [Int], labels: [Int64]?, from name: String?, _ limit: Int?,
    store: (_ count: Int, _ hash: inout SHA256) throws(Failure) -> PixelStorage
  ) throws(Failure) -> ImageDataset {
    let (count, kept, origin) = kept(of: sizes[0], labels, from: name, limit)
    let bytes = sizes.dropFirst().reduce(count, *)
    return try ImageDataset(
      name: lastName(of: file), origin: origin, count: count, height: sizes[1], width: sizes[2],
      channels: sizes.count > 3 ? sizes[3] : 1, labels: kept
    ) { hash throws(Failure) in try store(bytes, &hash) }
  }

  /// How many examples are kept, their labels, and where they are from.
  private func kept(
    of all: Int, _ labels: [Int64]?, from name: String?, _ limit: Int?
  ) -> (count: Int, labels: [UInt8]?, origin: String) {
    let count = min(limit ?? .max, all)
    let origin =
      "read from \(quoted(file))" + (name.map { ", \(quoted($0))" } ?? "") + (count < all ? limitNote(count) : "")
    return (count, labels.map { $0.prefix(count).map { UInt8($0) } }, origin)
  }
}
