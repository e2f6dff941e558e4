import Latent

#if MPI
  import CLatentMPI

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #else
    import Darwin
  #endif

  /// MPI, of which a process has one. Calls of it are made one at a time, by the thread that trains and by the watch.
  final class Link: Carrier {
    let process: Int
    let processes: Int
    /// One call at a time.
    private let turn = Locked<Void>(())

    /// Joins the other processes.
    init() throws(WorldError) {
      var (rank, size) = (Int32(0), Int32(1))
      let code = latent_mpi_start(&rank, &size)
      guard code == 0 else { throw .mpi(Link.text(of: code)) }
      (process, processes) = (Int(rank), Int(size))
    }

    /// The name and version of the MPI library.
    var library: String { Launcher.name(ofLibrary: Link.line { latent_mpi_library($0, $1) }) }

    func exchange(_ outgoing: [Outgoing], _ incoming: [Incoming], as purpose: String) {
      guard !outgoing.isEmpty || !incoming.isEmpty else { return }
      let messages = Messages()
      begin {
        for message in incoming where $0 == 0 {
          $0 = latent_mpi_receive(
            messages.handle, LATENT_MPI_DATA, message.bytes.baseAddress, message.bytes.count, Int32(message.process), 0)
        }
        for message in outgoing where $0 == 0 {
          $0 = latent_mpi_send(
            messages.handle, LATENT_MPI_DATA, message.bytes.baseAddress, message.bytes.count, Int32(message.process), 0)
        }
      }
      let awaited = Set(incoming.map(\.process))
      var (tests, start) = (0, 0.0)
      while !haveArrived(messages) {
        tests += 1
        if tests % 64 == 0 {
          if start == 0 { start = monotonicSeconds() }
          // Others of the machine may need the core more.
          if monotonicSeconds() - start > Link.eagerSeconds { usleep(50) }
          Watch.current?.check(awaited, for: purpose)
        } else {
          sched_yield()
        }
      }
    }

    /// How long a process that waits looks again and again before it sleeps in between.
    private static let eagerSeconds = 2e-3

    /// Messages of the watch, which nobody waits for.
    func send(_ bytes: [UInt8], to other: Int, _ messages: Messages) {
      messages.bytes = bytes
      begin { code in
        messages.bytes.withUnsafeBytes {
          code = latent_mpi_send(messages.handle, LATENT_MPI_WATCH, $0.baseAddress, $0.count, Int32(other), 0)
        }
      }
    }

    func haveArrived(_ messages: Messages) -> Bool {
      var all: Int32 = 0
      begin { $0 = latent_mpi_test(messages.handle, &all) }
      return all != 0
    }

    /// The next message of the watch that has come.
    func received() -> (process: Int, bytes: [UInt8])? {
      var (hasCome, source, count) = (Int32(0), Int32(0), 0)
      begin { $0 = latent_mpi_probe(LATENT_MPI_WATCH, -1, 0, &hasCome, &source, &count) }
      guard hasCome != 0 else { return nil }
      let messages = Messages()
      messages.bytes = [UInt8](repeating: 0, count: count)
      begin { code in
        messages.bytes.withUnsafeMutableBytes {
          code = latent_mpi_receive(messages.handle, LATENT_MPI_WATCH, $0.baseAddress, $0.count, source, 0)
        }
      }
      while !haveArrived(messages) {
        if Ending.hasBegun { return nil }
        sched_yield()
      }
      return (Int(source), messages.bytes)
    }

    /// Leaves the other processes, when all do.
    func finish() { begin { $0 = latent_mpi_finish() } }

    private func begin(_ body: (inout Int32) -> Void) {
      var code: Int32 = 0
      turn.withLock { _ in body(&code) }
      // While all end, some are gone already.
      if code == 0 || Ending.hasBegun { return }
      // Some libraries fail where a process is gone; the watch may know better which one it is, or learn it.
      Watch.current?.endIfGone()
      if !(Watch.current?.isThisThread ?? true) { usleep(UInt32(Watch.limit + 2) * 1_000_000) }
      Ending.end("MPI: \(Link.text(of: code))")
    }

    private static func text(of code: Int32) -> String { line { latent_mpi_error_text(code, $0, $1) } }

    private static func line(_ write: (UnsafeMutablePointer<CChar>, Int) -> Void) -> String {
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
        text[0] = 0
        write(text.baseAddress!, text.count)
        return String(cString: text.baseAddress!)
      }
    }
  }

  /// Messages under way, with the bytes of those that nobody else keeps.
  final class Messages: @unchecked Sendable {  // used by one thread at a time
    let handle = latent_mpi_messages_make()
    var bytes: [UInt8] = []

    deinit { latent_mpi_messages_free(handle) }
  }
#endif
