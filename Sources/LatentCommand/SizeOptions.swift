import ArgumentParser

/// The sizes of the model, the same for all commands.
package struct SizeOptions: ParsableArguments {
  package init() {}

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Hidden units of the LSTM encoder. (default: 256)", valueName: "units"),
    transform: Parse.size)
  package var hiddenSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Dimensions of the latent space. (default: 16)", valueName: "dimensions"),
    transform: Parse.size)
  package var latentSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Hidden units of the dense decoder. (default: 256)", valueName: "units"),
    transform: Parse.size)
  package var decoderSize: Int?
}
