import Latent
import LatentData

/// Numbers that a trainer makes of the model after each epoch: what people care about and gradients cannot see.
public struct Metric: Sendable {
  /// What the numbers are called in histories and by callbacks that monitor one.
  public let names: [String]
  /// Of a model and data that it ``takes``.
  let measure: @Sendable (any Module, any TrainingData, DataParallel) -> [Double]
  /// Whether model and data are of its types.
  let takes: @Sendable (any Module, any TrainingData) -> Bool
  /// These types.
  let types: String

  /// - Parameters:
  ///   - names: other names than those of losses and times in a ``History``: `accuracy`, not `train_accuracy`
  ///   - measure: as many numbers of the model and the examples, on the trainer's workers
  public init<M: Module, D: TrainingData>(
    _ names: [String], _ measure: @escaping @Sendable (_ model: M, _ data: D, _ workers: DataParallel) -> [Double]
  ) {
    self.init(names, types: "\(M.self) on \(D.self)") {
      $0 is M && $1 is D
    } measure: {
      measure($0 as! M, $1 as! D, $2)
    }
  }

  /// One that takes any data of batches of a type.
  package init<M: Module, Batch>(
    _ names: [String], ofBatches: Batch.Type,
    _ measure: @escaping @Sendable (_ model: M, _ data: any TrainingData, _ workers: DataParallel) -> [Double]
  ) {
    self.init(names, types: "\(M.self) on batches \(Batch.self)") { model, data in
      func has<D: TrainingData>(_ data: D) -> Bool { D.Batch.self == Batch.self }
      return model is M && has(data)
    } measure: {
      measure($0 as! M, $1, $2)
    }
  }

  private init(
    _ names: [String], types: String, takes: @escaping @Sendable (any Module, any TrainingData) -> Bool,
    measure: @escaping @Sendable (any Module, any TrainingData, DataParallel) -> [Double]
  ) {
    for name in names {
      require(
        HistoryTable.canBeMetric(name),
        "Metric: '\(name)' is or begins as the name of a loss or time in histories; choose another")
    }
    (self.names, self.types, self.takes) = (names, types, takes)
    self.measure = { model, data, workers in
      let values = measure(model, data, workers)
      require(
        values.count == names.count,
        "Metric: \(values.count) numbers for \(names)"
          + "; one is needed for each name")
      return values
    }
  }
}

extension Trainer {
  /// Has a number made of the model after each epoch, from the validation part, or from the training part where nothing is
  /// kept for validation.
  ///
  ///     trainer.metric("accuracy") { (model: Classifier, data: ImageDataset) in model.accuracy(on: data) }
  ///     trainer.callbacks = [EarlyStopping(monitor: "accuracy", .max, patience: 3)]
  ///
  /// It is in the history (``EpochRecord/metrics``), its tables and curves, and in TensorBoard. Model and data have the types
  /// that the fit is given; others stop it, with both. The function must say the same of the same weights, for a run that goes
  /// on to have the same history. Of several processes each calls it with all examples, and all take the first one's number.
  public mutating func metric<M: Module, D: TrainingData>(
    _ name: String, _ measure: @escaping @Sendable (_ model: M, _ data: D) -> Double
  ) {
    metrics.append(Metric([name]) { (model: M, data: D, _) in [measure(model, data)] })
  }

  /// The same with the trainer's workers, which share the examples: ``DataParallel/map(_:batchSize:in:_:)``,
  /// ``DataParallel/evaluate(_:on:batchSize:step:noiseKey:_:)``.
  ///
  ///     trainer.metric("error") { (model: Regressor, data: TensorDataset, workers) in
  ///       let errors = workers.map(data) { batch in model.absoluteErrors(batch) }
  ///       ...
  ///     }
  public mutating func metric<M: Module, D: TrainingData>(
    _ name: String, _ measure: @escaping @Sendable (_ model: M, _ data: D, _ workers: DataParallel) -> Double
  ) {
    metrics.append(Metric([name]) { (model: M, data: D, workers) in [measure(model, data, workers)] })
  }

  /// Several numbers that are made together.
  ///
  /// - Parameter measure: as many numbers as names
  public mutating func metric<M: Module, D: TrainingData>(
    _ names: [String], _ measure: @escaping @Sendable (_ model: M, _ data: D, _ workers: DataParallel) -> [Double]
  ) {
    metrics.append(Metric(names, measure))
  }

  /// Stops where a metric is of another model or other data, before there is anything to measure.
  func checkMetrics<M: Module, D: TrainingData>(of model: M, on data: D) {
    let names = metrics.flatMap(\.names)
    require(Set(names).count == names.count, "fit: two metrics have one name: \(names)")
    for metric in metrics where !metric.takes(model, data) {
      fatalError(
        "fit: the metric \(metric.names) is of \(metric.types), but this fit is of \(M.self) on \(D.self), with batches "
          + "\(D.Batch.self)")
    }
  }

  /// What the metrics come to with the weights as they are.
  func measure<M: Module, D: TrainingData>(_ work: Work<M, D>, _ model: M) -> [MetricValue] {
    let data = work.validation ?? work.training
    let own = metrics.flatMap { $0.measure(model, data, parallel) }
    guard !own.isEmpty else { return [] }
    // All processes go by the same numbers, though they should have found them all.
    let values = parallel.sum.ofFirst(own, as: "metrics", profiler?.lane(0))
    return zip(metrics.flatMap(\.names), values).map { MetricValue(name: $0, value: $1) }
  }
}
