import LatentFiles
import LatentMeasures
import LatentTraining
import LatentVAE

/// The rules: each looks at a number or two. Thresholds are where the literature or our own runs have trouble begin.
extension Diagnosis {
  /// Codes that say nothing, too little, or lie where no sample is drawn.
  static func latentSpace(_ measures: ModelMeasures, beta: Double) -> [Finding] {
    let latents = measures.latents
    let (size, active) = (latents.latentSize, latents.activeUnits)
    var found: [Finding] = []
    let information = measures.posterior.mutualInformation
    if active == 0 && latents.divergence > 1 {
      found.append(
        Finding(
          kind: .underFitted,
          sentence: "None of the \(size) latent dimensions depends on the image yet: their means vary by at most "
            + "\(Format.measure(latents.varianceOfMeans.max() ?? 0)), though the codes cost "
            + "\(Format.fixed(latents.divergence, 2)) nats.",
          advice: "Train for more epochs."))
    } else if active == 0 {
      found.append(
        Finding(
          kind: .posteriorCollapse,
          sentence: "None of the \(size) latent dimensions depends on the image: their means vary by at most "
            + "\(Format.measure(latents.varianceOfMeans.max() ?? 0)), and the KL divergence is "
            + "\(Format.fixed(latents.divergence, 3)) nats.",
          advice: beta > 1
            ? "Train with a lower --beta (it was \(number(beta)))."
            : "Train with --kl-warm-up 10, which lets the code be useful before it costs anything."))
    } else if information < 2 && measures.posterior.limit > 2.5 {
      found.append(
        Finding(
          kind: .overRegularised,
          sentence: "The code carries only \(Format.fixed(max(0, information), 2)) nats about an image, enough to tell "
            + (information < 0.69
              ? "not even two kinds of images apart."
              : "\(Format.fixed(information.exponential, 0)) kinds of images apart."),
          advice: beta > 1
            ? "Train with a lower --beta (it was \(number(beta)))." : "Train with --free-bits 0.25 or a larger model."))
    }
    if active > 0 && active < size {
      found.append(
        Finding(
          kind: .unusedDimensions,
          sentence: (size - active == 1
            ? "1 of \(size) latent dimensions is not used: its mean varies by less than "
            : "\(size - active) of \(size) latent dimensions are not used: their means vary by less than ")
            + "\(LatentStatistics.activityThreshold).",
          advice: "--latent-size \(active) would be enough."))
    }
    if latents.largestLogVariance > 8 || latents.smallestLogVariance < -16 {
      let worst =
        latents.largestLogVariance > 8 ? latents.largestLogVariance : latents.smallestLogVariance
      found.append(
        Finding(
          kind: .explodingLogVariance,
          sentence: "A log-variance of \(Format.fixed(worst, 1)) is among the images': a variance of "
            + "\(Format.measure(worst.exponential)), where the prior's is 1.",
          advice: "Train with --clip-norm 1 or a lower --learning-rate."))
    }
    let variances = latents.aggregatedVariances
    let odd = (0..<size).filter {
      latents.isActive[$0] && (!(1 / 3...3).contains(variances[$0]) || abs(latents.averageMeans[$0]) > 0.6)
    }
    if let first = odd.first {
      found.append(
        Finding(
          kind: .farFromPrior,
          sentence:
            "The codes of all images together are far from the prior in \(odd.count) of \(size) dimensions, such as "
            + "z\(first): a mean of \(Format.fixed(latents.averageMeans[first], 2)) and a variance of "
            + "\(Format.fixed(variances[first], 2)), where the prior has 0 and 1. Samples from the prior will look "
            + "worse.",
          advice: beta < 1
            ? "Train with a higher --beta (it was \(number(beta)))." : "Train for more epochs, or with a higher --beta."
        ))
    }
    return found
  }

