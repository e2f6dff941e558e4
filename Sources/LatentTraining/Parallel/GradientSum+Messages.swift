import Latent

/// Messages of whole processes.
extension GradientSum {
  /// Gives bytes to all processes, and returns those of all in their order. Called by all, as whatever exchanges something.
  public func gather(_ own: [UInt8]) -> [[UInt8]] { gather(own, nil) }

  func gather(_ own: [UInt8], _ lane: ProfileLane?) -> [[UInt8]] {
    processes == 1 ? [own] : gather([own], over: ShardCut(shards: processes, processes: processes), lane)
  }

  /// The same as without a lane. On the lane, the time until all have come here is one of waiting, and the rest one of
  /// communication; all processes have a lane, or none has.
  func gather(_ found: [[UInt8]], over cut: ShardCut, _ lane: ProfileLane?) -> [[UInt8]] {
    guard let lane, processes > 1 else { return gather(found, over: cut) }
    lane.mark(lane.row(Profiler.communication))
    _ = gather(found.map { _ in [] }, over: cut)
    lane.mark(lane.row(Profiler.waitingForRanks))
    let all = gather(found, over: cut)
    lane.mark(lane.row(Profiler.communication))
    return all
  }

  /// Gives the bytes of process 0 to all; what the others give is not used.
  public func broadcast(_ bytes: @autoclosure () -> [UInt8]) -> [UInt8] {
    processes == 1 ? bytes() : gather(isFirst ? bytes() : [])[0]
  }

  /// The first of the processes' texts that is not empty; nil where all are.
  ///
  /// - Parameter name: what they are about
  func first(of own: String, as name: String, _ lane: ProfileLane? = nil) -> String? {
    var message = ShardMessage(as: name)
    message.append(own)
    return gather(message.bytes, lane).lazy.map { bytes in
      var message = ShardMessage(bytes, as: name)
      return message.text()
    }.first { !$0.isEmpty }
  }

  /// The first process's value, in all of them.
  ///
  /// - Parameter name: what it is about
  func ofFirst<Value: Gatherable>(_ own: Value, as name: String, _ lane: ProfileLane? = nil) -> Value {
    guard processes > 1 else { return own }
    var message = ShardMessage(as: name)
    own.write(to: &message)
    var first = ShardMessage(gather(message.bytes, lane)[0], as: name)
    return Value(from: &first)
  }
}
