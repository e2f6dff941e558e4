import ArgumentParser
import Latent
import LatentReport
import LatentVAE

/// Which model, the same for all commands. Sizes that are not given are the model's own.
package struct ModelOptions: ParsableArguments {
  package init() {}

  @Option(
    help: ArgumentHelp(
      "The encoder and decoder.",
      discussion: """
        lstm: the reference, an LSTM over the rows and a dense decoder. gru, bilstm: the same with a GRU, or LSTMs both \
        ways. lstm-lstm: an LSTM draws the rows, too. mlp, conv: Keras's dense and convolutional examples, with 2 latent \
        dimensions.
        """, valueName: "model"))
  package var model = Architecture.lstm

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Units of the encoder's recurrent or hidden layer. (default: 256; mlp: 512, conv: 16)", valueName: "units"),
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
      "Units of the decoder's hidden or recurrent layer. (default: 256; mlp: 512; conv has none)", valueName: "units"),
    transform: Parse.size)
  package var decoderSize: Int?

  /// The model and its sizes: the command line's, else the preset's, else the model's own.
  ///
  /// - Throws: ``Failure`` for a size that the model does not have
  package func chosen(preset: Preset? = nil) throws(Failure) -> ChosenModel {
    var sizes = model == .lstm ? preset?.sizes ?? model.defaultSizes : model.defaultSizes
    if decoderSize != nil && sizes.decoder == nil {
      throw Failure(
        "--decoder-size: the decoder of --model \(model.rawValue) has no hidden layer of that kind", code: Failure.usage
      )
    }
    sizes.hidden = hiddenSize ?? sizes.hidden
    sizes.latent = latentSize ?? sizes.latent
    sizes.decoder = decoderSize ?? sizes.decoder
    return ChosenModel(architecture: model, sizes: sizes)
  }
}

extension Architecture: ExpressibleByArgument {}

/// An architecture and its sizes.
package struct ChosenModel: Sendable, Equatable {
  package let architecture: Architecture
  package let sizes: Architecture.Sizes

  package init(architecture: Architecture, sizes: Architecture.Sizes) {
    (self.architecture, self.sizes) = (architecture, sizes)
  }

  /// A model for images of `height` rows of `width` pixels, with its first weights.
  ///
  /// - Parameter copies: how many times the memory of its weights the caller is going to need
  /// - Throws: ``Failure`` where the machine's memory cannot hold that, or the model can't read such images.
  package func make(
    height: Int, width: Int, classes: Int = 0, key: RandomKey, element: ElementType, copies: Int = 1,
    loss: ReconstructionLoss = .binaryCrossEntropy, objective: Objective = Objective()
  ) throws(Failure) -> AnyVariationalAutoencoder {
    if let objection = architecture.objection(toImagesOf: height, width) {
      throw Failure(
        "--model \(architecture.rawValue) can't read images of \(height)x\(width): \(objection)", code: Failure.usage)
    }
    let count = architecture.parameterCount(height: height, width: width, sizes: sizes, classes: classes)
    let needed = Double(element.size) * Double(copies) * count
    guard needed < Double(Machine.memory.bytes) else {
      let decoder = sizes.decoder.map { " and --decoder-size \($0)" } ?? ""
      throw Failure(
        "--hidden-size \(sizes.hidden), --latent-size \(sizes.latent)\(decoder) for images of "
          + "\(height)x\(width) need \(Format.bytes(needed)) of memory, and \(Machine.memory.source) "
          + "\(Format.bytes(Double(Machine.memory.bytes))): give smaller sizes",
        code: Machine.memory.source == Machine.ownMemory ? Failure.usage : 1)
    }
    return architecture.makeModel(
      height: height, width: width, sizes: sizes, classes: classes, likelihood: loss.likelihood(element: element),
      objective: objective, key: key, element: element)
  }

  /// `LSTM(256) encoder, 16 latent dimensions, Dense(256) decoder`
  package var description: String {
    let (h, g) = (sizes.hidden, sizes.decoder ?? 0)
    let (encoder, decoder) =
      switch architecture {
      case .lstm: ("LSTM(\(h))", "Dense(\(g))")
      case .gru: ("GRU(\(h))", "Dense(\(g))")
      case .bilstm: ("bidirectional LSTM(\(h))", "Dense(\(g))")
      case .lstmLSTM: ("LSTM(\(h))", "LSTM(\(g))")
      case .mlp: ("Dense(\(h))", "Dense(\(g))")
      case .conv: ("Conv2D(32), Conv2D(64), Dense(\(h))", "Conv2DTranspose(64), (32), (1)")
      }
    return "\(encoder) encoder, \(sizes.latent) latent dimensions, \(decoder) decoder"
  }
}
