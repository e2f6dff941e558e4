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

  /// Has OpenBLAS compute on the thread that asks. Call once, before training.
  public static func useOneThread() { openblas_set_num_threads(1) }

  /// The same where nobody has called it: with more threads, the last bits would depend on how many there are. Also makes
  /// OpenBLAS take its memory. It takes it in pieces of 128 MB, most of which are never touched, and where the system
  /// refuses one it asks again for ever: ``Shortage`` tells instead.
  static let useOneThreadOnce: Void = {
    useOneThread()
    #if os(Linux)
      // Functions that OpenBLAS's own kernels call. Where a version hides them, it is asked for nothing.
      typealias Allocate = @convention(c) (Int32) -> UnsafeMutableRawPointer?
      typealias Free = @convention(c) (UnsafeMutableRawPointer) -> Void
      guard let allocate = dlsym(nil, "blas_memory_alloc"), let free = dlsym(nil, "blas_memory_free") else { return }
      let (take, giveBack) = (unsafeBitCast(allocate, to: Allocate.self), unsafeBitCast(free, to: Free.self))
      Shortage.checkMemory(for: bufferBytes, "for linear algebra")
      if let buffer = take(0) { giveBack(buffer) }
    #endif
  }()

  private static let bufferBytes = 128 << 20
}
