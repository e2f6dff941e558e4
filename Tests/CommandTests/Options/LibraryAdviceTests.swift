import Foundation
import LatentCommand
import LatentFiles
import Testing

/// What libraries advise, as the program says it.
@Suite struct LibraryAdviceTests {
  /// A message that a library words otherwise from now on fails here.
  @Test func librariesSayIt() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
    var text = ""
    for library in ["LatentFiles", "LatentData", "LatentTraining"] {
      let folder = sources.appendingPathComponent(library)
      let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
      for case let file as URL in files where file.pathExtension == "swift" {
        // Texts on several lines are one.
        text += try String(contentsOf: file, encoding: .utf8).replacing(/"\s*\n\s*\+ "/, with: "")
      }
    }
    // The names that are put into texts.
    let names = [("program", ["PyTorch", "Keras"]), ("reader", ["SafetensorsFile", "NPZFile, by Keras's names"])]
    let said = names.reduce(text) { all, name in
      all + name.1.map { text.replacing("\\(\(name.0))", with: $0) }.joined()
    }
    for (library, _) in LibraryAdvice.options { #expect(said.contains(library), "\(library)") }
  }

  @Test func becomesOptions() {
    #expect(LibraryAdvice.withOptions("nothing of the kind") == "nothing of the kind")
    #expect(
      LibraryAdvice.withOptions("'a.txt' has less than 4 tokens: give a smaller window")
        == "'a.txt' has less than 4 tokens: give a smaller --window")
    #expect(
      LibraryAdvice.withOptions("save_file(x); then read that with NPZFile, by Keras's names")
        == "save_file(x); then import that with --format keras")
    #expect(
      LibraryAdvice.withOptions("no file 'x': give \(DataError.sources)").hasSuffix("fashion-mnist or synthetic"))
  }

  @Test func theProgramSaysIt() throws {
    let folder = try Folder()
    try folder.write("x.png", [0x89] + Array("PNG\r\n".utf8))
    let result = try Program.run(["encode", "--model", "x.png", "-o", "latents.npy"], in: folder)
    #expect(
      result.status != 0 && result.errors.contains("give a safetensors file or a run's folder"), "\(result.errors)")
  }
}
