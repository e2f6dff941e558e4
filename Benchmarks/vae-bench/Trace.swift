import Latent
import LatentData
import LatentFiles
import LatentReport

/// Every call as Chrome trace events (the Trace Event Format's complete events), which Perfetto and chrome://tracing show.
struct Trace {
  let json: String

  init(_ profile: Profile) {
    var lines = ["{\"displayTimeUnit\":\"ms\",\"traceEvents\":["]
    lines.reserveCapacity(profile.events.count + 8)
    for thread in profile.secondsByThread.indices {
      lines.append(
        "{\"ph\":\"M\",\"pid\":1,\"tid\":\(thread),\"name\":\"thread_name\",\"args\":{\"name\":\"worker \(thread)\"}},")
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
        "{\"ph\":\"X\",\"pid\":1,\"tid\":\(event.thread),\"ts\":\(Format.fixed(event.start * 1e6, 3)),"
          + "\"dur\":\(Format.fixed(event.seconds * 1e6, 3)),\"cat\":\"\(category)\",\"name\":\(names[event.row])},")
    }
    lines[lines.count - 1].removeLast()  // the comma
    lines.append("]}")
    json = lines.joined(separator: "\n") + "\n"
  }
}
