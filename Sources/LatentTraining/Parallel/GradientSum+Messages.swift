/// Messages of whole processes.
extension GradientSum {
  /// Gives bytes to all processes, and returns those of all in their order. Called by all, as whatever exchanges something.
  public func gather(_ own: [UInt8]) -> [[UInt8]] {
    processes == 1 ? [own] : gather([own], over: ShardCut(shards: processes, processes: processes))
  }

  /// Gives the bytes of process 0 to all; what the others give is not used.
  public func broadcast(_ bytes: @autoclosure () -> [UInt8]) -> [UInt8] {
    processes == 1 ? bytes() : gather(isFirst ? bytes() : [])[0]
  }

  /// The first of the processes' texts that is not empty; nil where all are.
  func first(of own: String) -> String? {
    gather(Array(own.utf8)).first { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
  }
}
