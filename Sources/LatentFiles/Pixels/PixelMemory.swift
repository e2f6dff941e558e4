import LatentKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bytes in memory that are written once and then shared by every split of a data set.
///
/// Not an Array, because an Array that grows copies itself and so needs twice the memory at its peak; the C library's
/// realloc moves pages instead of bytes.
package final class PixelMemory: @unchecked Sendable {  // nothing writes to it after its initializer
  package let bytes: UnsafeBufferPointer<UInt8>

  private init(owning memory: UnsafeMutableRawPointer, count: Int) {
    bytes = UnsafeBufferPointer(start: memory.assumingMemoryBound(to: UInt8.self), count: count)
  }

  deinit {
    free(UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }

  /// Storage of `count` bytes that `write` fills.
  package convenience init(count: Int, write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
    guard let memory = malloc(max(count, 1)) else { Shortage.stop("out of memory: no \(count) bytes for images") }
    self.init(owning: memory, count: count)
    write(UnsafeMutableBufferPointer(mutating: bytes))
  }

  /// Storage for the next `count` bytes of a file; they are added to the hash while they are in the cache.
  ///
  /// Memory grows with what the file proves to hold, not with what its header claims.
  convenience init(
    count: Int, from content: ContentReader, path: String, headerSize: Int, hash: inout SHA256
  ) throws(DataError) {
    let piece = 1 << 17
    var memory: UnsafeMutableRawPointer?
    var capacity = 0
    var filled = 0
    let work = LongWork("reading \(lastName(of: path))", total: count)
    while filled < count {
      if filled == capacity {
        capacity = min(count, max(8 * piece, 2 * capacity))
        guard let grown = realloc(memory, capacity) else {
          free(memory)
          throw .outOfMemory(file: path, bytes: count)
        }
        memory = grown
      }
      let wanted = UnsafeMutableRawBufferPointer(
        start: memory! + filled, count: min(piece, capacity - filled))
      do throws(DataError) {
        let read = try content.read(into: wanted)
        filled += read
        if read < wanted.count {
          if content.hasTrailingBytes { throw .gzipTrailingBytes(file: path) }
          throw .tooShort(file: path, declared: headerSize + count, found: headerSize + filled)
        }
      } catch {
        free(memory)
        throw error
      }
      hash.update(UnsafeRawBufferPointer(wanted))
      work.advance(to: filled)
    }
    self.init(owning: memory!, count: count)
  }
}
