import LatentTraining

extension Processes {
  @TaskLocal private static var ofPart: (any GradientSum)?

  /// What the workers of commands are made with, so that all processes share what is computed of many examples.
  package static var sum: any GradientSum { ofPart ?? world }

  /// Whether this is the process that writes files and prints.
  package static var isFirst: Bool { sum.isFirst }

  /// Ends all processes where one has something else than the first. Called by all.
  ///
  /// - Parameters:
  ///   - fingerprint: of what all must have
  ///   - thing: what it is: `model`
  package static func compare(_ fingerprint: @autoclosure () -> String, of thing: String) {
    guard world.processes > 1 else { return }
    let all = world.gather(Array(fingerprint().utf8))
    guard let other = all.firstIndex(where: { $0 != all[0] }) else { return }
    if world.isFirst {
      world.end("rank \(other) on \(world.hosts[other]) has another \(thing) than rank 0", isNamed: true)
    }
    // Until the first has said so.
    world.barrier()
  }

  /// Runs a part of the program, on this thread, as one of other processes.
  package static func with<Result>(_ sum: any GradientSum, _ body: () throws -> Result) rethrows -> Result {
    try $ofPart.withValue(sum, operation: body)
  }
}
