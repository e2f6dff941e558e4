import Latent
import LatentData

/// One step of training, as you write it: a batch, the model, and as many losses and optimizers as it takes.
///
///     try trainer.fit(&gan, to: images, epochs: 20) { step in
///       step.minimize("critic", of: \.critic) { gan, batch, tape in
///         LossTerms(total: gan.critic(gan.generator(noise(batch, tape))).mean() - gan.critic(tape.constant(batch.values)).mean())
///       }
///       if step.number % 5 == 4 {
///         step.minimize("generator", of: \.generator) { gan, batch, tape in
///           LossTerms(total: -gan.critic(gan.generator(noise(batch, tape))).mean())
///         }
///       }
///     }
///
/// Each loss sees the whole model and learns one part of it; to a loss, all other parameters are constants. What the trainer
/// does for a single loss it does for each of these: shards on all threads and processes, accumulation, clipping, checkpoints
/// to go on from with the same bits. A step belongs to the trainer: it can't be kept.
public struct TrainingStep<M: Module, D: TrainingData, O: Optimizer>: ~Copyable {
  /// What a loss is, as a function of the whole model: averaged over the batch's examples; called by all workers at the same
  /// time.
  public typealias Loss = DataParallel.Loss<M, D>

  /// Steps that were taken before: 0 in the first one of a run.
  public var number: Int { now.steps }
  /// 1 for the first.
  public let epoch: Int
  /// The batch: numbers of examples of the data.
  public let examples: ArraySlice<Int>
  /// For what the step itself draws: another one in each step. Losses draw from their tape.
  public var key: RandomKey { setting.noiseKey.child("step").child(UInt64(number)) }

  let setting: StepSetting<M, D>
  var trained: M
  var now: Trainer<O>.Changing
  /// What was found, by the names of the losses; empty for the only one of a model.
  private(set) var found: [(name: String, sums: LossSums)] = []
  /// Of the gradients that updated something.
  private(set) var norms: [Double] = []
  /// Why training can't go on.
  private(set) var failure: TrainingError?
  /// Which loss this is: each draws otherwise.
  private var passes: UInt64 = 0

  init(_ setting: StepSetting<M, D>, _ model: consuming M, _ now: consuming Trainer<O>.Changing) {
    self.setting = setting
    self.now = now
    trained = model
    (epoch, examples) = (setting.epoch, setting.batch)
  }

  /// The model as it is now. What is set here stays: so a target network follows another.
  public var model: M {
    _read { yield trained }
    _modify {
      defer { now.layouts.removeAll() }
      yield &trained
    }
  }

  /// Has the trainer's optimizer take a step along the gradient of a loss for all the model's parameters.
  ///
  /// - Returns: the losses of the batch, with the weights as they were before
  @discardableResult
  public mutating func minimize(_ loss: Loss) -> Losses {
    let (losses, gradients) = valueWithGradients(loss)
    update(along: gradients)
    return losses
  }

  /// Has the part's own optimizer take a step along the gradient of a loss for the part's parameters.
  ///
  /// - Parameters:
  ///   - name: what histories, curves and checkpoints call the loss; ``Trainer/optimizers`` may have an optimizer of the same
  ///     name, and is else given a copy of ``Trainer/optimizer`` for it. One part goes by one name.
  ///   - part: what learns
  ///   - loss: of the whole model
  /// - Returns: the losses of the batch, with the weights as they were before
  @discardableResult
  public mutating func minimize<Part: Module>(
    _ name: String, of part: WritableKeyPath<M, Part>, _ loss: Loss
  ) -> Losses {
    let (losses, gradients) = valueWithGradients(name, of: part, loss)
    update(name, of: part, along: gradients)
    return losses
  }

  /// The losses of the batch and their gradient for all the model's parameters, which ``update(along:)`` takes, as they are or
  /// changed.
  public mutating func valueWithGradients(_ loss: Loss) -> (losses: Losses, gradients: Gradients) {
    let name = Trainer<O>.Changing.whole
    return valueWithGradients(name, layout: layout(name, of: \.self, now.optimizer.groups), loss)
  }

  /// The losses of the batch and their gradient for a part's parameters.
  public mutating func valueWithGradients<Part: Module>(
    _ name: String, of part: KeyPath<M, Part>, _ loss: Loss
  ) -> (losses: Losses, gradients: Gradients) {
    requireName(name)
    return valueWithGradients(name, layout: layout(name, of: part, optimizer(name).groups), loss)
  }

