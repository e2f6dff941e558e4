import COpenBLAS

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The OpenBLAS that this process is linked with.
public enum BLAS {
  /// How OpenBLAS makes its own threads.
  public enum Threading: String, Sendable { case sequential, pthreads, openMP }

  /// For example `OpenBLAS 0.3.21`.
  public static let version: String = {
    let words = String(cString: openblas_get_config()).split(separator: " ")
    return words.count > 1 ? "\(words[0]) \(words[1])" : "OpenBLAS"
  }()

  /// The kernels that OpenBLAS chose for this processor, for example `SkylakeX`.
  public static let kernel = String(cString: openblas_get_corename())

  /// How OpenBLAS makes its own threads.
  public static let threading: Threading =
    switch openblas_get_parallel() {
    case 0: .sequential
    case 1: .pthreads
    default: .openMP
    }

  /// Each product runs on the thread that asks for it: the workers are the parallelism. Call once, before training.
  public static func useOneThread() { openblas_set_num_threads(1) }

  /// The same where nobody has called it: with more threads, the last bits would depend on how many there are.
  static let useOneThreadOnce: Void = {
    useOneThread()
    reserveBuffers(threads: 1)
  }()

  private static let reserved = Locked(0)

  /// Makes OpenBLAS take the memory that products on so many threads at a time need. It takes it in pieces of 128 MB, most
  /// of which are never touched, and where the system refuses one it asks again for ever: ``Shortage`` tells instead.
  static func reserveBuffers(threads: Int) {
    #if os(Linux)
      // Functions that OpenBLAS's own kernels call. Where a version hides them, it is asked for nothing.
      typealias Allocate = @convention(c) (Int32) -> UnsafeMutableRawPointer?
      typealias Free = @convention(c) (UnsafeMutableRawPointer) -> Void
      guard let allocate = dlsym(nil, "blas_memory_alloc"), let free = dlsym(nil, "blas_memory_free") else { return }
      let (take, giveBack) = (unsafeBitCast(allocate, to: Allocate.self), unsafeBitCast(free, to: Free.self))
      let count = min(threads, mostBuffers)
      reserved.withLock { reserved in
        guard count > reserved else { return }
        var buffers: [UnsafeMutableRawPointer] = []
        for index in 0..<count {
          if index >= reserved { Shortage.checkMemory(for: bufferBytes, "for matrix products on \(threads) threads") }
          if let buffer = take(0) { buffers.append(buffer) }
        }
        for buffer in buffers { giveBack(buffer) }
        reserved = count
      }
    #endif
  }

  private static let bufferBytes = 128 << 20
  /// OpenBLAS has places for a fixed number, as few as twice the cores that it was built for.
  private static let mostBuffers = 64
}
