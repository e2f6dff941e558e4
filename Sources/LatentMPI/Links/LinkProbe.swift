import Latent

/// One end of a link that is measured. Both ends do the same at the same time; the first decides how often.
struct LinkProbe {
  let carrier: any Carrier
  let other: Int

  private var leads: Bool { carrier.process < other }

  /// Seconds of a small message, one way.
  var latency: Double {
    let turns = samples(bytes: 8) { exchange in
      if leads { exchange.send() }
      exchange.receive()
      if !leads { exchange.send() }
    }
    return median(turns) / 2
  }

  /// Seconds of each further small message.
  var secondsPerMessage: Double {
    let several = 32
    let one = median(samples(bytes: 8, together))
    return max(0, median(samples(bytes: 8, messages: several, together)) - one) / Double(several - 1)
  }

  /// Bytes a second each way, while both send.
  func rate(at bytes: Int) -> LinkFigures.Rate {
    LinkFigures.Rate(bytes: bytes, bytesPerSecond: Double(bytes) / median(samples(bytes: bytes, together)))
  }

  /// Of at least 4 exchanges, and of as many as go into a fifth of a second.
  private func samples(
    bytes: Int, messages: Int = 1, _ exchange: (Exchange) -> Void
  ) -> [Double] {
    var outgoing = [UInt8](repeating: 0, count: bytes * messages)
    var incoming = outgoing
    var samples: [Double] = []
    let begin = monotonicSeconds()
    outgoing.withUnsafeMutableBytes { outgoing in
      incoming.withUnsafeMutableBytes { incoming in
        var goesOn = true
        while goesOn {
          let count = samples.count + 1
          outgoing[0] = count < 6 || (count < 500 && monotonicSeconds() - begin < 0.2) ? 1 : 0
          let start = monotonicSeconds()
          exchange(Exchange(carrier: carrier, other: other, bytes: bytes, outgoing: outgoing, incoming: incoming))
          samples.append(monotonicSeconds() - start)
          goesOn = (leads ? outgoing : incoming)[0] == 1
        }
      }
    }
    // The first ones make connections.
    return Array(samples.dropFirst(2))
  }

  private func together(_ exchange: Exchange) { exchange.together() }

}

/// Messages of a probe, which all have the same length.
private struct Exchange {
  let carrier: any Carrier
  let other: Int
  let bytes: Int
  let outgoing: UnsafeMutableRawBufferPointer
  let incoming: UnsafeMutableRawBufferPointer

  func send() { carrier.exchange(sent, [], as: "a measurement") }
  func receive() { carrier.exchange([], received, as: "a measurement") }
  func together() { carrier.exchange(sent, received, as: "a measurement") }

  private var sent: [Outgoing] {
    parts(of: outgoing).map { Outgoing(process: other, bytes: UnsafeRawBufferPointer($0)) }
  }
  private var received: [Incoming] { parts(of: incoming).map { Incoming(process: other, bytes: $0) } }

  private func parts(of whole: UnsafeMutableRawBufferPointer) -> [UnsafeMutableRawBufferPointer] {
    stride(from: 0, to: whole.count, by: bytes).map { UnsafeMutableRawBufferPointer(rebasing: whole[$0..<$0 + bytes]) }
  }
}

/// The upper one of the two in the middle, where the number of values is even.
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
