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
    /// Of validation; nil for metrics alone.
    let validationLoss: DataParallel.Loss<M, D>?
    let step: Step<M, D>
  }

  /// What a step does.
  public typealias Step<M: Module, D: TrainingData> = (inout TrainingStep<M, D, O>) throws -> Void

  /// Examples that are computed together.
  var partSize: Int { (batchSize + accumulating - 1) / accumulating }

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
      let (lastGood, lastNow) = (model, now)
      do {
        try runEpoch(work, &model, &progress, onEvent: onEvent)
      } catch {
        let callbacks = now.callbacks
        (model, now) = (lastGood, lastNow)
        now.callbacks = callbacks
        end(&model)
        throw error
      }
    }
    if let stopReason {
      // An epoch's end has a checkpoint already.
      if progress.step > 0 { writeCheckpoint(progress, model, work, onEvent) }
      onEvent(.stopped(reason: stopReason))
    } else if checkpoints?.everySteps != nil && firstEpoch <= epochs {
      writeCheckpoint(progress, model, work, onEvent)
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
      progress.step += 1
      let result = try trainStep(work, &model, batch, before: next, progress, noiseKey: noiseKey)
      progress.sums.add(result.sums)
      progress.seconds = monotonicSeconds() - start
      tell(
        .stepFinished(
          StepRecord(
            epoch: epoch, step: progress.step, stepsPerEpoch: work.steps, batchLosses: result.sums.losses,
            runningLosses: progress.sums.losses, gradientNorm: result.gradientNorm, examples: begin + batch.count,
            seconds: progress.seconds, learningRate: now.optimizer.learningRate)),
        &model, onEvent)
      if stopReason != nil { return }
      if let every = checkpoints?.everySteps, now.steps % every == 0 {
        writeCheckpoint(progress, model, work, onEvent)
      }
    }
    // The last step's weights have met no loss yet.
    if let path = model.parameters.first(where: { !$0.value.storage.isFinite() })?.path {
      throw TrainingError.nonFiniteWeights(epoch: epoch, path: path)
    }
    let validationStart = monotonicSeconds()
    let judged = validatesAverage ? now.weightAverage?.averaged(model) : nil
    let validation = try validate(work, judged ?? model, epoch: epoch, onEvent: onEvent)
    let measured = measure(work, judged ?? model)
    let record = EpochRecord(
      epoch: epoch, training: progress.sums.losses, validation: validation, trainingSeconds: progress.seconds,
      validationSeconds: monotonicSeconds() - validationStart,
      examplesPerSecond: Double(work.training.count) / progress.seconds, learningRate: now.optimizer.learningRate,
      weightsDigest: WeightDigests.combined(WeightDigests.digests(of: model.tensors.map(\.value), pool: parallel.pool)),
      metrics: measured)
    try checkAgreement(on: record.weightsDigest, epoch: epoch)
    progress.finish(record)
    tell(.epochFinished(record), &model, judged: judged, onEvent)
    if checkpoints != nil, checkpoints?.everySteps == nil || stopReason != nil {
      writeCheckpoint(progress, model, work, onEvent)
    }
  }

  /// The losses with the weights at an epoch's end; nil without anything to validate on.
  private func validate<M: Module, D: TrainingData>(
    _ work: Work<M, D>, _ model: M, epoch: Int, onEvent: (TrainingEvent) -> Void
  ) throws -> Losses? {
    guard let validation = work.validation else { return nil }
    guard let loss = work.validationLoss else {
      onEvent(.validationStarted(epoch: epoch))
      return nil
    }
    onEvent(.validationStarted(epoch: epoch))
    let noiseKey = work.key.child("validation noise").child(UInt64(epoch))
    let sums = parallel.losses(
      of: model, on: validation, batchSize: partSize, noiseKey: noiseKey, step: now.steps,
      element: work.layout.element, loss: loss)
    guard sums.total.isFinite else {
      throw TrainingError.nonFiniteLoss(epoch: epoch, step: work.steps, layer: "the validation loss")
    }
    return sums.losses
  }

  /// One step: what it minimises, and the average of the weights that it leaves.
  private mutating func trainStep<M: Module, D: TrainingData>(
    _ work: Work<M, D>, _ model: inout M, _ batch: ArraySlice<Int>, before next: ArraySlice<Int>,
    _ progress: TrainingProgress, noiseKey: RandomKey
  ) throws -> StepResult {
    if let schedule { now.optimizer.learningRate = schedule(now.steps) }
    let setting = StepSetting<M, D>(
      parallel: parallel, data: work.training, batch: batch, next: next, accumulating: accumulating, partSize: partSize,
      clipping: clipping, epoch: progress.epoch, place: progress.step, noiseKey: noiseKey, element: work.layout.element)
    let result = try Self.take(work.step, setting, &model, &now)
    if let failure = result.failure { throw failure }
    require(
      result.losses > 0, "fit: the step computed no loss; it is to call minimize, or valueWithGradients and update")
    now.steps += 1
    let pool = parallel.pool
    now.weightAverage?.update(with: model, pool: pool)
    return result
  }

  /// Lends the step the model and what else changes: it has the only reference to their memory, so that nothing is copied.
  private static func take<M: Module, D: TrainingData>(
    _ body: Step<M, D>, _ setting: StepSetting<M, D>, _ model: inout M, _ now: inout Changing
  ) throws -> StepResult {
    var step = TrainingStep(setting, consume model, consume now)
    var failure: (any Error)?
    do { try body(&step) } catch { failure = error }
    let result: StepResult
    (model, now, result) = step.end()
    if let failure { throw failure }
    return result
  }

  /// Tells everybody, and does what the callbacks want.
  ///
  /// - Parameter judged: what the event's numbers are of, where that is not the model
  private mutating func tell<M: Module>(
    _ event: TrainingEvent, _ model: inout M, judged: M? = nil, _ onEvent: (TrainingEvent) -> Void
  ) {
    onEvent(event)
    defer { if event.mayStop { agreeOnStop() } }
    guard !now.callbacks.isEmpty else { return }
    var run = callEach(judged ?? model) { $0.hear(event, &$1) }
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

  private func writeCheckpoint<M: Module, D: TrainingData>(
    _ progress: TrainingProgress, _ model: M, _ work: Work<M, D>,
    _ onEvent: (TrainingEvent) -> Void
  ) {
    let settings = settings(of: work)
    guard let checkpoints, parallel.sum.isFirst else { return }
    do {
      onEvent(.checkpointWritten(path: try checkpoints.write(checkpoint(progress, model, settings: settings))))
    } catch {
      onEvent(.checkpointFailed(reason: error.description))
    }
  }
}
