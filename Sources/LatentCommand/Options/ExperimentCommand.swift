import ArgumentParser
import LatentRun

/// A command that trains: its options say what is trained, on what and how, the same for every program.
///
/// Each command has these groups itself, beside each other and in this order, which is that of `--help`. One group of them
/// all would be shorter, but debug builds of ArgumentParser check a group's options four times as often for each group around
/// it, and then need half a second to read a command line.
///
/// An option that a preset may set is optional in its group, so that an explicit one wins.
package protocol ExperimentCommand: ParsableCommand {
  var data: DataOptions { get }
  var batches: BatchOptions { get }
  var model: ModelOptions { get }
  var objective: ObjectiveOptions { get }
  var training: TrainingOptions { get }
}

extension ExperimentCommand {
  /// Changes what the groups say; what the command line does not say stays.
  ///
  /// - Throws: ``Failure`` where options exclude each other
  package func applyExperiment(to settings: inout RunSettings) throws(Failure) {
    training.preset?.apply(to: &settings)
    data.apply(to: &settings.source)
    // Before what may say another number of shards than the batch's.
    batches.apply(to: &settings.training)
    try training.apply(to: &settings)
    // Before what may say another loss than the plan's.
    try model.apply(to: &settings)
    try objective.apply(to: &settings.objective)
  }

  /// The settings that the command line asks for.
  ///
  /// - Throws: ``Failure`` where options exclude each other
  package func settings(epochs: Int? = nil) throws(Failure) -> RunSettings {
    var settings = RunSettings()
    try applyExperiment(to: &settings)
    settings.training.epochs = epochs ?? settings.training.epochs
    return settings
  }
}

extension RunSettings {
  /// The option of a setting: `--kl-warm-up` for `kl_warm_up`.
  package static func option(_ setting: String) -> String { "--" + setting.replacing("_", with: "-") }
}
