import Latent
import LatentFiles
import LatentKernels

/// How an array of a file becomes examples: [N, H, W] and [N, H, W, C] of unsigned bytes are images, which stay bytes; what is
/// no bytes is taken as it is: [N, D] are vectors, [N, T, D] series, [N, H, W, C] images in 0...1. With a window, [T] and [T, D]
/// are one series, and [N, T, D] of windows are examples as they are. NaN is a missing value.
struct ArrayExamples {
  let file: String
  /// How many are kept, and the rows of windows.
  let reading: Reading
  /// What people call the data.
  let name: String
  /// Where they are from.
  private let source: String

  /// - Parameters:
  ///   - file: of which errors speak
  ///   - name: the file's where left out
  ///   - source: "read from" the file where left out
  init(file: String, _ reading: Reading, name: String? = nil, source: String? = nil) {
    (self.file, self.reading) = (file, reading)
    (self.name, self.source) = (name ?? lastName(of: file), source ?? "read from \(quoted(file))")
  }

  /// The examples that an array's shape says: images, series or vectors.
  ///
  /// - Parameters:
  ///   - labels: of whole numbers, one for each example
  ///   - name: the array's name in its file
  func examples(
    _ array: StoredArray, labels: [Int64]?, from name: String?
  ) throws(DataError) -> any Dataset {
    func refuse(_ reason: String) -> DataError { .anotherFormat(path: file, help: reason) }
    let sizes = array.shape
    if cutsWindows(sizes, array.elementType) { return try windows(array, labels: labels, from: name) }
    guard (2...4).contains(sizes.count), array.count > 0 else {
      throw refuse("has an array of the shape \(sizes); give [N, D], [N, T, D], [N, H, W] or [N, H, W, C]")
    }
    try check(labels, for: sizes[0], "examples")
    if array.elementType == .uint8 && sizes.count > 2 {
      return images(sizes, labels: labels, from: name) { count, hash in
        let pixels = PixelMemory(count: count) { memory in _ = memory.initialize(from: array.bytes.prefix(count)) }
        hash.update(UnsafeRawBufferPointer(pixels.bytes))
        return .memory(pixels)
      }
    }
    let (count, kept, origin) = kept(of: sizes[0], labels, from: name)
    let shape = ExampleShape(rows: Array(sizes.dropFirst()))
    var (values, observed) = (array.tensor[rows: 0..<count], Tensor?.none)
    if !values.storage.isFinite() {
      let known = KnownValues(values.values, shape: values.shape, element: values.element)
      (values, observed) = (known.values, known.observed)
    }
    return TensorDataset(
      [values], shape: shape, observed: observed, labels: kept, name: self.name,
      provenance: "\(origin): \(count) \(count == 1 ? shape.singular : shape.plural) of \(shape)")
  }

  /// The same of an array that stays in its file; nil where it can't: windows need their rows, and what is wrong with the array
  /// is said of one in memory.
  func examples(
    inFile array: ArrayInFile, labels: [Int64]?, from name: String?
  ) throws(DataError) -> (any Dataset)? {
    let sizes = array.shape
    guard !cutsWindows(sizes, array.elementType), (2...4).contains(sizes.count), sizes.allSatisfy({ $0 > 0 }) else {
      return nil
    }
    try check(labels, for: sizes[0], "examples")
    if array.elementType == .uint8 && sizes.count > 2 {
      return try images(sizes, labels: labels, from: name) { count, hash throws(DataError) in
        try array.pixels(count: count, hash: &hash)
      }
    }
    let (count, kept, origin) = kept(of: sizes[0], labels, from: name)
    let shape = ExampleShape(rows: Array(sizes.dropFirst()))
    return FileDataset(
      try array.rows(count), array.elementType, isBigEndian: array.isBigEndian, shape: shape, labels: kept,
      name: self.name,
      provenance: "\(origin): \(count) \(count == 1 ? shape.singular : shape.plural) of \(shape), in the file")
  }

  /// Whether an array is a series that is to be cut. Series as long as a window are what a model of such series reads.
  private func cutsWindows(_ sizes: [Int], _ type: StoredElementType) -> Bool {
    let areCut = sizes.count == 3 && sizes[1] == reading.series.window && type != .uint8
    return reading.series.makesWindows && !areCut
  }

  /// Windows over one series, [T, D] or [T].
  private func windows(
    _ array: StoredArray, labels: [Int64]?, from name: String?
  ) throws(DataError) -> SeriesDataset {
    let sizes = array.shape
    guard (1...2).contains(sizes.count), array.count > 0 else {
      throw .anotherFormat(
        path: file, help: "has an array of the shape \(sizes), and windows are cut from [T] or [T, D]")
    }
    try check(labels, for: sizes[0], "rows")
    let series = Series(
      name: self.name, columns: (0..<(sizes.count == 1 ? 1 : sizes[1])).map { "feature \($0)" },
      values: array.tensor.values, labels: labels.map { $0.map { UInt8($0) } })
    return try SeriesDataset(
      reading: [series], reading, name: self.name,
      origin: origin(name))
  }

  private func check(_ labels: [Int64]?, for count: Int, _ what: String) throws(DataError) {
    guard let labels, labels.count != count || !labels.allSatisfy({ (0...255).contains($0) }) else { return }
    throw .anotherFormat(
      path: file, help: "has \(labels.count) labels for \(count) \(what); give one for each, from 0 to 255")
  }

  /// Where an array is from.
  private func origin(_ name: String?) -> String {
    source + (name.map { ", \(quoted($0))" } ?? "")
  }

  /// Images [N, H, W] or [N, H, W, C] of bytes.
  ///
  /// - Parameter store: as in ``ImageDataset``, of the first so many bytes
  func images<Failure: Error>(
    _ sizes: [Int], labels: [Int64]?, from name: String?,
    store: (_ count: Int, _ hash: inout SHA256) throws(Failure) -> PixelStorage
  ) throws(Failure) -> ImageDataset {
    let (count, kept, origin) = kept(of: sizes[0], labels, from: name)
    let bytes = sizes.dropFirst().reduce(count, *)
    return try ImageDataset(
      name: self.name, origin: origin, count: count, height: sizes[1], width: sizes[2],
      channels: sizes.count > 3 ? sizes[3] : 1, labels: kept
    ) { hash throws(Failure) in try store(bytes, &hash) }
  }

  /// How many examples are kept, their labels, and where they are from.
  private func kept(
    of all: Int, _ labels: [Int64]?, from name: String?
  ) -> (count: Int, labels: [UInt8]?, origin: String) {
    let count = min(reading.limit ?? .max, all)
    let origin = origin(name) + (count < all ? limitNote(count) : "")
    return (count, labels.map { $0.prefix(count).map { UInt8($0) } }, origin)
  }
}
