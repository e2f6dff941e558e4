import Latent
import LatentKernels

/// The bytes of images, which every split of a data set shares: in memory, or in the file from which batches read their own.
package enum PixelStorage: Sendable {
  case memory(PixelMemory)
  case file(PixelFile)

  /// The number of bytes.
  package var count: Int {
    switch self {
    case .memory(let memory): memory.bytes.count
    case .file(let file): file.count
    }
  }

  /// Calls `body` with the bytes of some images: those in memory, or a copy of those in the file or not side by side.
  ///
  /// A file that can't be read any more, or has been written to, stops the process with one line.
  ///
  /// - Parameters:
  ///   - images: their numbers
  ///   - size: bytes of an image
  package func withBytes<Result, Failure: Error>(
    of images: StoredPlaces, size: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if case (.memory(let memory), .neighbours(let range)) = (self, images) {
      return try body(UnsafeBufferPointer(rebasing: memory.bytes[range.lowerBound * size..<range.upperBound * size]))
    }
    Shortage.checkArray(bytes: images.count * size)
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: images.count * size)
    defer { copy.deallocate() }
    let numbers = images.map { $0 }
    switch self {
    case .memory(let memory):
      for (place, number) in numbers.enumerated() {
        _ = UnsafeMutableBufferPointer(rebasing: copy[place * size..<(place + 1) * size]).update(
          fromContentsOf: memory.bytes[number * size..<(number + 1) * size])
      }
    case .file(let file):
      file.readOrStop(numbers, size: size, into: UnsafeMutableRawBufferPointer(copy))
    }
    return try body(UnsafeBufferPointer(copy))
  }

  /// The same of neighbours.
  package func withBytes<Result, Failure: Error>(
    of images: Range<Int>, size: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withBytes(of: .neighbours(images), size: size, body)
  }

  /// values[row, c] = byte c of image indices[row] · scale
  ///
  /// A file that can't be read any more, or has been written to, stops the process with one line: what is being computed
  /// has no way to go on, and checkpoints are as they were.
  ///
  /// - Parameters:
  ///   - indices: numbers of images
  ///   - size: bytes of an image
  ///   - values: [indices.count, size]
  ///   - workspace: for what is read from a file; nil takes it from the system
  package func gather(
    _ indices: ArraySlice<Int>, size: Int, scale: Double, into values: Storage, workspace: Workspace?
  ) {
    switch self {
    case .memory(let memory):
      values.gather(memory.bytes, images: indices, columns: size, scale: scale)
    case .file(let file):
      let count = indices.count * size
      let word = ElementType.float32
      let copy = Storage(count: (count + word.size - 1) / word.size, element: word, workspace: workspace)
      copy.withUnsafeMutableBytes { memory in
        let bytes = UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
        file.readOrStop(indices, size: size, into: bytes)
        values.gather(
          UnsafeBufferPointer(bytes.bindMemory(to: UInt8.self)), images: 0..<indices.count, columns: size, scale: scale)
      }
    }
  }
}
