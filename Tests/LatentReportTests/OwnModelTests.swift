import Foundation
import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@testable import LatentReport

/// A model that no plan describes: encoder, decoder and likelihood are types of this test. Everything that is measured, drawn
/// and reported of the library's own models works for it.
@Suite struct OwnModelTests {
  private static var workers: DataParallel { DataParallel(threads: 2, shards: 2) }

  private static func model(classes: Int = 0) -> VariationalAutoencoder<SumsEncoder, FactoredDecoder> {
    VariationalAutoencoder(
      encoder: SumsEncoder(latent: 2, classes: classes), decoder: FactoredDecoder(latent: 2 + classes),
      likelihood: LaplaceLikelihood(), classes: classes)
  }

  private static func trained(on images: ImageDataset) throws -> (SavedModel, History) {
    var (model, trainer) = (model(), Trainer(optimizer: Adam(learningRate: 0.01), batchSize: 64, threads: 2))
    var history = History()
    try trainer.fit(&model, to: images, validation: images.prefix(100), epochs: 3) { event in
      if case .epochFinished(let record) = event { history.append(record) }
    }
    return (SavedModel(model, example: .image(height: 28, width: 28), metadata: ["data": "digits"]), history)
  }

  /// Each figure against the model itself, which does without a `SavedModel`.
  @Test func measures() throws {
    let images = ImageDataset.synthetic(count: 300)
    let (saved, history) = try Self.trained(on: images)
    let measures = saved.measures(on: images, samples: 4, seed: 2, workers: Self.workers)
    let batch = images.firstBatch(300, element: .float32)
    let (means, logVariances) = saved.model.encode(batch.values)
    let (m, v) = (means.values, logVariances.values)
    let kl = zip(m, v).reduce(0) { $0 + ($1.0 * $1.0 + exp($1.1) - $1.1 - 1) / 2 } / 300
    #expect(abs(measures.latents.divergence - kl) < 1e-4 * kl)
    #expect(abs(try #require(measures.losses["kl"]) - kl) < 1e-4 * kl)
    let decoded = saved.model.decode(means).values
    let squares = zip(decoded, batch.values.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect(abs(measures.quality.meanSquaredError - squares / 235_200) < 1e-5)
    #expect(measures.loss.title == "Laplace errors" && measures.isLikelihood && measures.bitsPerPixel != nil)
    let weighted = try #require(measures.importanceWeighted)
    #expect(weighted.loss.isFinite && weighted.loss < measures.losses.total)

    #expect(measures.tables.contains { $0.rows.contains { $0.explanation.contains("Laplace errors") } })
    #expect(!Diagnosis(measures, history: history).findings.isEmpty)
    #expect(saved.plan == nil && saved.structure == "SumsEncoder encoder, 2 latent dimensions, FactoredDecoder decoder")
  }

  @Test func everyPicture() throws {
    let images = ImageDataset.synthetic(count: 60)
    let saved = SavedModel(Self.model(), example: .image(height: 28, width: 28))
    let pictures = try LatentPictures(of: saved, images: images, on: Self.workers)
    for kind in PictureKind.allCases where kind != .curves {
      let picture = try pictures.picture(kind)
      #expect(picture.width > 0 && picture.height > 0, "\(kind)")
    }
    let error = #expect(throws: LatentPictureError.self) {
      try LatentPictures(of: saved, images: images.reshaped(height: 14, width: 56), on: Self.workers)
    }
    #expect(error?.description.contains("28x28") == true)
  }

  @Test func conditional() throws {
    var model = Self.model(classes: 3)
    model.classLabels = [2, 5, 7]
    let saved = SavedModel(model, example: .image(height: 28, width: 28))
    #expect(saved.classLabels == [2, 5, 7])
    let points = Tensor([1, -1, 0.5, 2], shape: [2, 2])
    let (direct, throughSaved) = (
      model.decode(points, labels: [7, 7]), saved.decode(points, label: 7, on: Self.workers)
    )
    #expect(throughSaved.floats == direct.floats)
    #expect(direct.floats != model.decode(points, labels: [2, 2]).floats)
    let error = #expect(throws: LatentPictureError.self) { try LatentPictures(of: saved, label: 3, on: Self.workers) }
    #expect(error?.description.contains("2, 5 and 7") == true)
  }

