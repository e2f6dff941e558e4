import Latent
import LatentTraining

extension RunSettings {
  /// The trainer that the settings describe, but for its checkpoints.
  ///
  /// - Parameters:
  ///   - examples: of training and validation together: no batch is larger
  ///   - training: examples to train on
  ///   - sum: the processes that train
  ///   - named: what a setting is called in errors
  /// - Throws: ``RunRecordError`` where the run is too short for its schedule, or only another program has its optimizer
  package func makeTrainer(
    examples: Int, training: Int, sum: any GradientSum = TreeSum(), named: (String) -> String = { $0 }
  ) throws(RunRecordError) -> Trainer<AnyOptimizer> {
    let how = self.training
    guard let optimizer = RunOptimizer(rawValue: how.optimizer) else {
      throw RunRecordError("\(named("optimizer")): \(how.optimizer) is of a program of its own")
    }
    var trainer = Trainer(
      optimizer: AnyOptimizer(optimizer.make(learningRate: how.learningRate)),
      batchSize: min(how.batchSize, examples),
      accumulating: min(how.accumulate, how.batchSize, examples), seed: how.seed, threads: how.threads,
      shards: min(how.shards, how.partSize), precision: how.precision.precision,
      sum: sum)
    trainer.schedule = try steering.rates(
      peak: how.learningRate, epochs: how.epochs,
      stepsPerEpoch: (training + trainer.batchSize - 1) / trainer.batchSize, named)
    trainer.clipping = steering.clipNorm.map { .globalNorm($0) }
    if let patience = steering.reduceOnPlateau { trainer.callbacks.append(ReduceOnPlateau(patience: patience)) }
    if let patience = steering.earlyStopping {
      trainer.callbacks.append(EarlyStopping(patience: patience, minimumChange: steering.minDelta ?? 0))
    }
    if let seconds = steering.maxTime { trainer.callbacks.append(TimeLimit(seconds: seconds)) }
    return trainer
  }
}
