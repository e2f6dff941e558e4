import Latent
import LatentData
import LatentFiles

/// The loop.
extension Trainer {
  /// What does not change during a run.
  struct Work<M: Module, D: TrainingData> {
    let training: D
    let validation: D?
    let key: RandomKey
    let layout: ParameterLayout
    /// Of an epoch.
    let steps: Int
    let settings: [String: String]
    let loss: DataParallel.Loss<M, D>
  }

  /// Chooses the number of shards for a model, where the trainer was given none.
  package func settleShards<M: Module, D: TrainingData>(
    for model: M, on training: D, resuming checkpoint: Checkpoint?, _ loss: DataParallel.Loss<M, D>
  ) {
    parallel.settle(
      batchSize: partSize, of: model, on: training, layout: ParameterLayout(of: model, groups: optimizer.groups),
      saved: checkpoint?.settings["shards"].flatMap { Int($0) }, again: true, loss: loss)
  }

  /// Examples that are computed together.
  private var partSize: Int { (batchSize + accumulating - 1) / accumulating }

  mutating func run<M: Module, D: TrainingData>(
    _ work: Work<M, D>, _ model: inout M, from checkpoint: Checkpoint?, epochs: Int, onEvent: (TrainingEvent) -> Void
  ) throws -> History {
    var progress = checkpoint?.progress ?? TrainingProgress()
    let (firstEpoch, firstStep) = (progress.epoch, progress.step)
    resumedAt = checkpoint.map { _ in (firstEpoch, firstStep) }
    tell(
      .started(
        trainingExamples: work.training.count, validationExamples: work.validation?.count ?? 0,
        stepsPerEpoch: work.steps), &model, onEvent)
    while progress.epoch <= epochs && stopReason == nil {
      let (lastGood, lastOptimizer, lastAverage) = (model, now.optimizer, now.weightAverage)
      do {
        try runEpoch(work, &model, &progress, onEvent: onEvent)
      } catch {
        (model, now.optimizer, now.weightAverage) = (lastGood, lastOptimizer, lastAverage)
        end(&model)
        throw error
      }
    }
    if let stopReason {
      // An epoch's end has a checkpoint already.
      if progress.step > 0 { writeCheckpoint(progress, model, work.settings, onEvent) }
      onEvent(.stopped(reason: stopReason))
    } else if checkpoints?.everySteps != nil && firstEpoch <= epochs {
      writeCheckpoint(progress, model, work.settings, onEvent)
    }
    end(&model)
    return progress.history
  }

  /// The rest of an epoch, or what there is of it until a callback wants to stop.
  private mutating func runEpoch<M: Module, D: TrainingData>(
    _ work: Work<M, D>, _ model: inout M, _ progress: inout TrainingProgress, onEvent: (TrainingEvent) -> Void
  ) throws {
    let (start, epoch) = (monotonicSeconds() - progress.seconds, progress.epoch)
    let order = work.key.child("shuffle").child(UInt64(epoch)).permutation(of: work.training.count)
    let noiseKey = work.key.child("noise").child(UInt64(epoch))
    let lane = profiler?.lane(0)
    lane.map { $0.mark($0.row("data and shuffle")) }
    while progress.step < work.steps {
      let begin = progress.step * batchSize
      let batch = order[begin..<min(begin + batchSize, order.count)]
      let next = order[batch.endIndex..<min(batch.endIndex + batchSize, order.count)]
      let (result, norm) = trainStep(work, &model, batch, before: next, noiseKey: noiseKey)
      progress.step += 1
      guard result.total.isFinite else {
        let layer = firstNonFinite(work, model, batch, noiseKey: noiseKey)
        throw TrainingError.nonFiniteLoss(epoch: epoch, step: progress.step, layer: layer)
      }
      progress.sums.add(result)
      progress.seconds = monotonicSeconds() - start
      tell(
        .stepFinished(
          StepRecord(
            epoch: epoch, step: progress.step, stepsPerEpoch: work.steps, batchLosses: result.losses,
            runningLosses: progress.sums.losses, gradientNorm: norm, examples: begin + batch.count,
            seconds: progress.seconds, learningRate: now.optimizer.learningRate)),
        &model, onEvent)
      if stopReason != nil { return }
      if let every = checkpoints?.everySteps, now.optimizer.step % every == 0 {
        writeCheckpoint(progress, model, work.settings, onEvent)
      }
    }
    // The last step's weights have met no loss yet.
    if let path = model.parameters.first(where: { !$0.value.storage.isFinite() })?.path {
      throw TrainingError.nonFiniteWeights(epoch: epoch, path: path)
    }
    let validationStart = monotonicSeconds()
    let validation = try validate(work, model, epoch: epoch, onEvent: onEvent)
    let measured = measure(work, model)
    let record = EpochRecord(
      epoch: epoch, training: progress.sums.losses, validation: validation, trainingSeconds: progress.seconds,
      validationSeconds: monotonicSeconds() - validationStart,
      examplesPerSecond: Double(work.training.count) / progress.seconds, learningRate: now.optimizer.learningRate,
      weightsDigest: WeightDigests.combined(WeightDigests.digests(of: model.tensors.map(\.value), pool: parallel.pool)),
      metrics: measured)
    try checkAgreement(on: record.weightsDigest, epoch: epoch)
    progress.finish(record)
    tell(.epochFinished(record), &model, onEvent)
    if checkpoints != nil, checkpoints?.everySteps == nil || stopReason != nil {
      writeCheckpoint(progress, model, work.settings, onEvent)
    }
  }

