import Foundation
import Latent

/// How the processes that were started together have found each other.
struct Meeting: Sendable {
  let carrier: any Carrier
  /// By rank.
  let peers: [Peer]
  let library: String?

  /// The one of this process; nil before.
  static let shared = Locked<Meeting?>(nil)

  /// - Throws: ``WorldError``
  init(program: String) throws(WorldError) {
    let launcher = Launcher.current
    let own = Peer(
      program: "Latent \(LatentVersion.current)\(program.isEmpty ? "" : ", \(program)")",
      isOneOfSeveral: launcher != nil)
    guard let launcher else {
      (carrier, peers, library) = (Alone(), [own], nil)
      return
    }
    #if MPI
      let link = try Link()
      if link.processes == 1, let size = launcher.place?.size {
        throw .mpi(
          "\(launcher.name) has started \(size) processes, but each finds itself alone: the program is built with another "
            + "MPI library (\(link.library))")
      }
      let greeting = Array(try! JSONEncoder().encode(own))
      let peers = link.gather(greeting, as: "greetings").map {
        (try? JSONDecoder().decode(Peer.self, from: Data($0))) ?? Peer(program: "an unknown one")
      }
      let watch = Watch(link, peers: peers)
      World.finishAtExit()
      for (rank, peer) in peers.enumerated() {
        guard let difference = peer.difference(from: peers[0]) else { continue }
        // All have found the same: the first says it.
        if link.process == 0 { Ending.end("\(watch.name(of: rank)) \(difference)", isNamed: true) }
        _ = link.gather([], as: "rank 0, which ends all")
      }
      (carrier, self.peers, library) = (link, peers, link.library)
    #else
      throw .builtWithoutMPI(launcher: launcher.name, processes: launcher.place?.size)
    #endif
  }
}

/// One process, which has nobody to talk to.
struct Alone: Carrier {
  var processes: Int { 1 }
  var process: Int { 0 }
  func exchange(_ outgoing: [Outgoing], _ incoming: [Incoming], as purpose: String) {}
}
