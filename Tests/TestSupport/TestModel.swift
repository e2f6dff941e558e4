import LatentData
import LatentVAE

/// The built-in models, for tests that go through all of them.
public enum TestModel: String, Sendable, CaseIterable {
  case lstm, mlp, conv, gru, bilstm, conv1d
  case lstmLSTM = "lstm-lstm"

  /// Small sizes, or a model's own.
  public struct Sizes: Sendable, Equatable {
    public var hidden: Int
    public var latent: Int
    /// Of the decoder's hidden or recurrent layer; nil where it has none.
    public var decoder: Int?

    public init(hidden: Int, latent: Int, decoder: Int?) {
      (self.hidden, self.latent, self.decoder) = (hidden, latent, decoder)
    }
  }

  public var recipe: ModelRecipe { ModelRecipe(named: rawValue)! }

  /// The plan of the model for images.
  public func plan(
    sizes: Sizes? = nil, height: Int, width: Int, classes: Int = 0, classLabels: [UInt8]? = nil,
    loss: LikelihoodKind = .bernoulli
  ) -> ModelPlan {
    var recipe = recipe
    if let sizes {
      recipe.latentSize = sizes.latent
      recipe.encoder = recipe.encoder.withUnits(sizes.hidden)
      if let decoder = sizes.decoder { recipe.decoder = recipe.decoder.withUnits(decoder) }
    }
    do {
      return try recipe.plan(
        for: .image(height: height, width: width), likelihood: loss,
        classLabels: classLabels ?? (0..<classes).map { UInt8($0) })
    } catch {
      fatalError("\(self) for \(height)x\(width): \(error)")
    }
  }
}

/// The plan of a named model; see ``TestModel/plan(sizes:height:width:classes:classLabels:loss:)``.
public func testPlan(
  _ model: TestModel, sizes: TestModel.Sizes? = nil, height: Int, width: Int, classes: Int = 0,
  classLabels: [UInt8]? = nil, loss: LikelihoodKind = .bernoulli
) -> ModelPlan {
  model.plan(sizes: sizes, height: height, width: width, classes: classes, classLabels: classLabels, loss: loss)
}

extension ModelRecipe.Part {
  fileprivate func withUnits(_ units: Int) -> Self {
    switch self {
    case .dense(_, let activation): .dense([units], activation)
    case .recurrent(let cell, _, let cells, let isBidirectional):
      .recurrent(cell, units: units, cells: cells, isBidirectional: isBidirectional)
    case .convolution(let filters, let kernel, _, let overSteps):
      .convolution(filters, kernel: kernel, units: units, overSteps: overSteps)
    }
  }
}
