import Foundation
import LatentData
import LatentFiles
import Testing

/// A run's page, and the same made anew. What it does in a browser: ``BrowserTests``.
@Suite struct ReportCommandTests {
  /// The part of a page that the playground is made of: everything in it but what is measured.
  private func playground(_ page: String) throws -> Substring {
    let start = try #require(page.range(of: "id=\"playground-data\">"))
    let end = try #require(page[start.upperBound...].range(of: "</script>"))
    return page[start.upperBound..<end.lowerBound]
  }

  private func note(_ page: String) throws -> Substring {
    let start = try #require(page.range(of: "<ul class=\"notes\">"), "there are no notes")
    return page[start.upperBound...].prefix { $0 != "\n" }
  }

  @Test func pageOfARun() throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "out"], in: folder).status == 0)
    let page = try folder.text("out/report.html")
    for words in ["synthetic digits", "id=\"curves\"", "id=\"pictures\"", "id=\"layers\"", "encoder.<wbr>lstm"] {
      #expect(page.contains(words), "\(words)")
    }
    #expect(page.contains("\"title\": \"Test images\"") && !page.contains("id=\"notes\""))
    #expect(page.utf8.count < 3_000_000)

    let again = try Program.run(["report", "--model", "out"], in: folder)
    #expect(
      again.status == 0 && again.errors.isEmpty
        && again.output == "wrote 'out/report.html'\nnext: open it in a browser\n")
    #expect(try playground(folder.text("out/report.html")) == playground(page))

    // From a folder that has lost nearly everything, and from weights alone.
    for name in ["config.json", "history.csv", "samples.png"] {
      try FileManager.default.removeItem(atPath: folder.path("out/\(name)"))
    }
    let poor = try Program.run(["report", "--model", "out"], in: folder)
    #expect(poor.status == 0)
    let text = try folder.text("out/report.html")
    #expect(try playground(text) == playground(page))
    for words in ["There is no config.json", "There is no history", "there is no samples.png"] {
      #expect(try note(text).contains(words) && poor.output.contains(words), "\(words)")
    }
    let bare = try Program.run(["report", "--model", "out/model.safetensors"], in: folder)
    #expect(bare.status == 0)
    #expect(try playground(folder.text("report.html")) == playground(page))
    let refused = try Program.run(["report", "--model", "out/model.safetensors"], in: folder)
    #expect(refused.status == 1)
    #expect(
      refused.errorLines == [
        "Error: 'report.html' exists already: choose another name with --output, or add --force"
      ])
  }

  @Test func imagesOfAnotherKind() throws {
    let folder = try Folder()
    // No test part at all, no labels, another size.
    try folder.write(IDX.trainImages, IDX.images(40, height: 8, width: 12))
    let result = try Program.run(
      [
        "--data", "data", "--epochs", "1", "--model", "mlp", "--hidden-size", "4", "--decoder-size", "4",
        "--latent-size",
        "1", "--output", "out", "--quiet",
      ], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let page = try folder.text("out/report.html")
    #expect(page.contains("\"title\": \"Validation images\""))
    #expect(try note(page).contains("Validation images are shown, since there are no test images that fit"))

    let other = try Program.run(["report", "--model", "out", "--data", "synthetic"], in: folder)
    #expect(other.status == 0)
    let reason = "the model is for images of 8x12, but those of synthetic digits are 28x28"
    #expect(other.output.contains("note: There are no images to encode, and no layer table: \(reason)"))
    #expect(try playground(folder.text("out/report.html")).contains("\"examples\": null"))
  }

  @Test func weightsThatAreNotFinite() throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "out", "--model", "mlp", "--decoder-size", "4"], in: folder).status == 0)
    let bytes = try folder.bytes("out/model.safetensors")
    try folder.write("out/model.safetensors", bytes.dropLast(4) + [0, 0, 0xc0, 0x7f])
    let result = try Program.run(["report", "--model", "out"], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains("note: There is no playground: "))
    let page = try folder.text("out/report.html")
    #expect(!page.contains("id=\"playground\"") && page.contains("id=\"curves\""))
    #expect(try note(page).contains("numbers that are not finite"))
  }

  @Test func whatCannotBe() throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "out", "--quiet"], in: folder).status == 0)
    try FileManager.default.createDirectory(atPath: folder.path("empty"), withIntermediateDirectories: true)
    let cases: [([String], String)] = [
      (["--model", "empty"], "Error: empty: holds neither model.safetensors nor a checkpoint"),
      (["--model", "nowhere"], "Error: nowhere: cannot be read: No such file or directory; check the path"),
      (
        ["--model", "out", "--output", "no/page.html"],
        "Error: no/page.html: cannot be written: No such file or directory; create its folder first"
      ),
    ]
    for (arguments, message) in cases {
      let result = try Program.run(["report"] + arguments, in: folder)
      #expect(result.status == 1 && result.errorLines == [message], "\(result.errors)")
    }
  }
}
