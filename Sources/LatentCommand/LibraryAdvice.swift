/// What libraries advise in words of their own, in those of the program's options.
package enum LibraryAdvice {
  /// Parts of messages, and what the program says in their places; of two that begin alike, the longer one is first.
  package static let options: [(library: String, program: String)] = [
    ("then read that with SafetensorsFile", "then import that with --format torch"),
    ("then read that with NPZFile, by Keras's names", "then import that with --format keras"),
    ("then read that with NPZFile", "then import that with --format npz"),
    (
      "vae-train imports a folder of encoder.onnx and decoder.onnx",
      "import the folder of encoder.onnx and decoder.onnx with --format onnx"
    ),
    ("read it with NPZFile", "import it with --format keras or npz, as its names are"),
    ("read it with SafetensorsFile", "give --format torch or safetensors, as its names are"),
    ("give a safetensors file", "give a safetensors file or a run's folder"),
    (
      "named as PyTorch's are, and not as a model's of Latent",
      "named as PyTorch's are: make a model file of it with vae-train import --format torch"
    ),
    (
      "named as Keras's are, and not as a model's of Latent",
      "named as Keras's are: make a model file of it with vae-train import --format keras"
    ),
    ("then name the array", "then say --array NAME"),
    (
      "IDX file, or a folder of tables, pictures or IDX files",
      "IDX file, a folder of tables, pictures or IDX files, fashion-mnist or synthetic"
    ),
    ("read it as bytes", "read it with --tokens bytes"),
    ("all are averaged to, such as ", "all are averaged to, such as --size "),
    (
      "give a window of 64 tokens, padded for lines cut after 64",
      "give --window 64, or --window 64 --pad for lines cut after 64"
    ),
    ("such as a window of 96", "such as --window 96"),
    ("give a smaller window, or pad it", "give a smaller --window, or --pad"),
    ("give a smaller window", "give a smaller --window"),
    ("let them split the series", "leave them with --gaps split"),
  ]

  /// A library's message as the program says it.
  package static func withOptions(_ message: String) -> String {
    var result = message
    for (library, program) in options {
      // Once: some program's words have the library's in them.
      guard let place = result.firstRange(of: library) else { continue }
      result.replaceSubrange(place, with: program)
    }
    return result
  }
}
