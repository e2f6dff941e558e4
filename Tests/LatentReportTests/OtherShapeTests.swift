import Latent
import LatentData
import LatentMeasures
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@testable import LatentReport

/// Models of examples that are no images.
@Suite struct OtherShapeTests {
  private static var workers: DataParallel { DataParallel(threads: 2, shards: 1) }
  private static let shapes: [ExampleShape] = [.series(steps: 5, features: 3), .vector(size: 15)]

  /// 40 examples of 15 numbers in 0...1, and a model of them.
  private static func made(_ shape: ExampleShape) throws -> (saved: SavedModel, data: TensorDataset) {
    var sample = SampleValues(seed: 4)
    let data = TensorDataset(
      [Tensor(sample.numbers(40 * 15, 0...1), shape: [40] + shape.dimensions, element: .float64)], shape: shape,
      labels: (0..<40).map { UInt8($0 % 3) }, name: "numbers")
    let plan = try ModelRecipe(encoder: .dense([8]), latentSize: 2, decoder: .dense([8])).plan(for: shape)
    return (SavedModel(plan.makeModel(element: .float64), plan: plan), data)
  }

  @Test(arguments: shapes)
  func measures(_ shape: ExampleShape) throws {
    let (saved, data) = try Self.made(shape)
    let found = saved.measures(on: data, workers: Self.workers)
    let originals = data.tensors[0].values
    let decoded = saved.reconstruct(data, on: Self.workers)
    #expect(decoded.shape == [40] + shape.dimensions)
    func squares(_ differences: [Double]) -> Double { differences.reduce(0) { $0 + $1 * $1 } }
    let error = squares(zip(decoded.values, originals).map(-))
    #expect(abs(found.quality.meanSquaredError - error / 600) < 1e-12)
    let average = (0..<15).map { (place: Int) -> Double in
      let sum: Double = (0..<40).reduce(0) { $0 + originals[$1 * 15 + place] }
      return sum / 40
    }
    let spread = squares(originals.enumerated().map { $1 - average[$0 % 15] })
    #expect(abs(found.quality.explainedVariance - (1 - error / spread)) < 1e-9)
    #expect(found.quality.structuralSimilarity == nil && found.quality.signalToNoise == nil)
    #expect(found.pixels == 15 && found.labels != nil)
    let names = found.tables.flatMap(\.rows).map(\.name)
    #expect(names.contains("mean squared error") && !names.contains("SSIM") && !names.contains("PSNR"))
    #expect(found.json.text.contains("\"ssim\": null") || found.json.text.contains("\"ssim\":null"))
  }

