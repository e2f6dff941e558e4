import Foundation
import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@testable import LatentReport

/// The page as text.
@Suite struct RunReportTests {
  private static var workers: DataParallel { DataParallel(threads: 1, shards: 1) }

  /// A model with its first weights.
  static func saved(_ plan: ModelPlan, element: ElementType = .float32) -> SavedModel {
    SavedModel(plan.makeModel(element: element), plan: plan, metadata: plan.metadata, file: "test")
  }

  /// Losses that fall as 300, 150, 100.
  static func history() throws -> History {
    let columns = ["train", "validation"].flatMap { part in ["loss", "reconstruction", "kl"].map { "\(part)_\($0)" } }
    let head = ["epoch"] + columns + ["train_seconds", "validation_seconds", "examples_per_second", "learning_rate"]
    let rows = (1...3).map { epoch in "\(epoch),\(300 / epoch),\(280 / epoch),5,\(310 / epoch),290,6,1,1,100,0.001" }
    return try #require(History(csv: ([head.joined(separator: ",")] + rows).joined(separator: "\n") + "\n"))
  }

  /// A report with something of everything.
  private func full(_ plan: ModelPlan) throws -> RunReport {
    var report = RunReport(title: "A title")
    report.lead = "A lead."
    report.figures = [.init("Loss", "243.81", "validation")]
    report.findings = [.init(.warning, "The run is short.", advice: "Train longer."), .init(.good, "No collapse.")]
    report.history = try Self.history()
    let picture = Picture(width: 3, height: 2, pixels: [0, 1, 2, 3, 4, 5])
    report.pictures = [
      .init("Samples", caption: "A caption.", alternative: "Rows of images", .png(try PNG.encode(picture)))
    ]
    report.measures = [MeasureTable("Likelihood", [.init("bits per pixel", "0.483", "fewer are better")])]
    report.settings = [.init("Model", [("Hidden size", "256"), ("Provenance", String(repeating: "long ", count: 20))])]
    report.notes = ["Something was left out."]
    report.origin = "Made by a test."
    report.playground = try Playground(
      Self.saved(plan), images: ImageDataset.synthetic(count: 40, part: .test), title: "Test images", on: Self.workers)
    return report
  }

  @Test func everythingIsOnThePage() throws {
    let page = PageReader(text: try full(testPlan(.mlp, height: 28, width: 28)).html())
    page.checkStructure()
    for words in [
      "A title", "A lead.", "243.81", "The run is short.", "Train longer.", "No collapse.", "A caption.",
      "bits per pixel",
      "0.483", "fewer are better", "Hidden size", "Something was left out.", "Made by a test.",
      "width=\"3\" height=\"2\"",
    ] {
      #expect(page.markup.contains(words), "\(words)")
    }
    #expect(page.values(of: "alt") == ["Rows of images"])
    let curves = try page.json("curves-data")
    #expect(curves["epochs"] as? [Int] == [1, 2, 3])
    let panels = try #require(curves["panels"] as? [[String: Any]])
    let series = try #require(panels[0]["series"] as? [[String: Any]])
    #expect(series.map { $0["name"] as? String } == ["training", "validation"])
    #expect(series[0]["values"] as? [Double] == [300, 150, 100])
    #expect(page.markup.contains("<noscript>\n<svg"), "curves without JavaScript")
  }

  @Test func emptyReport() {
    let page = PageReader(text: RunReport(title: "Nothing").html())
    page.checkStructure()
    #expect(!page.markup.contains("<section") && !page.text.contains("application/json"))
  }

  @Test func textIsEscaped() throws {
    let evil = "</script><script>alert(1)</script><!-- \"&'"
    var report = try full(testPlan(.mlp, sizes: .init(hidden: 4, latent: 2, decoder: 4), height: 28, width: 28))
    report.title = evil
    report.lead = evil
    report.figures = [.init(evil, evil, evil)]
    report.findings = [.init(.note, evil, advice: evil)]
    report.pictures = [.init(evil, caption: evil, alternative: evil, report.pictures[0].content)]
    report.measures = [MeasureTable(evil, [.init(evil, evil, evil)])]
    report.settings = [.init(evil, [(evil, evil)])]
    report.lossUnit = evil
    report.totalTitle = evil
    report.notes = [evil]
    report.origin = evil
    report.playground = try Playground(
      Self.saved(testPlan(.mlp, sizes: .init(hidden: 4, latent: 2, decoder: 4), height: 28, width: 28)),
      images: ImageDataset.synthetic(count: 12, part: .test), title: evil, on: Self.workers)
    let page = PageReader(text: report.html())
    page.checkStructure()
    #expect(!page.text.contains("alert(1)</script>") && !page.text.contains("<!--"))
    #expect(page.text.components(separatedBy: "<script").count == 4, "two of data, one program")
    let panels = try #require(try page.json("curves-data")["panels"] as? [[String: Any]])
    #expect(panels[0]["unit"] as? String == evil)
  }

  /// The largest decoder of a named architecture's own size, and more pictures than there is room for.
  @Test func pageStaysSmall() throws {
    var report = try full(testPlan(.mlp, height: 28, width: 28))
    let values = Tensor.normalNoise(key: RandomKey(seed: 1), streams: Array(0..<600), columns: 400).floats
    let noise = Picture(width: 600, height: 400, pixels: values.map { UInt8(truncatingIfNeeded: Int($0 * 1000)) })
    let large = try PNG.encode(noise)
    #expect(large.count > 100_000)
    report.pictures = (0..<9).map { .init("Picture \($0)", caption: "", alternative: "Noise", .png(large)) }
    let page = PageReader(text: report.html())
    #expect(page.text.utf8.count < RunReport.mostBytes)
    page.checkStructure()
    let shown = page.values(of: "alt").count
    #expect(shown > 0 && shown < 9)
    #expect(page.markup.contains("“Picture 8” is too large for this page"))
    #expect(page.markup.components(separatedBy: "is too large for this page").count == 10 - shown)
  }

  @Test func noEpochs() throws {
    var report = try full(testPlan(.mlp, sizes: .init(hidden: 4, latent: 1, decoder: 4), height: 28, width: 28))
    report.history = History()
    let page = PageReader(text: report.html())
    page.checkStructure()
    #expect(!page.markup.contains("id=\"curves\"") && page.markup.contains("id=\"playground\""))
  }

  @Test func base64() {
    for count in [0, 1, 2, 3, 4, 5, 255] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 200) }
      #expect(Base64.encode(bytes) == Data(bytes).base64EncodedString())
      #expect(Base64.encode(bytes).count == Base64.count(bytes: count))
    }
  }

  @Test func layerTableAddsUp() throws {
    let profiler = Profiler()
    var trainer = Trainer(optimizer: Adam(), batchSize: 8, threads: 1)
    trainer.profiler = profiler
    var model = testPlan(.conv, height: 28, width: 28).makeModel()
    try trainer.fit(&model, to: ImageDataset.synthetic(count: 8), epochs: 2)
    let profile = profiler.profile
    let table = LayerTable(profile, steps: 2, batchSize: 8, threads: 1)
    #expect(abs(table.rows.reduce(0) { $0 + $1.total } - profile.wallSeconds * 500) < 1)
    #expect(zip(table.rows, table.rows.dropFirst()).allSatisfy { $0.total >= $1.total })
    #expect(table.rows.contains { $0.name.hasPrefix("encoder.first") && $0.forward > 0 && $0.backward > 0 })
    var report = RunReport(title: "Layers")
    report.layers = table
    PageReader(text: report.html()).checkStructure()
  }
}
