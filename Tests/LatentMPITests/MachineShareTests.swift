import Testing

@testable import LatentMPI

/// How processes share a machine's cores.
@Suite struct MachineShareTests {
  private func share(_ allowed: Int, of all: Int, threads: Int? = nil) -> MachineShare {
    MachineShare(allowed: allowed, all: all, threads: threads ?? allowed)
  }

  @Test(arguments: [(1, 8), (2, 4), (3, 2), (4, 2), (8, 1), (20, 1)])
  func processesThatMayRunAnywhereShare(count: Int, threads: Int) {
    let all = Array(repeating: share(8, of: 8), count: count)
    #expect(all[0].threads(among: all) == threads)
    #expect(MachineShare.notice(all, on: "node") == nil)
  }

  @Test func processesWithCoresOfTheirOwnKeepThem() {
    let all = [share(2, of: 8), share(6, of: 8)]
    #expect(all.map { $0.threads(among: all) } == [2, 6])
    #expect(MachineShare.notice(all, on: "node") == nil)
  }

  /// What Open MPI does with two ranks.
  @Test func processesThatAreBoundToFewCoresSaySo() {
    let all = [share(1, of: 16), share(1, of: 16)]
    #expect(all[0].threads(among: all) == 1)
    #expect(
      MachineShare.notice(all, on: "node")
        == "the 2 ranks on node are bound to 2 of its 16 cores: mpirun --bind-to none gives them all")
    #expect(MachineShare.notice([all[0]], on: "node")?.hasPrefix("the rank on node is bound to 1 of") == true)
  }

  /// A container that may use two processors' time of sixteen.
  @Test func aQuotaLimitsEachProcess() {
    let all = [share(16, of: 16, threads: 2)]
    #expect(all[0].threads(among: all) == 2)
  }

  @Test func aWorldKnowsTheThreadsOfAll() {
    let world = World(
      Place(process: 1, processes: 3), hosts: ["a", "a", "b"],
      shares: [share(4, of: 4), share(4, of: 4), share(1, of: 4)],
      library: nil)
    #expect(world.threadsOfAll == [2, 2, 1] && world.threads == 2)
    #expect(world.notices == ["the rank on b is bound to 1 of its 4 cores: mpirun --bind-to none gives them all"])
  }

  /// Nobody has asked for ranks.
  @Test func oneProcessSaysNothing() {
    let world = World(Place(process: 0, processes: 1), hosts: ["a"], shares: [share(1, of: 4)], library: nil)
    #expect(world.threads == 1 && world.notices.isEmpty)
  }

  private struct Place: Carrier {
    let process: Int
    let processes: Int
    func exchange(_ outgoing: [Outgoing], _ incoming: [Incoming], as purpose: String) { Issue.record("an exchange") }
  }
}

/// What a library says of itself, for people.
@Suite struct LibraryNameTests {
  @Test(arguments: [
    ("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022", "Open MPI 4.1.4"),
    ("MPICH Version:\t4.0.2", "MPICH 4.0.2"),
    ("Intel(R) MPI Library 2021.5 for Linux* OS", "Intel(R) MPI Library 2021.5 for Linux* OS"),
    ("", ""),
  ])
  func isShort(line: String, name: String) { #expect(Launcher.name(ofLibrary: line) == name) }
}
