import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentVAE

extension RunSettings {
  /// What is trained.
  public struct Model: RunPart {
    /// The family that the model is one of, where it is one.
    public var recipe: ModelRecipe?
    /// The model's layers, once it is known what it reads; nil for a model of a program's own.
    public var plan: ModelPlan?
    /// What a model without a plan is, in words.
    public var kind: String?
    /// Whether it is conditional on the examples' labels.
    public var isConditional = false
    /// Where the plan was read; nil where a recipe makes it.
    package var file: String?

    /// The reference model.
    public init() { recipe = .lstm() }

    /// A model of a program's own.
    public init(kind: String) { self.kind = kind }

    package static var title: String { "Model" }

    package static var fields: [RunField<Self>] {
      [
        RunField("model", derived: { $0.words?.json ?? .null }, .implied),
        RunField(
          "latent_size", derived: { ($0.plan?.latentSize ?? $0.recipe?.latentSize)?.json ?? .null }, .implied),
        RunField("conditional", \.isConditional, .implied), RunField("recipe", optional: \.recipe, .implied),
        RunField("plan", optional: \.plan, .implied),
      ]
    }

    /// `LSTM(256) encoder, 16 latent dimensions, Dense(256, relu) decoder`; nil where that is not known yet.
    package var words: String? { plan?.description ?? kind }

    /// Decides between what a record says: a plan without a recipe is the model. Records of before plans have a name and
    /// sizes, and those of models without one a description.
    ///
    /// - Throws: ``RunRecordError`` where recipe and plan are two models
    mutating func settle(_ settings: JSON) throws(RunRecordError) {
      let isSaid = { (name: String) in settings[name] ?? .null != .null }
      if let recipe, let plan, isSaid("recipe") {
        let made = try? recipe.plan(for: plan.example, likelihood: plan.likelihood, classLabels: plan.classLabels)
        guard made == plan else { throw RunRecordError("settings.recipe and settings.plan are two models: remove one") }
      } else if plan != nil {
        recipe = nil
      } else if !isSaid("recipe"), case .string(let name) = settings["model"] {
        recipe = ModelRecipe(named: name)
        if recipe == nil { kind = name }
        func size(_ name: String) -> Int? { settings[name].flatMap { try? Int(json: $0) } }
        recipe?.resize(hidden: size("hidden_size"), latent: size("latent_size"), decoder: size("decoder_size"))
      }
    }

    /// Its plan for examples of a shape.
    ///
    /// - Parameter classLabels: of the classes that it is conditional on
    /// - Throws: `PlanError` where it can't read such examples
    package func plan(
      for example: ExampleShape, likelihood: LikelihoodKind, classLabels: [UInt8] = []
    ) throws(PlanError) -> ModelPlan {
      if let recipe { return try recipe.plan(for: example, likelihood: likelihood, classLabels: classLabels) }
      guard let plan else { throw PlanError("it is not known what the model is") }
      guard plan.example == example else {
        throw PlanError("'\(file ?? "the plan")' is a model for \(plan.example), and the data are \(example)")
      }
      return try plan.with(likelihood: likelihood, classLabels: classLabels)
    }
  }
}

extension ModelRecipe {
  /// Other sizes of the same layers.
  fileprivate mutating func resize(hidden: Int?, latent: Int?, decoder size: Int?) {
    func resized(_ part: Part, _ size: Int?) -> Part {
      guard let size else { return part }
      return switch part {
      case .dense(_, let function): .dense([size], function)
      case .recurrent(let cell, _, let cells, let isBidirectional):
        .recurrent(cell, units: size, cells: cells, isBidirectional: isBidirectional)
      case .convolution(let filters, let kernel, _, let overSteps):
        .convolution(filters, kernel: kernel, units: size, overSteps: overSteps)
      }
    }
    (encoder, decoder, latentSize) = (resized(encoder, hidden), resized(decoder, size), latent ?? latentSize)
  }
}
