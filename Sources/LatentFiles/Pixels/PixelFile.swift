import LatentKernels

/// Bytes of images that stay in a file, a part of which they are.
package final class PixelFile: Sendable {
  package let count: Int
  private let file: OpenFile
  /// Where the first of them is in the file.
  private let start: Int

  /// Bytes for one read where all are looked at.
  private static let piece = 1 << 20

  /// The `count` bytes from `start` on, all of which are read once and added to the hash.
  ///
  /// - Throws: ``DataError`` where the file ends before, or is written to at this time
  init(_ file: OpenFile, start: Int, count: Int, hash: inout SHA256) throws(DataError) {
    (self.file, self.start, self.count) = (file, start, count)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: min(max(count, 1), Self.piece), alignment: 64)
    defer { memory.deallocate() }
    let work = LongWork("reading \(lastName(of: file.path))", total: count)
    var done = 0
    while done < count {
      let next = UnsafeMutableRawBufferPointer(rebasing: memory[..<min(memory.count, count - done)])
      let read = try file.read(at: start + done, into: next)
      guard read == next.count else {
        throw .tooShort(file: file.path, declared: start + count, found: start + done + read)
      }
      hash.update(UnsafeRawBufferPointer(next))
      done += read
      work.advance(to: done)
    }
    try file.checkUnchanged()
  }

  /// Reads images one after the other into `memory`. Neighbours in the file are read at once.
  ///
  /// - Parameters:
  ///   - indices: which
  ///   - first: the number in the file of the image with the number 0
  ///   - size: bytes of an image
  ///   - memory: of indices.count · size bytes
  /// - Throws: ``DataError`` where the system refuses, or where the file has been written to since it was opened
  package func read(
    _ indices: some Collection<Int>, first: Int, size: Int, into memory: UnsafeMutableRawBufferPointer
  ) throws(DataError) {
    require(
      indices.count * size == memory.count, "PixelFile: \(indices.count) images of \(size) into \(memory.count) bytes")
    var (place, run) = (0, 0..<0)
    for index in indices {
      require(
        first + index >= 0 && (first + index + 1) * size <= count,
        "PixelFile: image \(first + index) of \(size) bytes, from \(count) bytes")
      if index == run.upperBound && !run.isEmpty {
        run = run.lowerBound..<index + 1
      } else {
        try read(run, first, size, &place, memory)
        run = index..<index + 1
      }
    }
    try read(run, first, size, &place, memory)
    // Afterwards: a write before the last read has changed the file's time by now.
    try file.checkUnchanged()
  }

  private func read(
    _ run: Range<Int>, _ first: Int, _ size: Int, _ place: inout Int, _ memory: UnsafeMutableRawBufferPointer
  ) throws(DataError) {
    let next = UnsafeMutableRawBufferPointer(rebasing: memory[place..<place + run.count * size])
    guard try file.read(at: start + (first + run.lowerBound) * size, into: next) == next.count else {
      throw .changed(file: file.path)
    }
    place += next.count
  }
}
