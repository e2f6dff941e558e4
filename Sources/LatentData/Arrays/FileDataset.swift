import Latent
import LatentFiles
import LatentKernels

/// Examples as the rows of an array that stays in its file: a batch reads its own, so that a set may be larger than memory.
///
/// It has the numbers that a ``TensorDataset`` of the same array has. NaN is a missing value. Where the file can't be read any
/// more or is written to, the process stops with one line.
public struct FileDataset: ScalableData {
  public let shape: ExampleShape
  public let name: String
  public let provenance: String
  public let labels: [UInt8]?
  public private(set) var scaling: Scaling?
  private let file: PixelFile
  private let elementType: StoredElementType
  private let isBigEndian: Bool
  private let places: StoredPlaces
  /// Of these examples, once somebody has asked: all of the file is read for it.
  private let checksum = Locked<String?>(nil)

  /// - Parameters:
  ///   - file: N rows
  ///   - elementType: of their numbers
  ///   - isBigEndian: whether the most significant byte of each comes first
  init(
    _ file: PixelFile, _ elementType: StoredElementType, isBigEndian: Bool, shape: ExampleShape, labels: [UInt8]?,
    name: String, provenance: String
  ) {
    (self.file, self.elementType, self.isBigEndian) = (file, elementType, isBigEndian)
    (self.shape, self.labels) = (shape, labels)
    (self.name, self.provenance) = (name, provenance)
    places = .neighbours(0..<file.count / (shape.count * elementType.byteCount))
  }

  private init(_ whole: FileDataset, _ some: StoredPlaces? = nil, scaling: Scaling? = nil) {
    (file, elementType, isBigEndian) = (whole.file, whole.elementType, whole.isBigEndian)
    shape = whole.shape
    (name, provenance) = (whole.name, whole.provenance)
    self.scaling = scaling ?? whole.scaling
    places = some.map { whole.places[$0] } ?? whole.places
    labels = whole.labels.map { labels in some.map { $0.map { labels[$0] } } ?? labels }
  }

  public var count: Int { places.count }
  public var elementsPerExample: Int { shape.count }
  public subscript(examples: Range<Int>) -> FileDataset { FileDataset(self, .neighbours(examples)) }
  public func chosen(_ indices: [Int]) -> AnyDataset { AnyDataset(FileDataset(self, .chosen(indices))) }

  public var sha256: String {
    checksum.withLock { found in
      let value = found ?? digest()
      found = value
      return value
    }
  }

  /// The rows with these numbers, in the model's element type.
  public func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> ExampleBatch {
    let (values, observed) = rows(indices, workspace: context.workspace)
    return ExampleBatch(
      values: values.converted(to: context.element), observed: observed?.converted(to: context.element),
      labels: labels.map { labels in indices.map { labels[$0] } }, streams: indices.map(UInt64.init),
      noiseKey: context.noiseKey)
  }

  public func prefetch(_ indices: ArraySlice<Int>) {
    file.prefetch(places.stored(indices), size: shape.count * elementType.byteCount)
  }

  /// Scaled rows, 0 where a number is missing, and what is there where one is.
  private func rows(_ indices: ArraySlice<Int>, workspace: Workspace?) -> (values: Tensor, observed: Tensor?) {
    let read = stored(indices, workspace: workspace)
    let values = scaling.map { $0.scaled(read, workspace: workspace) } ?? read
    if values.storage.isFinite() { return (values, nil) }
    let known = KnownValues(values.values, shape: values.shape, element: values.element)
    return (known.values, known.observed)
  }

  /// Rows as the file has them. All memory is the workspace's, where there is one: what a batch takes from the system and gives
  /// back leaves holes between what is kept, and a pass over a large set would grow by the set's size.
  private func stored(_ indices: ArraySlice<Int>, workspace: Workspace? = nil) -> Tensor {
    let values = Tensor(
      uninitialized: [indices.count] + shape.dimensions, element: elementType.tensorElement, workspace: workspace)
    let size = shape.count * elementType.byteCount
    func read(into bytes: UnsafeMutableRawBufferPointer) {
      file.readOrStop(places.stored(indices), size: size, into: bytes)
      if isBigEndian { elementType.swapBytes(bytes) }
    }
    if values.element.stored == elementType {
      values.storage.withUnsafeMutableBytes { read(into: $0) }
      return values
    }
    let (count, word) = (indices.count * size, ElementType.float32)
    let copy = Storage(count: (count + word.size - 1) / word.size, element: word, workspace: workspace)
    copy.withUnsafeMutableBytes { memory in
      let bytes = UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
      read(into: bytes)
      values.storage.assign(stored: UnsafeRawBufferPointer(bytes), of: elementType)
    }
    return values
  }
}

extension FileDataset {
  /// Rows that are read at once where all are looked at.
  private var piece: Int { max(1, (1 << 20) / shape.count) }

  private func forEachPiece(_ body: (Tensor) -> Void) {
    for start in stride(from: 0, to: count, by: piece) {
      body(stored(Array(start..<min(start + piece, count))[...]))
    }
  }

  public func columns() -> [[Double]] {
    var columns = [[Double]](repeating: [], count: shape.units)
    forEachPiece { rows in
      let values = rows.values
      for feature in columns.indices {
        for place in stride(from: feature, to: values.count, by: columns.count) {
          columns[feature].append(values[place])
        }
      }
    }
    return columns
  }

  /// Of all numbers, of which a piece is in memory at a time; a robust scaling needs all of them at once.
  public func fitted(_ kind: Scaling.Kind) -> Scaling {
    let features = shape.units
    switch kind {
    case .none: return Scaling(.none, columns: Array(repeating: [], count: features))
    case .robust: return Scaling(.robust, columns: columns())
    case .standard, .minmax:
      var figures = [FeatureFigures](repeating: FeatureFigures([]), count: features)
      forEachPiece { rows in
        let values = rows.values
        for feature in 0..<features {
          figures[feature].add(stride(from: feature, to: values.count, by: features).lazy.map { values[$0] })
        }
      }
      return Scaling(kind, figures: figures)
    }
  }

  public func scaled(by scaling: Scaling) -> FileDataset {
    require(self.scaling == nil, "FileDataset.scaled: it is scaled already")
    require(
      scaling.features == shape.units,
      "FileDataset.scaled: a scaling of \(scaling.features) features, examples of the shape \(shape)")
    return FileDataset(self, scaling: scaling)
  }
}
