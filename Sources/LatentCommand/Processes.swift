import ArgumentParser
import Foundation
import Latent
import LatentData
import LatentFiles
import LatentMPI
import LatentRun
import LatentTraining

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The processes that a program was started as, by `mpirun` or `srun`: ranks. The first prints and writes; the others are
/// silent, and what goes wrong in any of them ends all with one line.
package enum Processes {
  /// All of them; one, where nobody has started more.
  package static var world: World { joined.withLock { $0 } ?? .alone }
  private static let joined = Locked<World?>(nil)

  /// Meets the others. To be called before anything is printed.
  package static func join(_ program: String) {
    World.setFarewell { line in
      Interrupt.beforeExit?()
      Console.error("Error: \(oneLine(line))")
    }
    World.setInterrupted { Interrupt.happened }
    do {
      let world = try World(program: program)
      joined.withLock { $0 = world }
      if world.isFirst { return }
      Console.isSilent = true
      // Whatever prints without asking anybody.
      let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
      if nowhere >= 0 { dup2(nowhere, STDOUT_FILENO) }
    } catch {
      // One line for all of them.
      if Launcher.current?.place?.rank ?? 0 == 0 { Console.error("Error: \(error)") }
      exit(1)
    }
  }

  /// Runs a program's command; every process comes here with the same command line.
  package static func run(_ program: (some ParsableCommand).Type, _ arguments: [String]) -> Never {
    do {
      var command = try program.parseAsRoot(arguments)
      try command.run()
      world.finish()
      exit(0)
    } catch {
      // Of what concerns the command line, every process has found the same. A launcher that sees one of them end sends the
      // others signals.
      if world.processes == 1 { program.exit(withError: error) }
      Interrupt.ignore()
      let (code, text) = (program.exitCode(for: error), program.fullMessage(for: error))
      // Said before any of them ends: the launcher may then wait for nobody.
      if world.isFirst && !text.isEmpty { code.isSuccess ? Console.print(text) : Console.error(text) }
      world.finish()
      exit(code.rawValue)
    }
  }

  /// The exit status of work that a signal may have ended: 0, or 128 and the signal that one of the processes was sent. Called
  /// by all.
  ///
  /// - Parameter isInterrupted: whether this process has ended its work before it was done
  package static func exitCode(isInterrupted: Bool) -> Int32 {
    let own = isInterrupted ? (Interrupt.happened ? Interrupt.exitCode : 128) : 0
    return Int32(world.gather([UInt8(truncatingIfNeeded: own)]).compactMap(\.first).max() ?? 0)
  }

  /// - Throws: ``Failure``, in all processes, where one of them would have no shard of a batch
  package static func checkShards(_ settings: RunSettings) throws(Failure) {
    let (shards, ranks) = (min(settings.training.shards, settings.training.partSize), world.processes)
    guard ranks > shards else { return }
    throw Failure(
      "\(ranks) ranks, but a batch is cut into \(shards) shards: start at most \(shards) ranks, or cut into more with "
        + "--shards \(ranks), which gives other last bits", code: Failure.usage, isOfAll: true)
  }

  /// - Throws: ``Failure``, in all processes, where one has other data than the first
  package static func compare(_ data: some Dataset) throws(Failure) {
    guard world.processes > 1 else { return }
    let own = DataFingerprint(data)
    let all = world.gather(Array((try? JSONEncoder().encode(own)) ?? Data())).map {
      try? JSONDecoder().decode(DataFingerprint.self, from: Data($0))
    }
    guard let other = all.firstIndex(where: { $0 != all[0] }) else { return }
    let difference = all[other].flatMap { $0.difference(from: all[0] ?? own) } ?? "no fingerprint of this program's"
    throw Failure(
      "rank \(other) on \(world.hosts[other]) has other data than rank 0: \(difference)", isOfAll: true)
  }
}