  /// The losses with the weights at an epoch's end; nil without anything to validate on.
  private func validate<M: Module, D: TrainingData>(
    _ work: Work<M, D>, _ model: M, epoch: Int, onEvent: (TrainingEvent) -> Void
  ) throws -> Losses? {
    guard let validation = work.validation else { return nil }
    onEvent(.validationStarted(epoch: epoch))
    let noiseKey = work.key.child("validation noise").child(UInt64(epoch))
    let sums = parallel.losses(
      of: model, on: validation, batchSize: partSize, noiseKey: noiseKey, step: now.optimizer.step,
      element: work.layout.element, loss: work.loss)
    guard sums.total.isFinite else {
      throw TrainingError.nonFiniteLoss(epoch: epoch, step: work.steps, layer: "the validation loss")
    }
    return sums.losses
  }

  /// One step: gradients of all parts and shards, their sum, clipped, the optimizer's update. Returns the batch's summed
  /// losses, and the norm of the gradients before they are clipped.
  private mutating func trainStep<M: Module, D: TrainingData>(
    _ work: Work<M, D>, _ model: inout M, _ batch: ArraySlice<Int>, before next: ArraySlice<Int>,
    noiseKey: RandomKey
  ) -> (losses: LossSums, gradientNorm: Double) {
    let parts = self.parts(of: batch)
    let following = parts.dropFirst() + self.parts(of: next).prefix(1)
    func part(_ place: Int) -> (sums: LossSums, gradients: Gradients) {
      parallel.gradients(
        of: model, on: work.training, parts[place], ofBatch: batch.count,
        before: place < following.count ? following[following.startIndex + place] : [], noiseKey: noiseKey,
        step: now.optimizer.step, layout: work.layout, loss: work.loss)
    }
    var (sums, gradients) = part(0)
    var updates = [(updates: gradients.bufferUpdates, examples: parts[0].count)]
    for place in parts.indices.dropFirst() {
      let more = part(place)
      sums.add(more.sums)
      gradients.flat.assign(.add, gradients.flat, more.gradients.flat)
      updates.append((more.gradients.bufferUpdates, parts[place].count))
    }
    gradients.bufferUpdates = [BufferUpdate](mergingShards: updates)
    guard sums.total.isFinite else { return (sums, .nan) }
    let pool = parallel.pool
    let norms = GradientNorms(gradients, groups: now.optimizer.groups, pool: pool)
    clipping?.clip(&gradients, pool: pool) { _ in norms }
    if let schedule { now.optimizer.learningRate = schedule(now.optimizer.step) }
    now.optimizer.update(&model, along: gradients, pool: pool)
    now.weightAverage?.update(with: model, pool: pool)
    return (sums, norms.global)
  }

