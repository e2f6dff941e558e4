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

/// What libraries advise in words of their own, in those of the program's options.
package enum LibraryAdvice {
  /// Parts of messages, and what the program says in their places; of two that begin alike, the longer one is first.
  package static let options: [(library: String, program: String)] = [
    ("then read that with SafetensorsFile", "then import that with --format torch"),
    ("then read that with NPZFile, by Keras's names", "then import that with --format keras"),
    ("then read that with NPZFile", "then import that with --format npz"),
    (
      "vae-train imports a folder of encoder.onnx and decoder.onnx",
      "import the folder of encoder.onnx and decoder.onnx with --format onnx"
    ),
    ("read it with NPZFile", "import it with --format keras or npz, as its names are"),
    ("read it with SafetensorsFile", "give --format torch or safetensors, as its names are"),
    ("give a safetensors file", "give a safetensors file or a run's folder"),
    (
      "named as PyTorch's are, and not as a model's of Latent",
      "named as PyTorch's are: make a model file of it with vae-train import --format torch"
    ),
    (
      "named as Keras's are, and not as a model's of Latent",
      "named as Keras's are: make a model file of it with vae-train import --format keras"
    ),
    ("then name the array", "then say --array NAME"),
    (
      "IDX file, or a folder of tables, pictures or IDX files",
      "IDX file, a folder of tables, pictures or IDX files, fashion-mnist or synthetic"
    ),
    ("read it as bytes", "read it with --tokens bytes"),
    ("all are averaged to, such as ", "all are averaged to, such as --size "),
    (
      "give a window of 64 tokens, padded for lines cut after 64",
      "give --window 64, or --window 64 --pad for lines cut after 64"
    ),
    ("such as a window of 96", "such as --window 96"),
    ("give a smaller window, or pad it", "give a smaller --window, or --pad"),
    ("give a smaller window", "give a smaller --window"),
    ("let them split the series", "leave them with --gaps split"),
  ]

  /// A library's message as the program says it.
  package static func withOptions(_ message: String) -> String {
    var result = message
    for (library, program) in options {
      // Once: some program's words have the library's in them.
      guard let place = result.firstRange(of: library) else { continue }
      result.replaceSubrange(place, with: program)
    }
    return result
  }
}