  /// Has the trainer's optimizer take a step along gradients, clipped as the trainer says.
  public mutating func update(along gradients: consuming Gradients) {
    guard failure == nil else { return }
    clip(&gradients, now.optimizer.groups)
    now.optimizer.update(&trained, along: gradients, pool: setting.parallel.pool)
  }

  /// Has the part's own optimizer take a step along gradients, clipped as the trainer says.
  public mutating func update<Part: Module>(
    _ name: String, of part: WritableKeyPath<M, Part>, along gradients: consuming Gradients
  ) {
    requireName(name)
    guard failure == nil else { return }
    // In a place of its own while it changes, so that its moments are not copied.
    var optimizer = optimizer(name)
    now.optimizers[name] = nil
    if let problem = now.unchecked.remove(name).flatMap({ _ in
      optimizer.problem(with: optimizer.state, for: gradients.layout)
    }) {
      failure = .checkpoint(reason: "the optimizer \(name): \(problem)")
      return
    }
    clip(&gradients, optimizer.groups)
    optimizer.update(&trained[keyPath: part], along: gradients, pool: setting.parallel.pool)
    now.optimizers[name] = optimizer
  }

  /// Sets the learning rate of the optimizer of a name, where it has an optimizer of its own (``Trainer/optimizers``). All others
  /// have the rate of ``Trainer/optimizer``, which schedules and callbacks set.
  public mutating func setLearningRate(_ rate: Double, of name: String) {
    require(
      now.own.contains(name),
      "TrainingStep.setLearningRate: '\(name)' has no optimizer of its own; there are \(now.own.sorted())")
    now.optimizers[name]!.learningRate = rate
  }

  /// What the step came to, and what it changed.
  consuming func end() -> (model: M, now: Trainer<O>.Changing, result: StepResult) {
    let result = StepResult(
      sums: found.count == 1 && found[0].name.isEmpty ? found[0].sums : LossSums(found, examples: examples.count),
      gradientNorm: norms.count == 1 ? norms[0] : norms.reduce(0) { $0 + $1 * $1 }.squareRoot(), failure: failure,
      losses: found.count)
    return (trained, now, result)
  }
}

/// What a step came to.
struct StepResult {
  let sums: LossSums
  let gradientNorm: Double
  let failure: TrainingError?
  /// How many were computed, by name.
  let losses: Int
}

extension TrainingStep {
  /// The optimizer of a name as it is now, with the trainer's rate where it has none of its own.
  private func optimizer(_ name: String) -> any Optimizer {
    var optimizer = now.optimizer(named: name)
    if !now.own.contains(name) { optimizer.learningRate = now.optimizer.learningRate }
    return optimizer
  }

  private func requireName(_ name: String) {
    require(!name.isEmpty, "TrainingStep: the loss of a part needs a name")
  }

  /// Made once for each loss, until the model is changed by hand.
  private mutating func layout<Part: Module>(
    _ name: String, of part: KeyPath<M, Part>, _ groups: ParameterGroups
  ) -> ParameterLayout {
    if let (known, layout) = now.layouts[name] {
      require(
        known == part,
        "TrainingStep: the loss '\(name)' is for \(known) and for \(part); each part needs a name of its own")
      return layout
    }
    let layout = ParameterLayout(of: trained[keyPath: part], groups: groups)
    now.layouts[name] = (part, layout)
    return layout
  }

  /// The gradients of all parts and shards, added up.
  private mutating func valueWithGradients(
    _ name: String, layout: ParameterLayout, _ loss: Loss
  ) -> (losses: Losses, gradients: Gradients) {
    let key = passes == 0 ? setting.noiseKey : setting.noiseKey.child("pass").child(passes)
    let (sums, gradients) = setting.gradients(
      of: trained, layout: layout, step: number, key: key, isFirst: passes == 0, loss)
    passes += 1
    if let place = found.firstIndex(where: { $0.name == name }) {
      found[place].sums.add(sums)
    } else {
      found.append((name, sums))
    }
    if !sums.total.isFinite && failure == nil {
      let layer = setting.firstNonFinite(of: trained, layout: layout, step: number, key: key, loss)
      failure = .nonFiniteLoss(epoch: epoch, step: setting.place, layer: layer)
    }
    return (sums.losses, gradients)
  }

  /// Clips gradients, and notes how long they were before.
  private mutating func clip(_ gradients: inout Gradients, _ groups: ParameterGroups) {
    let pool = setting.parallel.pool
    let found = GradientNorms(gradients, groups: groups, pool: pool)
    norms.append(found.global)
    setting.clipping?.clip(&gradients, pool: pool) { _ in found }
  }
}
