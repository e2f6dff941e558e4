import Latent

/// What a shard has found.
struct ShardResult: Sendable {
  var sums = LossSums()
  /// Nil in an evaluation.
  var gradients: Gradients?
  /// The next values of the model's buffers.
  var updates: [BufferUpdate] = []
  /// Whether its loss asked for something of the whole batch and did not get it.
  var asksForBatch = false
}

extension [ShardResult] {
  /// The sum, in the shards' order.
  func sum() -> LossSums { reduce(into: LossSums()) { $0.add($1.sums) } }
}

/// A place for each task's result, written by whichever worker has it.
final class ShardResults: @unchecked Sendable {
  private let places: UnsafeMutableBufferPointer<ShardResult>

  init(count: Int) {
    places = .allocate(capacity: count)
    places.initialize(repeating: ShardResult())
  }

  deinit {
    places.deinitialize()
    places.deallocate()
  }

  subscript(index: Int) -> ShardResult {
    get { places[index] }
    set { places[index] = newValue }
  }

  /// Those of this process, in the tasks' order.
  var all: [ShardResult] { Array(places) }
}

extension GradientSum {
  /// What all shards have found, those of other processes too; gradients are of this process's only.
  ///
  /// - Parameter lane: of the thread that calls it, where it is profiled
  func gather(_ own: [ShardResult], over cut: ShardCut, _ lane: ProfileLane?) -> [ShardResult] {
    if processes == 1 { return own }
    lane.map { $0.mark($0.row(Profiler.unattributed)) }
    defer { lane.map { $0.mark($0.row(Profiler.communication)) } }
    let messages = own.map { result in
      var message = ShardMessage(as: "losses")
      result.sums.write(to: &message)
      result.asksForBatch.write(to: &message)
      for update in result.updates { message.append(update.value.storage) }
      return message
    }
    return gather(messages, over: cut, lane).enumerated().map { shard, message in
      var message = message
      var result = ShardResult()
      result.sums = LossSums(from: &message)
      result.asksForBatch = Bool(from: &message)
      result.updates = own[0].updates.map { update in
        var update = update
        update.value = Tensor(message.storage(update.value.element), shape: update.value.shape)
        return update
      }
      if cut[process].contains(shard) { result.gradients = own[shard - cut[process].lowerBound].gradients }
      return result
    }
  }

  /// What all shards have found of one thing.
  ///
  /// - Parameter lane: of the thread that calls it, where it is profiled
  func gather(_ own: [ShardFinding], over cut: ShardCut, _ lane: ProfileLane?) -> [ShardFinding] {
    defer { lane.map { $0.mark($0.row(Profiler.communication)) } }
    let messages = own.map { finding in
      var message = ShardMessage(as: "statistics")
      message.append(finding.name)
      finding.count.write(to: &message)
      message.append(finding.values)
      return message
    }
    return gather(messages, over: cut, lane).map { message in
      var message = message
      let (name, count) = (message.text(), Int(from: &message))
      return ShardFinding(name: name, values: message.storage(own[0].values.element), count: count)
    }
  }
}