  /// What the losses of the epochs say.
  package static func trainingFindings(_ history: History) -> [Finding] {
    let epochs = history.epochs
    guard let last = epochs.last, let validation = last.validation, epochs.count >= 3 else { return [] }
    let losses = epochs.compactMap(\.validation?.total)
    guard losses.count == epochs.count, let best = losses.indices.min(by: { losses[$0] < losses[$1] }) else {
      return []
    }
    let (rise, gap) = (validation.total - losses[best], validation.total - last.training.total)
    if best < losses.count - 2, rise > 0.003 * abs(losses[best]), gap > 0.01 * abs(validation.total) {
      return [
        Finding(
          kind: .overFitted,
          sentence:
            "The validation loss was lowest after epoch \(epochs[best].epoch), \(Format.fixed(losses[best], 2)), and "
            + "is \(Format.fixed(validation.total, 2)) now, \(Format.fixed(gap, 2)) above the training loss.",
          advice: "Train with --early-stopping 3, or on more images.")
      ]
    }
    let gain = (losses[losses.count - 3] - validation.total) / 2
    if gain > 0.002 * abs(validation.total) {
      return [
        Finding(
          kind: .underFitted,
          sentence: "The validation loss still falls by \(Format.fixed(gain, 2)) an epoch, to "
            + "\(Format.fixed(validation.total, 2)).",
          advice: "Train longer: vae-train --resume=FOLDER with more --epochs (it was \(last.epoch)).")
      ]
    }
    return []
  }

  /// What reconstructions say, and the loss itself.
  static func fit(_ measures: ModelMeasures) -> [Finding] {
    var found: [Finding] = []
    let explained = measures.quality.explainedVariance
    // Of tokens there is no variance: what a text is like is not a number.
    if measures.tokens == nil && explained < 0.5 && measures.latents.activeUnits > 0 {
      found.append(
        Finding(
          kind: .underFitted,
          sentence: explained > 0
            ? "The reconstructions explain \(percent(explained)) of the images' variance around their average."
            : "The reconstructions are worse than the average image would be, by "
              + "\(percent(-explained)) of their variance.",
          advice: "Train for more epochs, or with a larger --latent-size."))
    }
    if let share = measures.spreadsAtBound, share > 0 {
      found.append(
        Finding(
          kind: .spreadAtBound,
          sentence: "\(percent(share)) of the likelihood's variances or scales are held by their lower bound.",
          advice: "Scale the data to a variance near 1, and leave out what never changes."))
    }
    if measures.loss.support == .binary && !measures.areBinary {
      found.append(
        Finding(
          kind: .notALikelihood,
          sentence:
            "The loss of \(Format.fixed(measures.losses.total, 2)) is not a bound on a likelihood: cross-entropy of "
            + "grey pixels is not one.",
          advice: "Train with --binarize stochastic or --loss gaussian for losses that papers report."))
    }
    return found
  }

  /// Layers that have stopped working.
  static func parts(_ health: ModelHealth) -> [Finding] {
    var found: [Finding] = []
    for layer in health.rectifiers where 4 * layer.dead > layer.units {
      found.append(
        Finding(
          kind: .deadUnits, sentence: "\(layer.dead) of \(layer.units) units of \(layer.layer) give 0 for every image.",
          advice: "Train with a lower --learning-rate or --warm-up 1; or with a smaller layer."))
    }
    for layer in health.gates where layer.saturated > 0.5 {
      found.append(
        Finding(
          kind: .saturatedGates,
          sentence:
            "\(percent(layer.saturated)) of the gates of \(layer.layer) are within \(ModelHealth.saturation) of 0 or "
            + "1, where they learn slowly.",
          advice: "Train with a lower --learning-rate or --clip-norm 1."))
    }
    if health.denormalWeights > 0.01 {
      found.append(
        Finding(
          kind: .denormalWeights,
          sentence:
            "\(percent(health.denormalWeights)) of the weights are denormal numbers, which are slow in other "
            + "programs and count as 0 in training.",
          advice: "Set them to 0 before you use the weights in other programs."))
    }
    return found
  }

  private static func number(_ value: Double) -> String { Format.measure(value) }
}
