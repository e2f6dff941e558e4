import Foundation
import FuzzTargets

/// What `scripts/fuzz` asks for beside running a target.
///
///     fuzz-readers list                      the names of all targets
///     fuzz-readers seeds TARGET FOLDER       writes its sound inputs and its part of the corpus into a folder
///     fuzz-readers longest TARGET            the most bytes that its inputs may have
///     fuzz-readers words TARGET              the words of its format, as a dictionary of libFuzzer
///     fuzz-readers read TARGET FILE          reads one input, such as one that was found
enum FuzzCommand {
  /// Does what the arguments ask for; false where it is none of these.
  static func perform(_ arguments: [String]) throws -> Bool {
    switch (arguments.first, arguments.count) {
    case ("list", 1): print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
    case ("seeds", 3):
      let target = try target(arguments[1])
      let inputs = try target.seeds() + FuzzCorpus.files(of: target).map(\.bytes)
      for (number, input) in inputs.enumerated() {
        try Data(input).write(to: URL(fileURLWithPath: "\(arguments[2])/\(number)"))
      }
    case ("longest", 2): print(try target(arguments[1]).longest)
    case ("words", 2):
      for word in try target(arguments[1]).words {
        let digits = word.utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        print("\"\(digits.joined())\"")
      }
    case ("read", 3): try target(arguments[1]).run(Array(Data(contentsOf: URL(fileURLWithPath: arguments[2]))))
    default: return false
    }
    return true
  }

  static func target(_ name: String) throws -> FuzzTarget {
    guard let target = FuzzTarget.named(name) else { throw UnknownTarget(name: name) }
    return target
  }

  struct UnknownTarget: Error, CustomStringConvertible {
    let name: String
    var description: String {
      "no target '\(name)': there are \(FuzzTarget.all.map(\.name).joined(separator: ", "))"
    }
  }

  /// Ends the process with an error in one line.
  static func fail(_ error: Error) -> Never {
    FileHandle.standardError.write(Data("fuzz-readers: \(error)\n".utf8))
    exit(2)
  }
}
