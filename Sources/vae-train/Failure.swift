import ArgumentParser

/// Why the program stops: one line for standard error, and an exit code.
struct Failure: Error, Equatable {
  /// The exit code for an option or a variable that cannot be followed (`EX_USAGE` of sysexits.h).
  static let usage: Int32 = 64

  let message: String
  let code: Int32

  init(_ message: String, code: Int32 = 1) {
    self.message = message
    self.code = code
  }

  /// Runs a command's work; what it throws is printed as one line and becomes the exit code.
  static func reporting(_ work: () throws -> Void) throws {
    do {
      try work()
    } catch {
      let failure = error as? Failure ?? Failure("\(error)")
      Console.error("Error: \(failure.message)")
      throw ExitCode(failure.code)
    }
  }
}
