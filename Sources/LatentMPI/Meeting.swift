import Foundation
import Latent

/// How the processes that were started together have found each other.
struct Meeting: Sendable {
  let carrier: any Carrier
  /// By rank.
  let hosts: [String]
  let library: String?

  /// The one of this process; nil before.
  static let shared = Locked<Meeting?>(nil)

  /// - Throws: ``WorldError``
  init(program: String) throws(WorldError) {
    let own = Peer(program: "Latent \(LatentVersion.current)\(program.isEmpty ? "" : ", \(program)")")
    guard let launcher = Launcher.current else {
      (carrier, hosts, library) = (Alone(), [own.host], nil)
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
      if let other = peers.indices.first(where: { peers[$0].program != peers[0].program }) {
        Ending.end(
          "\(watch.name(of: other)) runs another program than rank 0: \(peers[other].program), not \(peers[0].program)",
          isNamed: true)
      }
      (carrier, hosts, library) = (link, peers.map(\.host), link.library)
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
