import ArgumentParser

/// `vae-train summary`: the layers of the model.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Print the layers of encoder, decoder and auto-encoder.")

  @OptionGroup var sizes: SizeOptions

  func run() throws {}
}
