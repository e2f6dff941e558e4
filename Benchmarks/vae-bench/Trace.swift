import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentMPI
import LatentReport

/// Every call as Chrome trace events (the Trace Event Format's complete events), which Perfetto and chrome://tracing show.
///
/// Each rank is a process there. Their clocks begin with what they have measured, which all begin together.
struct Trace {
  /// The events of this process, each with a comma after it.
  private let events: String

  init(_ profile: Profile) {
    let world = Processes.world
    let process = world.process + 1
    var lines: [String] = []
    lines.reserveCapacity(profile.events.count + 8)
    if world.processes > 1 {
      let name = JSONText.quoted("rank \(world.process) on \(world.host)")
      lines.append("{\"ph\":\"M\",\"pid\":\(process),\"name\":\"process_name\",\"args\":{\"name\":\(name)}},")
    }
    for thread in profile.secondsByThread.indices {
      lines.append(
        "{\"ph\":\"M\",\"pid\":\(process),\"tid\":\(thread),\"name\":\"thread_name\",\"args\":{\"name\":\"worker \(thread)\"}},"
      )
    }
    let names = profile.rows.map { JSONText.quoted($0.name) }
    for event in profile.events {
      let category =
        switch event.pass {
        case .forward: "forward"
        case .backward: "backward"
        case .other: "step"
        }
      lines.append(
        "{\"ph\":\"X\",\"pid\":\(process),\"tid\":\(event.thread),\"ts\":\(Format.fixed(event.start * 1e6, 3)),"
          + "\"dur\":\(Format.fixed(event.seconds * 1e6, 3)),\"cat\":\"\(category)\",\"name\":\(names[event.row])},")
    }
    events = lines.joined(separator: "\n") + "\n"
  }

  /// The file, with the events of all processes, each of which calls it.
  func json(over world: World) -> String {
    let all = world.gather(Array(events.utf8)).reduce(into: "") { $0 += String(decoding: $1, as: UTF8.self) }
    return "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n" + all.dropLast(2) + "\n]}\n"
  }
}
