import Latent
import LatentData

extension ModelSummary {
  /// The layers of a model that says its own loss, found by computing that of some examples as an evaluation does.
  init<M: TrainableModel, D: TrainingData>(of model: M, on data: D, examples: Int) where M.Batch == D.Batch {
    let context = BatchContext(element: ParameterLayout(of: model).element)
    let batch = data.batch(Array(0..<examples)[...], in: context)
    // What leads to the tape; the model reads the batch.
    self.init("\(M.self)", of: model, inputs: [("batch", [examples])]) { model, inputs in
      _ = model.loss(batch, tape: inputs[0].tape)
    }
  }
}
