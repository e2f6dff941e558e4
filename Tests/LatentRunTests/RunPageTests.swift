import Foundation
import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@testable import LatentRun

/// What a program puts on the page of its run.
@Suite struct RunPageTests {
  private static let picture = Picture(width: 4, height: 3, pixels: Array(0..<12))

  private static var data: TensorDataset {
    let x = Tensor((0..<40).map { Double($0) / 40 }, shape: [40, 1])
    return TensorDataset(x, Tensor(x.values.map { 2 * $0 + 1 }, shape: [40, 1]))
  }

  private static var trainer: Trainer<SGD> { Trainer(optimizer: SGD(learningRate: 0.1), batchSize: 8, threads: 1) }

  private func page(_ folder: String) throws -> String {
    try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
  }

  private func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// Sections that show what the model has learned, and the page's own table of its layers.
  private static func sections(_ model: Line) -> [PageSection] {
    let slope = model.layer.kernel.value.values[0]
    let x = (0..<30).map { Double($0) / 10 }
    return [
      PageSection(
        "Fit", lead: "A line.",
        [
          .picture("Grid", picture, alternative: "Four by three pixels"), .table("Numbers", [("slope", "\(slope)")]),
          .chart(CurveChart(title: "Answers", yTitle: "y", series: [.init("y", x: x, y: x.map { slope * $0 })])),
        ])
    ]
  }

