import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// A run's auto-encoder with its examples: what pictures, measures and the page are made of. A run of any other model has
/// none.
package struct Exhibit: Sendable {
  /// The examples for validation where there are any, else those for training.
  package let shown: any Dataset
  package let isValidation: Bool
  /// The model's layers, where they have a description.
  package let plan: ModelPlan?
  package let seed: UInt64
  /// Worker threads.
  package let threads: Int
  /// Of the processes that train together. What is measured of many examples, they share; the first one alone draws and
  /// writes.
  package let sum: any GradientSum
  private let model: AnyVariationalAutoencoder

  /// - Parameters:
  ///   - model: of the run, with any weights
  ///   - sum: the trainer's
  package init<E, D>(
    _ model: VariationalAutoencoder<E, D>, plan: ModelPlan?, shown: any Dataset, isValidation: Bool, seed: UInt64,
    threads: Int, sum: any GradientSum = TreeSum()
  ) {
    (self.model, self.plan, self.shown, self.isValidation) = (model.erased, plan, shown, isValidation)
    (self.seed, self.threads, self.sum) = (seed, threads, sum)
  }

  /// Of the weights.
  package var element: ElementType { model.encoder.parameters.first?.value.element ?? .float32 }

  /// Workers of this process alone, for what is shown.
  var workers: DataParallel { DataParallel(threads: threads, shards: 1) }

  /// Workers that the processes share: each of them calls what takes them.
  var sharedWorkers: DataParallel { DataParallel(threads: threads, shards: 1, sum: sum) }

  /// The model with these weights and buffers, by their paths.
  package func model(_ tensors: [(path: String, value: Tensor)]) -> AnyVariationalAutoencoder {
    var model = model
    try! model.load(Dictionary(uniqueKeysWithValues: tensors.map { ($0.path, $0.value) }))
    return model
  }

  /// The same as a model that has been trained.
  ///
  /// - Parameters:
  ///   - metadata: what its file says
  ///   - file: its path
  func saved(
    _ tensors: [(path: String, value: Tensor)], metadata: [String: String], file: String
  ) -> SavedModel {
    if let plan { return SavedModel(model(tensors), plan: plan, metadata: metadata, file: file) }
    return SavedModel(
      model(tensors), example: shown.shape, metadata: metadata, file: file)
  }

  /// Some examples and what the model makes of them, as a picture: images above what is decoded, or lines with a band that 90%
  /// of what is expected lies in; nil where they can't be drawn.
  ///
  /// - Parameters:
  ///   - tensors: what the model's weights and buffers are now, by their paths
  ///   - metadata: what a file of the model would say of it: units are among that
  package func picture(
    _ tensors: [(path: String, value: Tensor)], metadata: [String: String], count: Int, title: String = ""
  ) -> Picture? {
    if shown.shape.drawn != nil { return reconstructed(tensors, count: count).picture(title: title) }
    guard var chart = chart(tensors, metadata: metadata, count: min(count, 6)) else { return nil }
    if !title.isEmpty { chart.title = title }
    return chart.picture()
  }

  /// The same of series and vectors, as lines on the axes of the data; nil where they can't be drawn.
  package func chart(
    _ tensors: [(path: String, value: Tensor)], metadata: [String: String], count: Int
  ) -> SeriesChart? {
    switch shown.shape {
    case .image, .text: return nil
    case .series, .vector: break
    }
    let saved = saved(tensors, metadata: metadata, file: "")
    guard let pictures = try? LatentPictures(of: saved, on: workers) else { return nil }
    var chart = pictures.seriesReconstructions(of: shown, count: count)
    chart.axes = "data"
    return chart
  }

  /// The first examples and their reconstructions from the latent mean.
  ///
  /// - Parameter tensors: what the model's weights and buffers are now, by their paths
  package func reconstructed(_ tensors: [(path: String, value: Tensor)], count: Int) -> ReconstructedImages {
    ReconstructedImages(model(tensors), count: count, of: shown, element: element)
  }
}
