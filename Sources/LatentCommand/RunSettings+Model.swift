import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentRun
import LatentTraining
import LatentVAE

/// The model that settings and data make.
extension RunSettings {
  /// What the model is for a data set's images.
  ///
  /// - Throws: ``Failure`` where the machine's memory cannot hold what training it takes, or it can't be trained on them.
  package func plan(for data: RunData) throws(Failure) -> ModelPlan {
    let labels = try classLabels(of: data)
    let plan: ModelPlan
    do throws(PlanError) {
      plan = try model.plan(
        for: data.whole.shape,
        likelihood: objective.loss ?? .usual(for: data.whole.shape, areBytes: data.areBytes),
        classLabels: labels)
    } catch {
      var hint = ""
      if case .vector = data.whole.shape { hint = "; --model mlp reads numbers without an order" }
      throw Failure("--model: \(error)\(hint)", code: Failure.usage)
    }
    // Weights, those of the epoch before, two moments, and each shard's gradient.
    try plan.checkMemory(training.precision.element, copies: 4 + min(training.shards, training.batchSize))
    return plan
  }

  /// The likelihood and the model that data ask for, where a new run's command line does not say: bytes are in 0...1, of real
  /// numbers the Gaussian has a free mean, a text is made token by token, and numbers without an order are read at once.
  ///
  /// - Parameters:
  ///   - loss: what the command line says
  ///   - isModelChosen: whether it says something of the model
  package mutating func choose(_ loss: LikelihoodKind?, isModelChosen: Bool, for data: RunData) {
    guard model.plan == nil else { return }
    let shape = data.whole.shape
    if case .vector = shape, !isModelChosen { model.recipe = .table() }
    guard !data.areBytes else { return }
    let usual = LikelihoodKind.usual(for: shape, areBytes: false)
    if case .text = shape {
      objective.loss = loss ?? usual
      if !isModelChosen { model.recipe = .text() }
    } else if loss == nil || loss == .gaussian {
      objective.loss = usual
    }
  }

  /// The model, with its first weights.
  package func makeModel(_ plan: ModelPlan, for data: RunData) -> AnyVariationalAutoencoder {
    let steps = (data.training.count + training.batchSize - 1) / training.batchSize
    return plan.makeModel(
      objective: objective.record.objective(stepsPerEpoch: steps), key: RandomKey(seed: training.seed),
      element: training.precision.element)
  }

  /// Chooses the number of shards where no option says it: by the batch and the model.
  package mutating func chooseShards(for model: AnyVariationalAutoencoder, on data: RunData) {
    training.shards = DataParallel.defaultShards(batchSize: training.partSize, of: model, on: data.training) {
      $0.loss($1, tape: $2)
    }
  }

  /// The classes that the model is conditional on, none where it is not: those that training sees. Nothing would be
  /// learned of any other.
  private func classLabels(of data: RunData) throws(Failure) -> [UInt8] {
    guard model.isConditional else { return [] }
    guard let labels = data.training.labels else {
      throw Failure("--conditional needs labels, and \(data.whole.name) has none", code: Failure.usage)
    }
    let seen = Set(labels)
    let unseen = Set(data.validation.labels ?? []).subtracting(seen).sorted()
    guard unseen.isEmpty else {
      let names = data.whole.classNames
      throw Failure(
        "--conditional: images for validation have labels that no image for training has, "
          + "\(LabelList(unseen, names: names)): give more images, or another --validation-split", code: Failure.usage)
    }
    return seen.sorted()
  }
}

extension ModelPlan {
  /// - Parameters:
  ///   - element: of the weights
  ///   - copies: how many times the memory of its weights the caller is going to need
  /// - Throws: ``Failure`` where the machine's memory cannot hold that
  package func checkMemory(_ element: ElementType, copies: Int) throws(Failure) {
    let needed = Double(element.size) * Double(copies) * parameterCount
    let memory = Machine.memory
    guard needed < Double(memory.bytes) else {
      throw Failure(
        "a model of \(self) for \(example) needs \(Format.bytes(needed)) of memory, and \(memory.source) "
          + "\(Format.bytes(Double(memory.bytes))): give smaller sizes",
        code: memory.source == Machine.ownMemory ? Failure.usage : 1)
    }
  }
}