  /// What needs a description of the layers says so, and the rest of the page is there.
  @Test func page() throws {
    let images = ImageDataset.synthetic(count: 200)
    let (saved, history) = try Self.trained(on: images)
    var report = RunReport(title: "A model of my own")
    report.history = history
    let measures = saved.measures(on: images, workers: Self.workers)
    report.measures = measures.tables
    let error = #expect(throws: PlaygroundError.self) {
      try Playground(saved, images: images, title: "Test images", on: Self.workers)
    }
    report.notes = ["\(try #require(error))"]
    #expect(error == .noPlan)
    let html = report.html()
    #expect(html.contains("There is no playground: this is a model of your own") && html.contains("Laplace errors"))
    let missing = #expect(throws: FileError.self) { try saved.plan(for: "an export") }
    #expect(missing?.description.contains("the model: a model of your own: an export needs") == true)
  }
}

/// Mean and log-variance from the sums of an image's rows and of its columns.
private struct SumsEncoder: Encoder {
  var heads: GaussianHeads

  init(latent: Int, classes: Int) {
    heads = GaussianHeads(inputSize: 56, conditionSize: classes, latentSize: latent, key: RandomKey(seed: 1))
  }

  var latentSize: Int { heads.latentSize }
  mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("heads", &heads) }
  func callAsFunction(_ x: Variable, condition: Variable?) -> (mean: Variable, logVariance: Variable) {
    heads(0.1 * Variable.concatenated([x.sum(axes: [1]), x.sum(axes: [2])], axis: 1), condition: condition)
  }
}

/// An image as a product of what z says of its rows and of its columns; for each pixel a number and the log of its spread.
private struct FactoredDecoder: Decoder {
  var rows: Dense
  var columns: Dense
  var spread: Dense

  init(latent: Int) {
    rows = Dense(inputSize: latent, outputSize: 28, key: RandomKey(seed: 2))
    columns = Dense(inputSize: latent, outputSize: 28, key: RandomKey(seed: 3))
    spread = Dense(inputSize: latent, outputSize: 784, key: RandomKey(seed: 4))
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("rows", &rows)
    visitor.visit("columns", &columns)
    visitor.visit("spread", &spread)
  }

  func callAsFunction(_ z: Variable) -> Variable {
    let count = z.shape[0]
    let image = (rows(z).expanded(at: 2) * columns(z).expanded(at: 1)).reshaped(to: [count, 784])
    return Variable.stacked([image, spread(z)], axis: 2).reshaped(to: [count, 1568])
  }
}

/// Laplace errors around a number, of a spread that the decoder gives too.
private struct LaplaceLikelihood: Likelihood {
  var kind: LikelihoodKind {
    LikelihoodKind("laplace", title: "Laplace errors", formula: "LE", numbersPerElement: 2, link: .identity) { _, _ in
      LaplaceLikelihood()
    }
  }

  private func parts(_ output: Variable) -> [Variable] {
    let pairs = output.reshaped(to: output.shape.dropLast() + [output.shape.last! / 2, 2])
    return pairs.split([1, 1], axis: pairs.shape.count - 1).map { $0.reshaped(to: Array(pairs.shape.dropLast())) }
  }

  func elementLosses(_ output: Variable, of x: Variable) -> Variable {
    let parts = parts(output)
    return (parts[0] - x).abs() * (-parts[1]).exp() + parts[1] + 0.6931471805599453
  }

  func mean(_ output: Variable) -> Variable { parts(output)[0] }

  /// The mean alone, which no test here asks for.
  func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor { mean(Tape().constant(output)).tensor }
}
