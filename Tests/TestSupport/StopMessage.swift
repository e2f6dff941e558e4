import CTestSupport

/// What stops the process says, for many cases in one exit test: each runs in a copy of the exit test's process, which
/// takes a millisecond, where an exit test of its own takes thirty.
///
///     await #expect(processExitsWith: .success) {
///       for case in cases { expectStop("+: an operand belongs to another tape") { ... } }
///     }
///
/// - Parameters:
///   - expected: what the standard error must contain
///   - name: what is said of the case, on standard error, before the process ends with a failure
public func expectStop(_ expected: String, _ name: String, _ body: () -> Void) {
  let (hasStopped, message) = stopMessage(body)
  guard hasStopped, message.contains(expected) else {
    fatalError("\(name): \(hasStopped ? "stopped with '\(message)'" : "did not stop"), not with '\(expected)'")
  }
}

/// Whether `body` stops the process, and what is on its standard error then. To be called in an exit test only, before
/// anything started a thread.
public func stopMessage(_ body: () -> Void) -> (hasStopped: Bool, message: String) {
  withoutActuallyEscaping(body) { body in
    let box = Box(body)
    var text = [CChar](repeating: 0, count: 4096)
    let status = ctest_run_copy(
      { Unmanaged<Box>.fromOpaque($0).takeUnretainedValue().body() }, Unmanaged.passUnretained(box).toOpaque(), &text,
      text.count)
    withExtendedLifetime(box) {}
    precondition(status >= 0, "the system makes no copy of the process")
    return (status == 1, String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
  }
}

private final class Box {
  let body: () -> Void
  init(_ body: @escaping () -> Void) { self.body = body }
}
