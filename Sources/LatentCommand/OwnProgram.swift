import ArgumentParser
import Foundation

/// This program once more, as a process of its own.
package enum OwnProgram {
  /// Starts it.
  ///
  /// - Parameters:
  ///   - folder: its working folder; nil for this process's own
  ///   - output: where its standard output goes; nil for where this process's own goes
  package static func start(_ arguments: [String], in folder: URL? = nil, output: FileHandle? = nil) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    if !FileManager.default.isExecutableFile(atPath: process.executableURL!.path) {
      process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    }
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    if let output { process.standardOutput = output }
    try process.run()
    return process
  }
}

extension Process {
  /// Waits until the process has ended, or for so long. Where somebody wants this program to end, it ends the process first.
  ///
  /// - Throws: `ExitCode` after a signal
  package func wait(seconds: Double = .infinity) throws {
    let end = ContinuousClock.now + .seconds(min(seconds, 1e9))
    while isRunning && ContinuousClock.now < end {
      if Interrupt.happened {
        kill(processIdentifier, SIGKILL)
        waitUntilExit()
        throw ExitCode(Interrupt.exitCode)
      }
      usleep(1000)
    }
  }
}
