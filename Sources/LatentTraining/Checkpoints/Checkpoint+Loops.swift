import Latent
import LatentData
import LatentFiles

/// Checkpoints of loops of one's own.
extension Checkpoint {
  /// The state of a loop of your own between two steps, for ``CheckpointFolder/write(_:)``:
  ///
  ///     try folder.write(Checkpoint(of: model, optimizer: optimizer, epoch: epoch + 1))
  ///
  ///     if let checkpoint = folder.newest().checkpoint {
  ///       try checkpoint.restore(&model, &optimizer)
  ///       epoch = checkpoint.progress.epoch
  ///     }
  ///
  /// A loop whose order of examples and noise are functions of a key, the epoch and the step goes on to the same bits. A
  /// checkpoint shares the model's and the optimizer's memory until these change.
  ///
  /// - Parameters:
  ///   - epoch: the epoch that is going on, or is next: 1 for the first
  ///   - step: steps of it that are done. Both name the file: the largest is the newest
  ///   - optimizers: those of parts of the model, by names of your own
  ///   - average: the averaged weights, where the loop follows them
  ///   - settings: what the run depends on, such as its seed and the size of its batches, to be compared when it goes on
  ///   - notes: what the program wants to know when it goes on
  /// - Precondition: The optimizer has learned with this model, or not yet.
  public init(
    of model: some Module, optimizer: some Optimizer, epoch: Int = 1, step: Int = 0,
    optimizers: [String: any Optimizer] = [:], average: ExponentialMovingAverage? = nil,
    settings: [String: String] = [:], notes: [String: String] = [:]
  ) {
    require(
      countable.contains(epoch - 1) && countable.contains(step),
      "Checkpoint: epoch \(epoch), step \(step); epochs count from 1, steps that are done from 0")
    let layout = ParameterLayout(of: model, groups: optimizer.groups)
    if let problem = optimizer.problem(with: optimizer.state, for: layout) { fatalError("Checkpoint: \(problem)") }
    progress = TrainingProgress()
    (progress.epoch, progress.step) = (epoch, step)
    tensors = model.tensors
    (self.optimizer, learningRate, steps) = (optimizer.state, optimizer.learningRate, optimizer.step)
    self.optimizers = optimizers.mapValues { NamedState(state: $0.state, learningRate: $0.learningRate) }
    (weightAverage, callbacks) = (average?.state, [:])
    (self.settings, self.notes) = (settings, notes)
  }

  /// Gives model and optimizer what they had: weights, buffers, moments, the count of steps and the rate.
  ///
  /// - Parameter settings: what must be as it was in ``settings``; others there are not looked at
  /// - Throws: ``TrainingError/checkpoint(reason:)`` where a setting is another, or it is of another model or optimizer; nothing
  ///   has changed then
  public func restore(
    _ model: inout some Module, _ optimizer: inout some Optimizer, settings: [String: String] = [:]
  ) throws(TrainingError) {
    for (key, now) in settings.sorted(by: { $0.key < $1.key }) where self.settings[key] != now {
      throw .checkpoint(reason: "\(key) was \(self.settings[key] ?? "not set") and is \(now) now")
    }
    try check(self.optimizer, of: optimizer, for: model)
    try load(into: &model)
    (optimizer.state, optimizer.learningRate) = (self.optimizer, learningRate)
  }

  /// Gives the optimizer of a part of the model what it had under its name, its rate too.
  ///
  /// - Throws: ``TrainingError/checkpoint(reason:)`` where there is none of the name, or it is of another part or optimizer; nothing
  ///   has changed then
  public func restore(
    _ optimizer: inout some Optimizer, named name: String, of part: some Module
  ) throws(TrainingError) {
    guard let saved = optimizers[name] else {
      throw .checkpoint(reason: "it has no optimizer \(name); there are \(optimizers.keys.sorted())")
    }
    try check(saved.state, of: optimizer, for: part)
    (optimizer.state, optimizer.learningRate) = (saved.state, saved.learningRate)
  }

  /// Gives an average of weights what it had.
  ///
  /// - Throws: ``TrainingError/checkpoint(reason:)`` where the checkpoint has none, or one of another model; nothing has changed then
  public func restore(
    _ average: inout ExponentialMovingAverage, of model: some Module
  ) throws(TrainingError) {
    guard let state = weightAverage else { throw .checkpoint(reason: "it has no averaged weights") }
    if let problem = state.problem(["average"], for: ParameterLayout(of: model)) { throw .checkpoint(reason: problem) }
    average.state = state
  }

  /// Gives the model its tensors.
  func load(into model: inout some Module) throws(TrainingError) {
    do {
      try model.load(Dictionary(tensors.map { ($0.path, $0.value) }) { $1 })
    } catch {
      throw .checkpoint(reason: error.description)
    }
  }

  private func check(
    _ state: OptimizerState, of optimizer: some Optimizer, for model: some Module
  ) throws(TrainingError) {
    let layout = ParameterLayout(of: model, groups: optimizer.groups)
    if let problem = optimizer.problem(with: state, for: layout) { throw .checkpoint(reason: problem) }
  }
}
