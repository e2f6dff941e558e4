import LatentKernels

/// Bytes of images that stay in a file, a part of which they are.
package final class PixelFile: Sendable {
  package let count: Int
  private let file: OpenFile
  /// Where the first of them is in the file.
  private let start: Int

  /// Bytes for one read where all are looked at.
  private static let piece = 1 << 20

  /// The `count` bytes from `start` on.
  ///
  /// - Throws: ``DataError`` where the file ends before
  init(_ file: OpenFile, start: Int, count: Int) throws(DataError) {
    (self.file, self.start, self.count) = (file, start, count)
    guard file.size >= start + count else {
      throw .tooShort(file: file.path, declared: start + count, found: file.size)
    }
  }

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

  /// The first so many of these bytes.
  ///
  /// - Throws: ``DataError`` where there are fewer
  func prefix(_ count: Int) throws(DataError) -> PixelFile { try PixelFile(file, start: start, count: count) }

  /// The same, all of which are read once and added to the hash.
  func prefix(_ count: Int, hash: inout SHA256) throws(DataError) -> PixelFile {
    try PixelFile(file, start: start, count: count, hash: &hash)
  }

  /// Reads images one after the other into `memory`. Neighbours in the file are read at once.
  ///
  /// - Parameters:
  ///   - indices: which
  ///   - size: bytes of an image
  ///   - memory: of indices.count · size bytes
  /// - Throws: ``DataError`` where the system refuses, or where the file has been written to since it was opened
  package func read(
    _ indices: some Collection<Int>, size: Int, into memory: UnsafeMutableRawBufferPointer
  ) throws(DataError) {
    require(
      indices.count * size == memory.count, "PixelFile: \(indices.count) images of \(size) into \(memory.count) bytes")
    prefetch(indices, size: size)
    var place = 0
    try forEachRun(indices) { run throws(DataError) in
      let bytes = bytes(of: run, size)
      let next = UnsafeMutableRawBufferPointer(rebasing: memory[place..<place + bytes.count])
      guard try file.read(at: bytes.lowerBound, into: next) == next.count else { throw .changed(file: file.path) }
      place += next.count
    }
    // Afterwards: a write before the last read has changed the file's time by now.
    try file.checkUnchanged()
  }

  /// The same where what is being computed has no way to go on without them: a file that can't be read any more, or has been
  /// written to, stops the process with one line. Checkpoints are as they were.
  package func readOrStop(
    _ indices: some Collection<Int>, size: Int, into memory: UnsafeMutableRawBufferPointer
  ) {
    do throws(DataError) { try read(indices, size: size, into: memory) } catch { Shortage.stop("\(error)") }
  }

  /// Has the system fetch images that are not in its cache, all of them at the same time.
  package func prefetch(_ indices: some Collection<Int>, size: Int) {
    forEachRun(indices) { file.prefetch(bytes(of: $0, size)) }
  }

  /// Where in the file images with these numbers are.
  private func bytes(of images: Range<Int>, _ size: Int) -> Range<Int> {
    require(
      images.lowerBound >= 0 && images.upperBound * size <= count,
      "PixelFile: images \(images) of \(size) bytes, from \(count) bytes")
    return start + images.lowerBound * size..<start + images.upperBound * size
  }

  /// Calls `body` with each run of numbers that follow each other.
  private func forEachRun<Failure: Error>(
    _ indices: some Collection<Int>, _ body: (Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    var run = 0..<0
    for index in indices {
      if index == run.upperBound && !run.isEmpty {
        run = run.lowerBound..<index + 1
      } else {
        if !run.isEmpty { try body(run) }
        run = index..<index + 1
      }
    }
    if !run.isEmpty { try body(run) }
  }
}
