#if MPI
  import Foundation
  import Latent
  import Synchronization

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #else
    import Darwin
  #endif

  /// Watches over the other processes from a thread of its own, so that none waits for one that will never answer: every
  /// process tells process 0 each second that it is alive, and process 0 tells every other one. A process that hears nothing
  /// for ``limit`` seconds, or sees one of its own machine gone, ends with a line.
  final class Watch: Sendable {
    /// Seconds of silence after which a process is lost.
    static let limit = 15.0
    /// And where the launcher has asked this one to end: it may have seen the other's end already, and waits for nobody.
    static let shortLimit = 4.0
    private static let beatSeconds = 1.0
    /// Between two looks: less than what launchers leave the others when one has ended.
    private static let lookMicroseconds: UInt32 = 50_000

    /// What a message says; more may follow it.
    enum Word: UInt8 {
      /// I am alive.
      case alive
      /// Everything is to end, for the reason that follows.
      case failed
      /// Everything ends, and all is said.
      case end
      /// I have finished my part.
      case done
    }

    static var current: Watch? { shared.withLock { $0 } }
    private static let shared = Locked<Watch?>(nil)

    private struct State {
      var heard: [Double]
      var done: [Double?]
      var beats: [Messages]
      var lastBeat = 0.0
    }

    let link: Link
    private let peers: [Peer]
    private let state: Locked<State>
    private let isStopped = Atomic<Bool>(false)
    private let hasEnded = Atomic<Bool>(false)

    /// Begins to watch.
    init(_ link: Link, peers: [Peer]) {
      (self.link, self.peers) = (link, peers)
      let now = monotonicSeconds()
      state = Locked(
        State(
          heard: peers.map { _ in now }, done: peers.map { _ in nil }, beats: peers.map { _ in Messages() }))
      Watch.shared.withLock { $0 = self }
      Thread.detachNewThread { [self] in
        Thread.current.name = Watch.threadName
        while !isStopped.load(ordering: .sequentiallyConsistent) {
          usleep(Watch.lookMicroseconds)
          look()
        }
        hasEnded.store(true, ordering: .sequentiallyConsistent)
      }
    }

    private static let threadName = "latent-watch"
    var isThisThread: Bool { Thread.current.name == Watch.threadName }

    /// "rank 1 on node7", for people.
    func name(of process: Int) -> String { "rank \(process) on \(peers[process].host)" }

    /// Ends where one of those that a process waits for has finished and will send nothing.
    func check(_ awaited: Set<Int>, for purpose: String) {
      let now = monotonicSeconds()
      let left = state.withLock { state in
        awaited.first { other in state.done[other].map { now - $0 > 2 } ?? false }
      }
      if let left, !isStopped.load(ordering: .relaxed), purpose != World.farewell {
        Ending.end(
          "\(name(of: link.process)) waits for \(purpose) of \(name(of: left)), which has ended its part: all must do the "
            + "same", isNamed: true)
      }
    }

    /// Tells the others that this process has finished its part.
    func sayDone() { sendToAll([Word.done.rawValue]) }

    /// Stops watching.
    func stop() {
      isStopped.store(true, ordering: .sequentiallyConsistent)
      while !hasEnded.load(ordering: .sequentiallyConsistent) { usleep(1000) }
      Watch.shared.withLock { $0 = nil }
    }

    /// Has the first process that is left say why all end: this one ends when that one answers. Returns where this one is
    /// the first, and is to say it.
    ///
    /// - Parameter lost: those that are known to be gone
    func letFirstSay(_ line: String, code: Int32, lost: Set<Int>) {
      let bytes = [Word.failed.rawValue, UInt8(truncatingIfNeeded: code)] + Array(line.utf8)
      for first in peers.indices.prefix(link.process) where !lost.contains(first) && !isGone(first) {
        let messages = Messages()
        link.send(bytes, to: first, messages)
        let deadline = monotonicSeconds() + Watch.answerSeconds
        while monotonicSeconds() < deadline, !isGone(first) {
          look(isEnding: true)
          usleep(5_000)
        }
      }
    }

    /// Seconds in which a process that is told that all end does so.
    private static let answerSeconds = 3.0

    /// Asks the others to end without a word.
    func endOthers(code: Int32) {
      sendToAll([Word.end.rawValue, UInt8(truncatingIfNeeded: code)])
      usleep(200_000)
    }

    /// Whether it is seen that another process has ended.
    private func isGone(_ other: Int) -> Bool {
      peers[other].isNeighbour(of: peers[link.process]) && peers[other].isGone
    }

    /// All processes of a machine.
    private func all(onMachineOf other: Int) -> Set<Int> {
      Set(peers.indices.filter { $0 == other || peers[$0].isNeighbour(of: peers[other]) })
    }

    private func sendToAll(_ bytes: [UInt8]) {
      let all = peers.indices.filter { $0 != link.process && !isGone($0) }.map { ($0, Messages()) }
      for (other, messages) in all { link.send(bytes, to: other, messages) }
      // One that does not take them is lost anyway.
      let deadline = monotonicSeconds() + 1
      while monotonicSeconds() < deadline, all.contains(where: { !link.haveArrived($0.1) }) { usleep(1000) }
    }

    private func look(isEnding: Bool = false) {
      while let (process, bytes) = link.received() { hear(bytes, from: process, isEnding) }
      if isEnding { return }
      let now = monotonicSeconds()
      // Process 0 watches all others, and they watch it.
      let watched = link.process == 0 ? Array(peers.indices.dropFirst()) : [0]
      let limit = World.isAskedToEnd.withLock { $0 }() ? Watch.shortLimit : Watch.limit
      let (isDue, lost) = state.withLock { state in
        let isDue = now - state.lastBeat >= Watch.beatSeconds
        if isDue { state.lastBeat = now }
        let lost = watched.first { state.done[$0] == nil && now - state.heard[$0] > limit }
        return (isDue, lost)
      }
      if isDue {
        for other in watched {
          let beat = state.withLock { $0.beats[other] }
          if link.haveArrived(beat) { link.send([Word.alive.rawValue], to: other, beat) }
        }
      }
      if let lost {
        Ending.end(
          "\(name(of: lost)) has not been heard of for \(Int(limit)) s: it is lost", isNamed: true,
          lost: all(onMachineOf: lost))
      }
      if let gone, state.withLock({ $0.done[gone] == nil }) {
        // What it has said before comes first.
        usleep(Watch.lookMicroseconds)
        while let (process, bytes) = link.received() { hear(bytes, from: process, false) }
        endIfGone()
      }
    }

    /// One of this machine that is seen to have ended.
    private var gone: Int? { peers.indices.first { $0 != link.process && isGone($0) } }

    /// Ends where one of this machine has ended that had not finished its part.
    func endIfGone() {
      guard let gone, state.withLock({ $0.done[gone] == nil }) else { return }
      Ending.end("\(name(of: gone)) has ended without a word (process \(peers[gone].id))", isNamed: true)
    }

    private func hear(_ bytes: [UInt8], from process: Int, _ isEnding: Bool) {
      let now = monotonicSeconds()
      state.withLock { $0.heard[process] = now }
      switch bytes.first.flatMap(Word.init) {
      case .done: state.withLock { $0.done[process] = now }
      case .end: Ending.leave(code: Int32(bytes.count > 1 ? bytes[1] : 1))
      case .failed where !isEnding:
        // By one that knows of none before this one.
        Ending.end(
          String(decoding: bytes.dropFirst(2), as: UTF8.self), isNamed: true, code: Int32(bytes[1]),
          lost: Set(0..<link.process))
      case .alive, .failed, nil: break
      }
    }
  }
#endif