  /// The bands of the page are those of the likelihood: everywhere the same, or by the second number of an element.
  @Test(arguments: shapes, ["gaussian-one", "gaussian-feature", "laplace", "student-t", "gaussian-element", "bce"])
  func bandsOfAPage(_ shape: ExampleShape, _ loss: String) throws {
    let kind = try #require(LikelihoodKind(named: loss))
    let plan = try ModelRecipe(encoder: .dense([8]), latentSize: 2, decoder: .dense([8])).plan(
      for: shape, likelihood: kind)
    var model = plan.makeModel(element: .float64)
    var sample = SampleValues(seed: 6)
    model.updateParameters { _, parameter in
      parameter.value = Tensor(
        sample.numbers(parameter.value.count), shape: parameter.value.shape, element: .float64)
    }
    let series = PageSeries(SavedModel(model, plan: plan), plan, examples: nil)
    let count = shape.count
    let output = sample.numbers(count * kind.numbersPerElement, -3...3)
    let expected = model.likelihood.interval(
      Tensor(output, shape: [1, output.count], element: .float64), probability: 0.9)
    switch try #require(loss == "bce" ? .some(nil) : .some(series.band)) {
    case .everywhere(let below, let above):
      for place in 0..<count {
        #expect(abs(output[place] + below[place % below.count] - expected.low.values[place]) < 1e-12)
        #expect(abs(output[place] + above[place % above.count] - expected.high.values[place]) < 1e-12)
      }
    case .bySecond(let first, let step, let below, let above):
      for place in 0..<count {
        let at = (output[2 * place + 1] - first) / step
        let (index, share) = (Int(at), at - at.rounded(.down))
        for (table, found) in [(below, expected.low.values[place]), (above, expected.high.values[place])] {
          let value = output[2 * place] + table[index] + (table[index + 1] - table[index]) * share
          // Between the places of the table an exponential is a line.
          #expect(abs(value - found) < 0.003 * abs(found - output[2 * place]))
        }
      }
    case nil: #expect(series.band == nil && loss == "bce")
    }
  }

  /// Plots are of latent points; what is no image is drawn as lines; the plane is of images, and says so.
  @Test(arguments: shapes)
  func pictures(_ shape: ExampleShape) throws {
    let (saved, data) = try Self.made(shape)
    let pictures = try LatentPictures(of: saved, images: data, on: Self.workers)
    #expect(try pictures.scatter().x.count == 40)
    _ = try pictures.divergences()
    let reason = "it shows images, grey or in colours, and the model's examples are \(shape.plural) of \(shape)"
    #expect(throws: LatentPictureError(.manifold, reason)) { _ = try pictures.picture(.manifold).width }
    let chart = try pictures.seriesReconstructions()
    let features = if case .vector = shape { 1 } else { shape.features }
    #expect(chart.blocks.count == 6 && chart.features.count == min(features, SeriesChart.mostFeatures))
    // The last of the blocks is of the last example.
    let (original, expected) = (
      data.batch([39], in: BatchContext(element: saved.element)).values.values,
      saved.reconstruct(data[39..<40], on: Self.workers).values
    )
    for feature in chart.features.indices {
      let drawn = chart.blocks[5].features[feature]
      #expect(drawn.map(\.name) == ["data", "expected"])
      #expect(drawn[0].values == stride(from: feature, to: original.count, by: features).map { original[$0] })
      #expect(drawn[1].values == stride(from: feature, to: original.count, by: features).map { expected[$0] })
      let band = try #require(drawn[1].band)
      #expect(zip(band.low, band.high).allSatisfy { $0 <= $1 })
    }
    for kind in [PictureKind.reconstructions, .samples, .interpolation, .traversal] {
      #expect(try pictures.picture(kind).pixels.contains { $0 != 255 }, "\(kind) is not empty")
    }
    // The page has all that it takes to draw what the model decodes.
    let playground = try Playground(saved, images: data, title: "Examples", on: Self.workers)
    let series = try #require(playground.series)
    #expect(series.steps == shape.steps * (features == 1 ? shape.features : 1) && series.features.count == features)
    let values = try #require(playground.examples).values
    #expect(values.count == 20 * 15)
    let rows = (0..<40).map { data.batch([$0], in: BatchContext(element: saved.element)).values.floats }
    for start in stride(from: 0, to: values.count, by: 15) { #expect(rows.contains(Array(values[start..<start + 15]))) }
    for feature in 0..<features {
      let all = stride(from: feature, to: 40 * 15, by: features).map { data.tensors[0].values[$0] }
      #expect(abs(series.low[feature] - all.min()!) < 1e-6 && abs(series.high[feature] - all.max()!) < 1e-6)
    }
  }

  /// The similarity of colours is the average of the channels' own.
  @Test func similarityOfColours() {
    var sample = SampleValues(seed: 9)
    let (n, h, w, c) = (3, 13, 12, 3)
    let (x, y) = (sample.numbers(n * h * w * c, 0...1), sample.numbers(n * h * w * c, 0...1))
    func channel(_ values: [Double], _ channel: Int) -> Tensor {
      Tensor(stride(from: channel, to: values.count, by: c).map { values[$0] }, shape: [n, h, w], element: .float64)
    }
    let shape = ExampleShape.image(height: h, width: w, channels: c)
    let all = ImageQuality(
      of: Tensor(x, shape: [n, h, w * c], element: .float64),
      against: Tensor(y, shape: [n, h, w * c], element: .float64), shape: shape)
    let each = (0..<c).map { ImageQuality(of: channel(x, $0), against: channel(y, $0)) }
    #expect(abs(all.structuralSimilarity! - each.reduce(0) { $0 + $1.structuralSimilarity! } / 3) < 1e-12)
    #expect(abs(all.meanSquaredError - each.reduce(0) { $0 + $1.meanSquaredError } / 3) < 1e-12)
  }
}
