import ArgumentParser
import LatentFiles
import LatentRun

/// Why the program stops: one line for standard error, and an exit code.
package struct Failure: Error, Equatable {
  /// The exit code for an option or a variable that cannot be followed (`EX_USAGE` of sysexits.h).
  package static let usage: Int32 = 64

  package let message: String
  package let code: Int32
  /// Whether all processes have found it, so that none is named.
  package let isOfAll: Bool

  package init(_ message: String, code: Int32 = 1, isOfAll: Bool = false) {
    self.message = message
    self.code = code
    self.isOfAll = isOfAll
  }

  /// Runs a command's work; what it throws is printed as one line and becomes the exit code.
  package static func reporting(_ work: () throws -> Void) throws {
    do {
      try work()
      if Console.isOutputLost { throw Failure("standard output can't be written: not all of it has arrived") }
    } catch let code as ExitCode {
      throw code  // everything is said already
    } catch {
      let failure = error as? Failure ?? (error as? RunError).map(Failure.init) ?? Failure("\(error)")
      let message = LibraryAdvice.withOptions(failure.message)
      if Processes.world.processes > 1 {
        Console.flush()
        Processes.world.end(message, isNamed: failure.isOfAll, code: failure.code)
      }
      // Names of files may have anything in them.
      Console.error("Error: \(oneLine(message))")
      throw ExitCode(failure.code)
    }
  }
}

extension Failure {
  /// What a run can't do, with the options that help.
  package init(_ error: RunError) {
    let advice =
      switch error.remedy {
      case .none: ""
      case .otherFolder: ": choose another one with --output"
      case .otherFolderOrReplacing(let isRun):
        ": choose another one with --output, or add --force to replace results"
          + (isRun ? "; --resume='\(error.folder)' resumes the run that is there" : "")
      case .starting: ": start the run, with --output \(error.folder)"
      case .replacing: "; --output \(error.folder) --force starts it again"
      case .naming: ": give its folder, --resume=FOLDER"
      }
    self.init(error.problem + advice)
  }
}
