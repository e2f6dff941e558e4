import ArgumentParser
import Latent
import LatentData
import LatentFiles
import LatentRun
import LatentVAE

/// Which model, the same for all commands. What is not given is the model's own.
package struct ModelOptions: ParsableArguments {
  package init() {}

  @Option(
    help: ArgumentHelp(
      "The encoder and decoder: a name, or a file with a plan. (default: lstm)",
      discussion: """
        lstm: the default, an LSTM over the rows and a dense decoder. gru, bilstm: the same with a GRU or a \
        bidirectional LSTM. lstm-lstm: the decoder is an LSTM, too. mlp, conv: Keras's dense and convolutional \
        examples, with 2 latent dimensions; conv reads images of any size and colour. conv1d: convolutions over the steps \
        of a series. plan.json: a file with what vae-train summary --json prints. Where nothing is said of the model, \
        texts have an lstm-lstm that is told the token before, and numbers without an order dense layers.
        """, valueName: "model"),
    completion: .list(ModelRecipe.named.map(\.name)))
  package var model: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Units of the encoder's recurrent or hidden layers. (default: 256; mlp: 512, conv: 16, conv1d: 64)",
      valueName: "units"),
    transform: Parse.size)
  package var hiddenSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Dimensions of the latent space. (default: 16; mlp, conv: 2)", valueName: "dimensions"),
    transform: Parse.size)
  package var latentSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Units of the decoder's hidden or recurrent layers. (default: 256; mlp: 512; conv, conv1d: none)",
      valueName: "units"),
    transform: Parse.size)
  package var decoderSize: Int?

  @Option(
    help: ArgumentHelp(
      "Units of the encoder's hidden layers, such as 400,200; the decoder mirrors them. Selects mlp if no --model "
        + "is given.", valueName: "units"), transform: Parse.sizes)
  package var layers: [Int]?

  @Option(
    help: ArgumentHelp(
      "Units of the decoder's hidden layers, or filters of its convolutions, such as 200,400.", valueName: "units"),
    transform: Parse.sizes)
  package var decoderLayers: [Int]?

  @Option(help: ArgumentHelp("Activation function of the hidden layers. (default: relu)", valueName: "name"))
  package var activation: Activation?

  @Option(help: ArgumentHelp("Cell of the recurrent layers. (default: lstm)", valueName: "cell"))
  package var cell: RecurrentCell?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of stacked recurrent layers. (default: 1)", valueName: "layers"),
    transform: Parse.depth)
  package var cells: Int?

  @Flag(help: "The encoder's recurrent layers read in both directions.")
  package var bidirectional = false

  @Option(
    help: ArgumentHelp(
      "Filters of the encoder's convolutions, such as 32,64,128; each convolution halves the image, and the decoder "
        + "mirrors them. Selects conv if no --model is given. (default: 32,64)", valueName: "filters"),
    transform: Parse.sizes)
  package var filters: [Int]?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rows and columns of a convolution's kernel, or its steps. (default: 3; conv1d: 5)", valueName: "pixels"),
    transform: Parse.kernel)
  package var kernel: Int?

  @Flag(
    help: ArgumentHelp(
      "A recurrent decoder reads at each step the step before of the example, beside the latent point; of a latent "
        + "point alone, what it has made itself. Selects lstm-lstm if no --model is given."))
  package var teacherForcing = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Teacher forcing in which each step that is read while training is 0 with this probability, so that the decoder "
        + "has to ask the latent point. (default: 0)", valueName: "probability"),
    transform: Parse.fraction)
  package var wordDropout: Double?

  @Flag(
    help: ArgumentHelp(
      "The encoder reads beside each value whether it is known; without it, a missing value is 0 and no more."))
  package var maskChannel = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Numbers that stand for a token of a text, which are learned. (default: 64)", valueName: "units"),
    transform: Parse.size)
  package var embeddingSize: Int?

  /// Whether anything is said of the model.
  package var isEmpty: Bool { model == nil && given.isEmpty }

  /// Changes the model that settings have, or takes another one.
  ///
  /// - Throws: ``Failure`` for an option that does not go with the model
  package func apply(to settings: inout RunSettings) throws(Failure) {
    if let model, ModelRecipe(named: model) == nil {
      settings.model.plan = try plan(in: model)
      (settings.model.recipe, settings.model.file, settings.model.kind) = (nil, model, nil)
      settings.objective.loss = settings.model.plan!.likelihood
      if settings.model.plan!.classes > 0 { settings.model.isConditional = true }
      return
    }
    let isChosen = model != nil || isOfAnotherKind(settings.model.recipe)
    guard isChosen || !given.isEmpty else { return }
    guard var recipe = isChosen ? usual : settings.model.recipe else {
      throw Failure(
        "\(given[0]): '\(settings.model.file ?? "the plan")' describes the whole model: change it there",
        code: Failure.usage)
    }
    try change(&recipe)
    (settings.model.recipe, settings.model.plan, settings.model.kind) = (recipe, nil, nil)
  }

  /// The named model, or the one that other options are about.
  private var usual: ModelRecipe {
    if let model, let recipe = ModelRecipe(named: model) { return recipe }
    if layers != nil || activation != nil { return .mlp() }
    if teacherForcing || wordDropout != nil { return .lstmLSTM() }
    if filters != nil || kernel != nil { return .conv() }
    return .lstm()
  }

  /// Whether options are about another kind of encoder than a recipe's.
  private func isOfAnotherKind(_ recipe: ModelRecipe?) -> Bool {
    guard let recipe else { return false }
    if teacherForcing || wordDropout != nil, case .dense = recipe.decoder { return true }
    switch recipe.encoder {
    case .dense: return filters != nil || kernel != nil
    case .recurrent: return layers != nil || activation != nil || filters != nil || kernel != nil
    case .convolution: return layers != nil || activation != nil
    }
  }

  /// The options that change a model.
  private var given: [String] {
    let options: [(String, Bool)] = [
      ("--hidden-size", hiddenSize != nil), ("--latent-size", latentSize != nil),
      ("--decoder-size", decoderSize != nil),
      ("--layers", layers != nil), ("--decoder-layers", decoderLayers != nil), ("--activation", activation != nil),
      ("--cell", cell != nil), ("--cells", cells != nil), ("--bidirectional", bidirectional),
      ("--filters", filters != nil), ("--kernel", kernel != nil), ("--teacher-forcing", teacherForcing),
      ("--word-dropout", wordDropout != nil), ("--embedding-size", embeddingSize != nil),
      ("--mask-channel", maskChannel),
    ]
    return options.filter(\.1).map(\.0)
  }

  private func plan(in file: String) throws(Failure) -> ModelPlan {
    let bytes: [UInt8]
    do { bytes = try AtomicFile.read(file) } catch {
      let names = ModelRecipe.named.map(\.name).joined(separator: ", ")
      throw Failure(
        "--model '\(file)': give one of \(names), or a file with a plan (\(error.reason))", code: Failure.usage)
    }
    if let option = given.first {
      throw Failure("\(option): '\(file)' describes the whole model: change it there", code: Failure.usage)
    }
    do { return try ModelPlan(json: bytes) } catch {
      throw Failure("--model '\(file)': \(error)", code: Failure.usage)
    }
  }
}

extension Activation: ExpressibleByArgument {}
extension RecurrentCell: ExpressibleByArgument {}
