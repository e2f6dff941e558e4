import LatentTraining

extension Processes {
  @TaskLocal private static var ofPart: (any GradientSum)?

  /// What the workers of commands are made with, so that all processes share what is computed of many examples.
  package static var sum: any GradientSum { ofPart ?? world }

  /// Whether this is the process that writes files and prints.
  package static var isFirst: Bool { sum.isFirst }

  /// - Parameters:
  ///   - fingerprint: of what all must have
  ///   - thing: what it is: `model`
  /// - Throws: ``Failure``, in all processes, where one has another than the first
  package static func compare(_ fingerprint: @autoclosure () -> String, of thing: String) throws(Failure) {
    guard world.processes > 1 else { return }
    let all = world.gather(Array(fingerprint().utf8))
    guard let other = all.firstIndex(where: { $0 != all[0] }) else { return }
    throw Failure("rank \(other) on \(world.hosts[other]) has another \(thing) than rank 0", isOfAll: true)
  }

  /// Runs a part of the program, on this thread, as one of other processes.
  package static func with<Result>(_ sum: any GradientSum, _ body: () throws -> Result) rethrows -> Result {
    try $ofPart.withValue(sum, operation: body)
  }
}
