import ArgumentParser
import LatentData
import LatentFiles

/// Why the program stops: one line for standard error, and an exit code.
package struct Failure: Error, Equatable {
  /// The exit code for an option or a variable that cannot be followed (`EX_USAGE` of sysexits.h).
  package static let usage: Int32 = 64

  package let message: String
  package let code: Int32

  package init(_ message: String, code: Int32 = 1) {
    self.message = message
    self.code = code
  }

  /// Runs a command's work; what it throws is printed as one line and becomes the exit code.
  package static func reporting(_ work: () throws -> Void) throws {
    do {
      try work()
      if Console.isOutputLost { throw Failure("standard output can't be written: not all of it has arrived") }
    } catch let code as ExitCode {
      throw code  // everything is said already
    } catch {
      let failure = error as? Failure ?? Failure("\(error)")
      // Names of files may have anything in them.
      Console.error("Error: \(oneLine(failure.message))")
      throw ExitCode(failure.code)
    }
  }
}