  @Test func ofAnyModel() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("line")
    let run = try Run(path)
    run.sections(Self.sections)
    run.sections { (_: Line) in [PageSection("More", [.text("Further words.")])] }
    run.leavesOut = [.settings]
    var model = Line()
    try run.train(&model, on: Self.data, epochs: 2, with: Self.trainer)
    #expect(run.notes.isEmpty, "\(run.notes)")
    let page = try page(path)
    #expect(page.contains("<td>\(model.layer.kernel.value.values[0])</td>"), "the model is the trained one")
    #expect(page.contains("alt=\"Four by three pixels\"") && page.contains("Further words."))
    #expect(!page.contains("id=\"settings\"") && !page.contains("auto-encoders"))
    #expect(names(path + "/pictures") == ["Answers.svg", "Grid.png"])
    #expect(try ImageFile.read(path + "/pictures/Grid.png") == Self.picture)
    // The layers, by the model alone: two dense ones with an activation, and what they make of one example.
    let rows = page.matches(
      of: /<tr><th scope="row"><code>(.*?)<\/code><\/th><td class="words">(.*?)<\/td><td>(.*?)<\/td><td>(.*?)<\/td>/)
    #expect(rows.map { $0.1.replacing("<wbr>", with: "") } == ["first", "layer"])
    #expect(rows.map { String($0.2) } == ["Dense, tanh", "Dense"])
    #expect(rows.map { String($0.3) } == ["3", "1"] && rows.map { String($0.4) } == ["6", "4"])
    #expect(page.contains("Trainable parameters: 10.") && page.contains("<dt>Parameters</dt><dd>10</dd>"))
    #expect(try RunRecord(contentsOf: path).results?.parameters == 10)
  }

  /// Layers that train otherwise than they evaluate, and a part that is computed again.
  @Test func layersOfAnyModel() throws {
    let folder = try TemporaryFolder()
    let run = try Run(folder.file("deep"))
    var model = Deep()
    try run.train(&model, on: Self.data, epochs: 1, with: Self.trainer)
    let page = try page(folder.file("deep"))
    let cells = page.matches(of: /<tr><th scope="row"><code>(.*?)<\/code>.*?<td>([0-9]+|–)<\/td><td class="words">/)
    let counts = cells.map { "\($0.1.replacing("<wbr>", with: "")) \($0.2)" }
    for layer in ["first 8", "norm 8", "last 5"] { #expect(counts.contains(layer), "\(counts)") }
    #expect(counts.compactMap { Int($0.split(separator: " ")[1]) }.reduce(0, +) == 41, "\(counts)")
    #expect(page.contains("id=\"layers\""))
  }

  /// A gradient inside of the loss.
  @Test func layersOfALossWithGradients() throws {
    let folder = try TemporaryFolder()
    var model = Slope()
    try Run(folder.file("slope")).train(&model, on: Self.data, epochs: 1, with: Self.trainer)
    let page = try page(folder.file("slope"))
    let rows = page.matches(of: /<tr><th scope="row"><code>(.*?)<\/code>/).map { String($0.1) }
    #expect(rows.starts(with: ["first", "last"]), "\(rows)")
    #expect(page.contains("Trainable parameters: 10."))
  }

  /// Other pictures than those of before, and none of a run that was replaced.
  @Test func picturesAreThoseOfTheRun() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("line")
    func train(_ name: String?, replacing: Bool) throws {
      let run = try Run(path, replacing: replacing)
      if let name {
        run.sections { (_: Line) in [PageSection("s", [.picture(name, Self.picture, alternative: "")])] }
      }
      var model = Line()
      try run.train(&model, on: Self.data, epochs: 1, with: Self.trainer)
    }
    try train("first", replacing: false)
    // The same run, which goes on with other ones.
    do {
      let run = try Run(resuming: path)
      run.sections { (_: Line) in [PageSection("s", [.picture("later", Self.picture, alternative: "")])] }
      var model = Line()
      try run.train(&model, on: Self.data, epochs: 2, with: Self.trainer)
      #expect(run.history.epochs.count == 2 && names(path + "/pictures") == ["later.png"])
    }
    try Data("mine".utf8).write(to: URL(fileURLWithPath: path + "/pictures/notes.txt"))
    try train("second", replacing: true)
    #expect(names(path + "/pictures") == ["notes.txt", "second.png"])
    try FileManager.default.removeItem(atPath: path + "/pictures/notes.txt")
    try train(nil, replacing: true)
    #expect(!names(path).contains("pictures"))
    #expect(try page(path).contains("auto-encoders"))
  }

  /// With an error the page has the sections of the weights that are kept; one that is stopped has them once it has gone on.
  @Test func runsThatEndEarly() throws {
    let folder = try TemporaryFolder()
    let wrong = try Run(folder.file("wrong"))
    wrong.sections(Self.sections)
    var model = Line()
    #expect(throws: RunError.self) {
      try wrong.train(
        &model, on: Self.data, epochs: 3, with: Trainer(optimizer: SGD(learningRate: 1e30), batchSize: 8, threads: 1))
    }
    #expect(try page(folder.file("wrong")).contains(">Numbers<"))

    let early = try Run(folder.file("early"))
    early.sections(Self.sections)
    var trainer = Self.trainer
    trainer.callbacks.append(OnEvent { event, run in if case .epochFinished = event { run.stop("enough") } })
    model = Line()
    try early.train(&model, on: Self.data, epochs: 9, with: trainer)
    #expect(early.history.epochs.count == 1)
    #expect(try page(folder.file("early")).contains(">Numbers<"))

    let stopped = try Run(folder.file("stopped"))
    stopped.sections(Self.sections)
    let steps = Locked(0)
    stopped.isInterrupted = {
      steps.withLock {
        $0 += 1
        return $0 > 4
      }
    }
    model = Line()
    try stopped.train(&model, on: Self.data, epochs: 2, with: Self.trainer)
    #expect(!names(folder.file("stopped")).contains("report.html"))
    try FileManager.default.copyItem(atPath: folder.file("stopped"), toPath: folder.file("on"))
    let on = try Run(resuming: folder.file("on"))
    on.sections(Self.sections)
    model = Line()
    try on.train(&model, on: Self.data, epochs: 2, with: Self.trainer)
    #expect(names(folder.file("on/pictures")) == ["Answers.svg", "Grid.png"])
  }

  /// What goes wrong in a program's sections costs these alone.
  @Test func sectionsThatFail() throws {
    let folder = try TemporaryFolder()
    let run = try Run(folder.file("line"))
    run.sections { (_: Line) throws -> [PageSection] in throw FileError(file: "faces.png", reason: "is not there") }
    run.sections(Self.sections)
    var model = Line()
    try run.train(&model, on: Self.data, epochs: 1, with: Self.trainer)
    #expect(run.record.status == .finished && run.notes.count == 1 && run.notes[0].contains("faces.png"))
    let text = try page(folder.file("line"))
    #expect(text.contains("faces.png") && text.contains(">Numbers<"))

    // A file has the name that the folder needs.
    let other = try Run(folder.file("other"))
    other.sections(Self.sections)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("other/pictures")))
    let error = #expect(throws: RunError.self) {
      var model = Line()
      try other.train(&model, on: Self.data, epochs: 1, with: Self.trainer)
    }
    #expect(error?.description.contains("pictures") == true)
    #expect(try page(folder.file("other")).contains(">Numbers<"), "the page has them all the same")
  }

  /// Sections of another model stop before anything is trained.
  @Test func sectionsOfAnotherModelStop() async {
    await #expect(processExitsWith: .failure) {
      let folder = try TemporaryFolder()
      let run = try Run(folder.file("line"))
      run.sections { (_: Dense) in [] }
      var model = Line()
      try run.train(&model, on: Self.data, epochs: 1, with: Self.trainer)
    }
  }

  @Test func ofAnAutoencoder() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("digits")
    let plan = testPlan(.mlp, sizes: .init(hidden: 6, latent: 2, decoder: 6), height: 28, width: 28)
    func train(_ path: String, leavingOut parts: Set<PagePart>) throws {
      let run = try Run(path)
      run.leavesOut = parts
      run.sections { (model: AnyVariationalAutoencoder) in
        let decoded = model.decode(Tensor(zeros: [1, 2]))
        return [
          PageSection(
            "Own",
            [.table("Middle", [("pixels", "\(decoded.count)")]), .picture("P", Self.picture, alternative: "pixels")])
        ]
      }
      run.sections { (_: AnyVariationalAutoencoder) throws -> [PageSection] in
        throw FileError(file: "own.png", reason: "is not there")
      }
      var model = plan.makeModel()
      try run.train(
        &model, of: plan, on: ImageDataset.synthetic(count: 48), epochs: 1,
        with: Trainer(optimizer: Adam(), batchSize: 16))
    }
    try train(path, leavingOut: [])
    let whole = try page(path)
    let sections = ["findings", "playground", "curves", "own-1", "pictures", "measures", "layers", "settings"]
    func shown(_ page: String) -> [String] {
      page.matches(of: /<section id="(.*?)"/).map { String($0.1) }.filter { $0 != "notes" }
    }
    #expect(shown(whole) == sections && whole.contains("<td>784</td>"))
    #expect(whole.contains("own.png"), "why others are left out")
    #expect(whole.contains("<code>encoder.<wbr>mean</code>") && whole.contains("Gaussian sample"))
    // Made anew by another program, it says what it can't have.
    let saved = try SavedModel(contentsOf: path)
    var again = RunPage(saved, history: History(), record: nil)
    again.addPictures(in: path)
    let report = again.report(PageImages(nil, for: saved), on: DataParallel(threads: 1, shards: 1))
    #expect(report.notes.contains { $0.contains("only it can make them") })
    #expect(report.summary?.parameterCount == saved.model.parameterCount)
    try train(folder.file("less"), leavingOut: [.playground, .measures, .findings, .layers, .pictures])
    let less = try page(folder.file("less"))
    #expect(shown(less) == ["curves", "own-1", "settings"])
    #expect(!less.contains("id=\"playground-data\"") && less.utf8.count < whole.utf8.count)
  }
}

