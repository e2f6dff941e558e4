import LatentFiles
import LatentMeasures
import LatentVAE

extension ModelMeasures {
  /// The measures for people, in the order in which they are read.
  public var tables: [MeasureTable] {
    [bound, latent, reconstruction] + (labels.map { [Self.labels($0, dimensions: latents.latentSize)] } ?? []) + [parts]
  }

  private var unit: String { loss.isInNats ? " nats" : "" }

  private var bound: MeasureTable {
    var rows = losses.parts.map { part in
      MeasureTable.Row(
        part.name == "kl" ? "KL divergence" : part.name,
        Format.fixed(part.value, 2) + (part.name == "kl" ? " nats" : unit),
        part.name == "kl" ? "what the code costs" : reconstructionNote)
    }
    let name = isLikelihood ? "negative evidence lower bound" : "total"
    rows.append(.init(name, Format.fixed(losses.total, 2) + unit, isLikelihood ? "at least -log p(x)" : ""))
    if let bits = bitsPerPixel { rows.append(.init("per pixel", Format.fixed(bits, 4) + " bits")) }
    if let tokens, let perplexity {
      rows.append(
        .init(
          "perplexity", Format.fixed(perplexity, 3),
          "of a token, at most; \(Format.fixed(tokens.perText, 1)) of them in a text"))
    }
    if let (samples, loss) = importanceWeighted {
      rows.append(
        .init(
          "importance-weighted bound", Format.fixed(loss, 2) + unit,
          "\(Format.grouped(Double(samples))) samples an image"))
    }
    return MeasureTable("Loss per image, of \(Format.grouped(Double(images)))", rows)
  }

  private var reconstructionNote: String {
    if !loss.isInNats { return "\(loss.title), summed over the pixels" }
    return isLikelihood ? "-log p(x | z): \(loss.title)" : "cross-entropy of grey pixels: not a likelihood"
  }

  private var latent: MeasureTable {
    let size = latents.latentSize
    let highest = latents.divergences.enumerated().sorted { $0.element > $1.element }.prefix(4)
    let others = highest.dropFirst().map { "z\($0.offset) \(Format.fixed($0.element, 2))" }.joined(separator: ", ")
    let varies = latents.aggregatedVariances
    return MeasureTable(
      "Latent space",
      [
        .init(
          "active units", "\(latents.activeUnits) of \(size)",
          "the mean varies by more than \(LatentStatistics.activityThreshold) over the images"),
        .init(
          "largest KL", Format.fixed(highest[0].element, 2) + " nats",
          "of z\(highest[0].offset)" + (others.isEmpty ? "" : "; then \(others)")),
        .init(
          "mutual information", Format.fixed(posterior.mutualInformation, 2) + " nats",
          "of image and code; at most \(Format.fixed(posterior.limit, 2)) of so many images"),
        .init(
          "KL of all codes together", Format.fixed(posterior.divergence, 2) + " nats",
          "distance of the codes from the prior: KL minus mutual information"),
        .init(
          "variances of all codes",
          "\(Format.fixed(varies.min() ?? .nan, 2)) to \(Format.fixed(varies.max() ?? .nan, 2))",
          "of each dimension; the prior's are 1"),
        .init(
          "log-variances",
          "\(Format.fixed(latents.smallestLogVariance, 2)) to "
            + "\(Format.fixed(latents.largestLogVariance, 2))", "of any image and dimension"),
      ])
  }

  private var reconstruction: MeasureTable {
    if let tokens {
      return MeasureTable(
        "Reconstructions from the means", [.init("tokens", Self.share(tokens.accuracy), "decoded as they were")])
    }
    let isOfImages = quality.structuralSimilarity != nil
    var rows = [
      MeasureTable.Row(
        "mean squared error", Format.measure(quality.meanSquaredError),
        isOfImages ? "of a pixel in 0 to 1" : "of an element")
    ]
    if let noise = quality.signalToNoise { rows.append(.init("PSNR", Format.fixed(noise, 2) + " dB")) }
    if let similarity = quality.structuralSimilarity {
      rows.append(.init("SSIM", Format.fixed(similarity, 4), "structural similarity, 1 for the same image"))
    }
    rows.append(
      .init(
        "explained variance", Self.share(quality.explainedVariance),
        isOfImages ? "of the pixels around the average image" : "of the elements around the average example"))
    return MeasureTable("Reconstructions from the means", rows)
  }

  private static func labels(_ labels: LabelAccuracy, dimensions: Int) -> MeasureTable {
    MeasureTable(
      "Labels predicted from the means",
      [
        .init("nearest neighbours", share(labels.nearestNeighbours), "the majority of \(LabelAccuracy.neighbours)"),
        .init("linear probe", share(labels.linearProbe), "a linear classifier of \(dimensions) numbers"),
        .init("guessing", share(labels.mostFrequent), "always the most frequent label"),
      ])
  }

  private var parts: MeasureTable {
    var rows = health.rectifiers.map {
      MeasureTable.Row(
        "\($0.layer): dead units", "\($0.dead) of \($0.units)", "rectified units that gave 0 for every image")
    }
    rows += health.gates.map {
      .init("\($0.layer): saturated gates", Self.share($0.saturated), "within \(ModelHealth.saturation) of 0 or 1")
    }
    rows.append(.init("denormal weights", Self.share(health.denormalWeights)))
    if !health.nonFinite.isEmpty { rows.append(.init("not finite", health.nonFinite.joined(separator: ", "))) }
    return MeasureTable("Inside the model", rows)
  }

  private static func share(_ fraction: Double) -> String {
    fraction.isFinite ? Format.fixed(100 * fraction, 1) + "%" : "–"
  }
}
