import Latent
import LatentData
import LatentTraining

/// A number that says how good a classifier is, by the name that it has in histories.
public struct ClassificationMetric: Sendable {
  /// For example `accuracy`.
  public let name: String
  /// The number, NaN where there is none.
  public let value: @Sendable (Classification) -> Double
  /// Whether it is made of probabilities.
  let needsProbabilities: Bool

  /// A number of one's own.
  ///
  /// - Parameter needsProbabilities: whether ``Classification/probabilities`` are to be kept for it
  public init(
    _ name: String, needsProbabilities: Bool = true, _ value: @escaping @Sendable (Classification) -> Double
  ) {
    (self.name, self.needsProbabilities, self.value) = (name, needsProbabilities, value)
  }

  /// `accuracy`: ``Classification/accuracy``.
  public static let accuracy = Self("accuracy", needsProbabilities: false) { $0.accuracy }
  /// `precision`: ``ConfusionMatrix/precision``.
  public static let precision = Self("precision", needsProbabilities: false) { $0.confusion.precision }
  /// `recall`: ``ConfusionMatrix/recall``.
  public static let recall = Self("recall", needsProbabilities: false) { $0.confusion.recall }
  /// `f1`: ``ConfusionMatrix/f1``.
  public static let f1 = Self("f1", needsProbabilities: false) { $0.confusion.f1 }
  /// `auc`: ``Classification/rocArea``.
  public static let auc = Self("auc") { $0.rocArea ?? .nan }
}

extension Trainer {
  /// Has measures of a classifier made after each epoch, from the validation part, or from the training part where nothing is
  /// kept for validation.
  ///
  ///     trainer.classificationMetrics(.accuracy, .f1) { (model: Classifier, batch: ExampleBatch, tape) in
  ///       (model.logits(batch.values, tape: tape), batch.labels!.map(Int.init))
  ///     }
  ///     trainer.callbacks = [EarlyStopping(monitor: "accuracy", .max, patience: 3)]
  ///
  /// They are metrics as those of `trainer.metric(_:_:)`, made of one pass over the examples, which workers
  /// and processes share.
  ///
  /// - Parameter classify: the logits of a batch, [B, C] or [B, 1], and its labels, [B]; called by all workers at the same time
  public mutating func classificationMetrics<M: Module, Batch>(
    _ wanted: ClassificationMetric...,
    classify: @escaping @Sendable (_ model: M, _ batch: Batch, _ tape: Tape) -> (logits: Variable, labels: [Int])
  ) {
    let keepsProbabilities = wanted.contains(where: \.needsProbabilities)
    metrics.append(
      Metric(wanted.map(\.name), ofBatches: Batch.self) { (model: M, data, workers) in
        // Metrics ask for the batches of the data that they are given: the fit has compared the types.
        func found<D: TrainingData>(_ data: D) -> Classification {
          Classification(of: model, on: data, workers: workers, keepsProbabilities: keepsProbabilities) {
            classify($0, $1 as! Batch, $2)
          }
        }
        let classification = found(data)
        return wanted.map { $0.value(classification) }
      })
  }
}
