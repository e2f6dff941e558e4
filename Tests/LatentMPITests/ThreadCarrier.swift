import LatentMPI
import TestSupport

/// One of several threads that stand for processes.
struct ThreadCarrier: Carrier {
  let processes: Int
  let process: Int
  let mail: Mail

  func exchange(_ outgoing: [Outgoing], _ incoming: [Incoming], as purpose: String) {
    for message in outgoing { mail.send(Array(message.bytes), from: process, to: message.process) }
    for place in incoming {
      let message = mail.receive(from: place.process, to: process)
      precondition(message.count == place.bytes.count, "\(message.count) bytes for a place of \(place.bytes.count)")
      place.bytes.copyBytes(from: message)
    }
  }

  /// What each of so many processes makes of its part, on threads of their own.
  static func run<Result: Sendable>(
    _ processes: Int, _ body: @escaping @Sendable (ThreadCarrier) -> Result
  ) -> (results: [Result], mail: Mail) {
    Mail.run(processes: processes) { body(ThreadCarrier(processes: processes, process: $0, mail: $1)) }
  }
}
