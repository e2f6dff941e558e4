import Latent

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What a program needs before it can say anything else: a stack, file descriptors, memory. Where a limit of the shell or
/// of a batch system (`ulimit`) leaves too little, it ends with one line and exit status 1.
package enum ProgramStart {
  /// The first thing that `main` does.
  package static func prepare() {
    checkStack()
    // A file that grows over the limit (ulimit -f) is then an error of writing, as a full disk is.
    signal(SIGXFSZ, SIG_IGN)
    Shortage.end { message in
      if Processes.world.processes > 1 { Processes.world.end(message) }
      Interrupt.beforeExit?()
      Console.error("Error: \(message)")
      _exit(1)
    }
    Machine.returnLargeBlocks()
    checkDescriptors()
    Shortage.checkMemory(for: leastMemory, "to start")
  }

  /// Half of it would do for most runs.
  private static var leastStack: Int { 512 << 10 }
  /// The most that are open at the same time, with room for those that the libraries open.
  private static let leastDescriptors = 10
  /// For options, and what errors take to be said.
  private static let leastMemory = 16 << 20

  /// The stack grows up to the limit of now: a soft one is raised as far as it may be.
  private static func checkStack() {
    var limit = rlimit()
    guard getrlimit(stack, &limit) == 0, limit.rlim_cur < rlim_t(leastStack) else { return }
    limit.rlim_cur = min(rlim_t(8 << 20), limit.rlim_max)
    if limit.rlim_cur >= rlim_t(leastStack) && setrlimit(stack, &limit) == 0 { return }
    // Whatever makes a text of its parts takes more stack than there may be.
    let message: StaticString = "Error: the stack is too small (ulimit -s): 512 KiB are needed\n"
    _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
    _exit(1)
  }

  /// Opens as many as are needed: some may be taken by whoever started the program.
  private static func checkDescriptors() {
    var opened: [Int32] = []
    defer { for descriptor in opened { close(descriptor) } }
    while opened.count < leastDescriptors {
      let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
      if descriptor < 0 {
        guard errno == EMFILE || errno == ENFILE else { return }
        Shortage.stop(
          "only \(opened.count) more files can be opened (\(String(cString: strerror(errno))), ulimit -n): "
            + "\(leastDescriptors) are needed")
      }
      opened.append(descriptor)
    }
  }

  #if os(Linux)
    private static var stack: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_STACK.rawValue) }
  #else
    private static var stack: Int32 { RLIMIT_STACK }
  #endif
}