  /// Cuts a batch into the parts that are computed one after the other.
  private func parts(of batch: ArraySlice<Int>) -> [ArraySlice<Int>] {
    batch.isEmpty ? [] : parallel.cut(batch, into: min(accumulating, batch.count))
  }

  /// Runs a batch once more to find the layer whose result is not finite.
  private func firstNonFinite<M: Module, D: TrainingData>(
    _ work: Work<M, D>, _ model: M, _ batch: ArraySlice<Int>, noiseKey: RandomKey
  ) -> String? {
    func pass(_ part: ArraySlice<Int>) -> Pass {
      Pass(isTraining: true, step: now.optimizer.step, key: noiseKey, examples: part.map(UInt64.init))
    }
    let context = BatchContext(noiseKey: noiseKey, element: work.layout.element)
    for part in parts(of: batch) {
      let tape = Tape(layout: work.layout, pass: pass(part), precision: precision, checksFinite: true)
      _ = work.loss(model, work.training.batch(part, in: context), tape)
      if let name = tape.firstNonFinite { return name }
    }
    return nil
  }

  /// Tells everybody, and does what the callbacks want.
  private mutating func tell<M: Module>(
    _ event: TrainingEvent, _ model: inout M, _ onEvent: (TrainingEvent) -> Void
  ) {
    onEvent(event)
    defer { if event.mayStop { agreeOnStop() } }
    guard !now.callbacks.isEmpty else { return }
    var run = callEach(model) { $0.hear(event, &$1) }
    now.optimizer.learningRate = run.learningRate
    stopReason = run.stopReason
    replaceWeights(of: &model, as: &run)
  }

  /// Several processes stop together, for the reason of the first that has one: a clock or a signal may be one's own.
  private mutating func agreeOnStop() {
    guard parallel.sum.processes > 1 else { return }
    let lane = profiler?.lane(0)
    lane.map { $0.mark($0.row(Profiler.unattributed)) }
    stopReason = parallel.sum.first(of: stopReason ?? "", as: "the reason to stop", lane)
  }

  /// All processes must have the same weights.
  private func checkAgreement(on digest: UInt64?, epoch: Int) throws(TrainingError) {
    let all = parallel.sum.gather(
      withUnsafeBytes(of: (digest ?? 0).littleEndian, Array.init), profiler?.lane(0))
    if let process = all.firstIndex(where: { $0 != all[0] }) {
      throw .processesDiffer(epoch: epoch, process: process)
    }
  }

  /// Lets the callbacks know that all is done, and that weights may be put back.
  private mutating func end(_ model: inout some Module) {
    guard !now.callbacks.isEmpty else { return }
    var run = callEach(model) { $0.end(&$1) }
    replaceWeights(of: &model, as: &run)
  }

  /// Calls each callback with the run as it is. The snapshot of the weights must be gone before the next step, which would
  /// copy them otherwise.
  private mutating func callEach(
    _ model: some Module, _ body: (inout any TrainingCallback, inout TrainingRun) -> Void
  ) -> TrainingRun {
    var run = TrainingRun(
      learningRate: now.optimizer.learningRate, resumedAt: resumedAt, metrics: metrics.flatMap(\.names),
      isFirst: parallel.sum.isFirst, pool: parallel.pool
    ) { model }
    for index in now.callbacks.indices { body(&now.callbacks[index], &run) }
    return run
  }

  private func replaceWeights(of model: inout some Module, as run: inout TrainingRun) {
    guard let tensors = run.replacement else { return }
    do { try model.load(tensors) } catch {
      fatalError("a callback's weights do not fit the model: \(error)")
    }
  }

  private func writeCheckpoint(
    _ progress: TrainingProgress, _ model: some Module, _ settings: [String: String],
    _ onEvent: (TrainingEvent) -> Void
  ) {
    guard let checkpoints, parallel.sum.isFirst else { return }
    do {
      onEvent(.checkpointWritten(path: try checkpoints.write(checkpoint(progress, model, settings: settings))))
    } catch {
      onEvent(.checkpointFailed(reason: error.description))
    }
  }
}
