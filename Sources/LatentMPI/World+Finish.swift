import Foundation
import Latent

#if MPI
  import CLatentMPI
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension World {
  /// Leaves the other processes, when all have come here: to be called at the end of a program. One that ends without it,
  /// with status 0, does the same; one that ends with another status ends all.
  public func finish() {
    #if MPI
      World.finish()
    #endif
  }

  #if MPI
    /// Seconds in which MPI ends, or is left.
    private static let mostSeconds: UInt32 = 20

    private static func finish() {
      guard let watch = Watch.current else { return }
      watch.sayDone()
      _ = watch.link.gather([], as: farewell)
      watch.stop()
      Thread.detachNewThread {
        sleep(mostSeconds)
        // All have done their work.
        if watch.link.process == 0 { Ending.end("all ranks are done, but MPI does not end") }
        Ending.leave(code: 1)
      }
      watch.link.finish()
    }

    /// Whatever ends the program, the others learn of it.
    static func finishAtExit() {
      latent_mpi_at_exit { status in
        if status == 0 { World.finish() }
        if Watch.current != nil { Ending.end("it has ended with exit status \(status)", code: status) }
      }
    }
  #endif
}