/// y = a tanh(b x + c) + d
private struct Line: TrainableModel {
  var first = Dense(inputSize: 1, outputSize: 3, activation: .tanh, key: RandomKey(seed: 1))
  var layer = Dense(inputSize: 3, outputSize: 1, key: RandomKey(seed: 0))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("first", &first)
    visitor.visit("layer", &layer)
  }

  func loss(_ batch: ExampleBatch, tape: Tape) -> LossTerms {
    LossTerms(total: squaredError(layer(first(tape.constant(batch.values))), targets: batch.others[0]))
  }
}

/// Dense layers with what is special between them.
private struct Deep: TrainableModel {
  var first = Dense(inputSize: 1, outputSize: 4, activation: .tanh, key: RandomKey(seed: 1))
  var norm = BatchNorm(size: 4)
  let dropout = Dropout(rate: 0.5)
  var second = Dense(inputSize: 4, outputSize: 4, key: RandomKey(seed: 2))
  var last = Dense(inputSize: 4, outputSize: 1, key: RandomKey(seed: 3))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("first", &first)
    visitor.visit("norm", &norm)
    visitor.visit("second", &second)
    visitor.visit("last", &last)
  }

  func loss(_ batch: ExampleBatch, tape: Tape) -> LossTerms {
    let h = dropout(norm(first(tape.constant(batch.values))))
    return LossTerms(total: squaredError(last(recomputed(h) { second($0) }), targets: batch.others[0]))
  }
}

/// A curve whose slope is kept small.
private struct Slope: TrainableModel {
  var first = Dense(inputSize: 1, outputSize: 3, activation: .tanh, key: RandomKey(seed: 1))
  var last = Dense(inputSize: 3, outputSize: 1, key: RandomKey(seed: 2))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("first", &first)
    visitor.visit("last", &last)
  }

  func loss(_ batch: ExampleBatch, tape: Tape) -> LossTerms {
    let x = tape.constant(batch.values)
    let slopes = gradient(at: x) { last(first($0)).sum() }
    return LossTerms(total: squaredError(last(first(x)), targets: batch.others[0]) + 0.1 * (slopes * slopes).sum())
  }
}
