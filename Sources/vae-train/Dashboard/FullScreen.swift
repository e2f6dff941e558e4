import LatentCommand
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The alternate screen of a terminal while a run has it, and the way back from it: at the end, at `exit`, and where a
/// signal stops or ends the process, Ctrl-Z and a failed precondition among them.
///
/// What the process writes to standard error meanwhile would be gone with the screen: it is kept in a file without a name,
/// and printed when the screen is left.
enum FullScreen {
  // All that a signal handler may look at.
  private static let terminal = Atomic<Int32>(-1)
  private static let realErrors = Atomic<Int32>(-1)
  private static let keptErrors = Atomic<Int32>(-1)
  private static let wasStopped = Atomic<Bool>(false)
  // Written before a handler that reads it is there.
  nonisolated(unsafe) private static let earlier = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

  private static let entry: StaticString = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J"
  private static let exit: StaticString = "\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l"
  /// The others that end a process are ``Interrupt``'s.
  private static let deadly = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP]
  private static let handled = deadly + [SIGTSTP]

  /// Whether the screen is to be drawn again, because the process was stopped in between; asked once.
  static var mustRedraw: Bool { wasStopped.exchange(false, ordering: .relaxed) }

  /// Takes the terminal.
  static func enter(_ file: Int32) {
    keepErrors()
    terminal.store(file, ordering: .relaxed)
    Interrupt.beforeExit = { FullScreen.leave() }
    for number in handled { sigaction(number, nil, earlier + Int(number)) }
    for number in deadly { handle(number) { FullScreen.die($0) } }
    handle(SIGTSTP) { FullScreen.stop($0) }
    atexit { FullScreen.leave() }
    put(entry, file)
  }

  /// Gives the terminal back as it was; nothing where that has been done.
  static func leave() {
    let file = terminal.exchange(-1, ordering: .relaxed)
    guard file >= 0 else { return }
    put(exit, file)
    printErrors()
    for number in handled { sigaction(number, earlier + Int(number), nil) }
  }

  /// A deadly signal: the terminal first, then what would have happened without us.
  private static func die(_ number: Int32) {
    leave()
    raise(number)
  }

  /// Ctrl-Z: the shell gets its screen, and we come back to ours.
  private static func stop(_ number: Int32) {
    let file = terminal.load(ordering: .relaxed)
    guard file >= 0 else { return }
    let error = errno
    put(exit, file)
    signal(number, SIG_DFL)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    raise(number)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    // The process continues from here.
    handle(number) { FullScreen.stop($0) }
    put(entry, file)
    wasStopped.store(true, ordering: .relaxed)
    errno = error
  }

  /// What a parent wants to be ignored, as nohup does, stays so.
  private static func handle(_ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    if !Interrupt.isIgnored(number) { signal(number, handler) }
  }

  private static func keepErrors() {
    guard isatty(STDERR_FILENO) == 1 else { return }
    var name = Array("/tmp/vae-train-XXXXXX\0".utf8).map { CChar(bitPattern: $0) }
    let file = mkstemp(&name)
    guard file >= 0 else { return }
    unlink(name)
    let real = dup(STDERR_FILENO)
    guard real >= 0, dup2(file, STDERR_FILENO) >= 0 else { return }
    for descriptor in [file, real] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    keptErrors.store(file, ordering: .relaxed)
    realErrors.store(real, ordering: .relaxed)
  }

  private static func printErrors() {
    let (file, real) = (keptErrors.exchange(-1, ordering: .relaxed), realErrors.exchange(-1, ordering: .relaxed))
    guard file >= 0, real >= 0 else { return }
    dup2(real, STDERR_FILENO)
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
      var place = off_t(0)
      while true {
        let count = pread(file, buffer.baseAddress!, buffer.count, place)
        guard count > 0, write(STDERR_FILENO, buffer.baseAddress!, count) == count else { return }
        place += off_t(count)
      }
    }
  }

  private static func put(_ text: StaticString, _ file: Int32) {
    _ = write(file, text.utf8Start, text.utf8CodeUnitCount)
  }
}
