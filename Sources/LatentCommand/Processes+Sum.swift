import LatentTraining

extension Processes {
  @TaskLocal private static var ofPart: (any GradientSum)?

  /// What the workers of commands are made with, so that all processes share what is computed of many examples.
  package static var sum: any GradientSum { ofPart ?? world }

  /// Whether this is the process that writes files and prints.
  package static var isFirst: Bool { sum.isFirst }

  /// Runs a part of the program, on this thread, as one of other processes.
  package static func with<Result>(_ sum: any GradientSum, _ body: () throws -> Result) rethrows -> Result {
    try $ofPart.withValue(sum, operation: body)
  }
}
