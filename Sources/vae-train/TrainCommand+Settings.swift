import LatentCommand
import LatentRun
import LatentTraining

extension TrainCommand {
  /// Changes what the command line says; what it does not say stays.
  ///
  /// - Throws: ``Failure`` where options exclude each other
  func apply(to settings: inout RunSettings) throws(Failure) {
    try applyExperiment(to: &settings)
    settings.source.augmentation = augment ?? settings.source.augmentation
    settings.training.epochs = epochs ?? settings.training.epochs
    if scaleBatch { scale(&settings.training, ranks: Processes.world.processes) }
    try steering.apply(to: &settings.steering)
    var keeping = settings.keeping
    keeping.checkpointEvery = checkpoints.checkpointEvery ?? keeping.checkpointEvery
    keeping.keep = checkpoints.keep ?? keeping.keep
    keeping.saveBest = steering.saveBest || keeping.saveBest
    keeping.measure = measure || keeping.measure
    keeping.tensorboard = tensorboard || keeping.tensorboard
    settings.keeping = keeping
  }

  /// A batch for each rank. Adam's rate grows with the square root of the batch (Malladi, Lyu, Panigrahi, Arora, "On the SDEs
  /// and Scaling Rules for Adaptive Gradient Algorithms", NeurIPS 2022); its other numbers stay.
  func scale(_ training: inout RunSettings.Training, ranks: Int) {
    training.batchSize *= ranks
    training.learningRate *= Double(ranks).squareRoot()
    if self.training.shards == nil { training.shards = DataParallel.defaultShards(batchSize: training.partSize) }
  }
}
