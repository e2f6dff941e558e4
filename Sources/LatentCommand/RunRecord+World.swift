import LatentMPI
import LatentRun

extension RunRecord.MachineRecord {
  /// Takes down the processes that a run is made by.
  package mutating func add(_ world: World) {
    guard world.processes > 1 else { return }
    (ranks, hosts) = (world.processes, Set(world.hosts).count)
  }
}
