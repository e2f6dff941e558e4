import Foundation
import Testing

@testable import LatentMPI

/// What processes tell each other when they meet.
@Suite struct PeerTests {
  /// A peer with some things changed.
  private func peer(program: String = "Latent 1", architecture: String = "x86_64", build: String = "aa") throws -> Peer
  {
    var fields = try #require(
      JSONSerialization.jsonObject(with: JSONEncoder().encode(Peer(program: program))) as? [String: Any])
    (fields["architecture"], fields["build"]) = (architecture, build)
    return try JSONDecoder().decode(Peer.self, from: JSONSerialization.data(withJSONObject: fields))
  }

  @Test func theSameProgramWorksTogether() throws {
    #expect(try peer().difference(from: peer()) == nil)
    let own = Peer(program: "Latent 1", isOneOfSeveral: true)
    #expect(own.difference(from: Peer(program: "Latent 1", isOneOfSeveral: true)) == nil)
  }

  @Test func anotherVersionIsNamed() throws {
    let text = try #require(try peer(program: "Latent 2").difference(from: peer()))
    #expect(text.contains("Latent 2") && text.contains("Latent 1"))
  }

  @Test func anotherBuildOfTheSameVersionIsNamed() throws {
    let text = try #require(try peer(build: "bb").difference(from: peer()))
    #expect(text.contains("another build") && text.contains("bb") && text.contains("aa"))
  }

  @Test func programsOfOtherProcessorsAreOtherFiles() throws {
    #expect(try peer(architecture: "aarch64", build: "bb").difference(from: peer()) == nil)
  }

  /// Where /proc has no such file.
  @Test func anUnknownBuildIsNoOther() throws {
    #expect(try peer(build: "").difference(from: peer()) == nil)
    #expect(try peer().difference(from: peer(build: "")) == nil)
  }

  #if os(Linux)
    @Test func theChecksumIsThatOfTheProgramsFile() throws {
      let own = Peer(program: "", isOneOfSeveral: true)
      #expect(own.build.count == 16 && own.build.allSatisfy(\.isHexDigit))
      // Only those who are compared read the whole file.
      #expect(Peer(program: "").build == "")
    }
  #endif

  @Test func aProcessIsItsOwnNeighbourAndThere() {
    let own = Peer(program: "")
    #expect(own.isNeighbour(of: own) && !own.isGone)
  }
}
