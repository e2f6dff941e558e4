import ArgumentParser
import LatentAnomalies
import LatentCommand
import LatentData
import LatentRun
import LatentTraining

/// What a row's score is, and when it is an alarm.
struct ScoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What makes a row's score: probability (-log p of its values, averaged over samples of the latent point), reconstruction "
        + "(the same at the mean latent point), kl (of its window), squared-error, or mixed (probability and the row's part of "
        + "the window's KL divergence). (default: probability)", valueName: "score"))
  var score: ScoreKind?

  @Option(
    help: ArgumentHelp(
      "How windows that overlap are joined: last (the window that ends with the row: no later row changes anything), mean, "
        + "median or max. (default: last)", valueName: "way"))
  var aggregate: ScoreAggregate?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Latent points of each window. (default: \(AutoencoderScores.usualSamples))", valueName: "samples"),
    transform: Parse.size)
  var samples: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed of the latent points. (default: 0)", valueName: "number"),
    transform: Parse.seed)
  var seed: UInt64?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The score that alarms are above, found from the scores of the run's validation part: quantile=0.999, pot=1e-4 (peaks "
        + "over threshold: the share of normal rows that are alarms), mad=6 (median and so many deviations), or a number. "
        + "(default: quantile=0.999, or mad=6 where there are too few rows for it)",
      valueName: "rule"), transform: ScoreOptions.rule)
  var threshold: Threshold.Rule?

  @Flag(
    help: ArgumentHelp(
      "Let the threshold learn from each row that is no alarm (SPOT); with --threshold pot=1e-4."))
  var adapt = false

  private static func rule(_ text: String) throws -> Threshold.Rule {
    do { return try Threshold.Rule(text) } catch { throw ValidationError("\(error)") }
  }

  /// What a row's score is.
  var settings: ScoreSettings {
    var settings = ScoreSettings()
    settings.kind = score ?? settings.kind
    settings.aggregate = aggregate ?? settings.aggregate
    settings.samples = samples ?? settings.samples
    settings.seed = seed ?? settings.seed
    return settings
  }

  /// What is known of normal rows under these settings: what the model's file keeps, or what its run's data say.
  ///
  /// - Throws: where neither is there
  func calibration(of saved: SavedModel, workers: DataParallel) throws -> ScoreCalibration {
    if let kept = saved.calibration, kept.settings == settings { return kept }
    let what =
      saved.calibration.map { "its scores of normal data are \($0.settings.description)" }
      ?? "it keeps no scores of normal data"
    guard let record = saved.record, record.settings.source.data != nil else {
      throw Failure(
        "\(saved.file): \(what), and the data of its run are not known: give --threshold a number", code: Failure.usage)
    }
    let data: RunData
    do { data = try RunData(record.settings) } catch {
      throw Failure("\(saved.file): \(what), and the data of its run can't be read: \(error)")
    }
    let isValidation = data.validation.count > 0
    guard
      let found = try ScoreCalibration(
        of: saved, on: data.shown, isValidation: isValidation, settings, workers: workers)
    else { throw Failure("\(saved.file): the data of its run are no rows that could be scored") }
    return found
  }

  /// The threshold for these scores.
  ///
  /// - Parameter rule: one that was given; nil for the usual one
  static func threshold(_ rule: Threshold.Rule?, _ scores: ScoreSketch) throws(ThresholdError) -> Threshold {
    if let rule { return try Threshold(rule, sketch: scores) }
    // Peaks over threshold take what is beyond all rows from the highest of them: anomalies among these move it far away.
    if let usual = try? Threshold(.quantile(0.999), sketch: scores) { return usual }
    return try Threshold(.medianDeviations(6), sketch: scores)
  }
}

extension ScoreKind: ExpressibleByArgument {}
extension ScoreAggregate: ExpressibleByArgument {}
