#if LIBFUZZER
  import Foundation
  import FuzzTargets

  // libFuzzer's own main calls these (https://llvm.org/docs/LibFuzzer.html).

  nonisolated(unsafe) private var target: FuzzTarget!

  @_cdecl("LLVMFuzzerInitialize")
  public func initialize(_ count: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer) -> CInt {
    do {
      if try FuzzCommand.perform(Array(CommandLine.arguments.dropFirst())) { exit(0) }
      target = try FuzzCommand.target(ProcessInfo.processInfo.environment["LATENT_FUZZ_TARGET"] ?? "")
    } catch { FuzzCommand.fail(error) }
    return 0
  }

  @_cdecl("LLVMFuzzerTestOneInput")
  public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  }
#endif
