import LatentFiles
import LatentMeasures

extension ModelMeasures {
  /// Every number, for other programs: nats per image by default.
  public var json: JSON {
    func numbers(_ values: [Double]) -> JSON { .array(values.map { .number($0) }) }
    var members = [
      JSON.Member("images", .integer(images)), .init("pixels", .integer(pixels)), .init("loss", .string(loss.name)),
      .init("binary_images", .bool(areBinary)), .init("total", .number(losses.total)),
    ]
    members += losses.parts.map { .init($0.name, .number($0.value)) }
    members += [
      .init("bits_per_pixel", bitsPerPixel.map { .number($0) } ?? .null),
      .init(
        "importance_weighted",
        importanceWeighted.map { ["samples": .integer($0.samples), "bound": .number($0.loss)] } ?? .null),
      .init("kl_per_dimension", numbers(latents.divergences)),
      .init("mean_per_dimension", numbers(latents.averageMeans)),
      .init("variance_of_means_per_dimension", numbers(latents.varianceOfMeans)),
      .init("aggregated_variance_per_dimension", numbers(latents.aggregatedVariances)),
      .init("active_units", .integer(latents.activeUnits)),
      .init("smallest_log_variance", .number(latents.smallestLogVariance)),
      .init("largest_log_variance", .number(latents.largestLogVariance)),
      .init("mutual_information", .number(posterior.mutualInformation)),
      .init("aggregated_posterior_kl", .number(posterior.divergence)),
      .init("mean_squared_error", .number(quality.meanSquaredError)),
      .init("psnr", quality.signalToNoise.map { .number($0) } ?? .null),
      .init("ssim", quality.structuralSimilarity.map { .number($0) } ?? .null),
      .init("perplexity", perplexity.map { .number($0) } ?? .null),
      .init("tokens_per_text", tokens.map { .number($0.perText) } ?? .null),
      .init("token_accuracy", tokens.map { .number($0.accuracy) } ?? .null),
      .init("explained_variance", .number(quality.explainedVariance)),
      .init("nearest_neighbour_accuracy", labels.map { .number($0.nearestNeighbours) } ?? .null),
      .init("linear_probe_accuracy", labels.map { .number($0.linearProbe) } ?? .null),
      .init("most_frequent_label", labels.map { .number($0.mostFrequent) } ?? .null),
      .init(
        "dead_units",
        .object(
          health.rectifiers.map { .init($0.layer, ["dead": .integer($0.dead), "units": .integer($0.units)]) })),
      .init("saturated_gates", .object(health.gates.map { .init($0.layer, .number($0.saturated)) })),
      .init("denormal_weights", .number(health.denormalWeights)),
      .init("not_finite", .array(health.nonFinite.map { .string($0) })),
    ]
    return .object(members)
  }
}
