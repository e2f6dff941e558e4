import Foundation
import LatentData
import LatentFiles
import LatentReport
import LatentVAE
import Testing

@testable import LatentRun

/// A record says everything once, and every view of it says all that it should.
@Suite struct RunRecordTests {
  /// A value for every setting, none of which is the one that a new record has. A setting without one fails the tests.
  static let samples: [String: JSON] = [
    "data": "synthetic", "limit": .integer(64), "dropped_images": .integer(3), "binarize": "threshold",
    "augment": "shift=2,flip,noise=0.05,scale=0.1",
    "validation_split": .number(0.25), "conditional": .bool(true), "loss": "mse", "beta": .number(2),
    "kl_warm_up": .number(1.5), "free_bits": .number(0.5), "capacity": .number(20), "capacity_epochs": .number(4),
    "samples": .integer(3), "optimizer": "Lion", "accumulate": .integer(3), "epochs": .integer(7),
    "batch_size": .integer(32),
    "learning_rate": .number(0.01), "seed": .string("18446744073709551615"), "precision": "float64",
    "threads": .integer(77), "shards": .integer(5), "preset": "reference-1", "schedule": "cosine",
    "warm_up": .number(2), "decay_factor": .number(0.3), "decay_epochs": .number(6), "clip_norm": .number(1),
    "reduce_on_plateau": .integer(4), "early_stopping": .integer(9), "min_delta": .number(0.125),
    "max_time": .number(60), "own_steering": "a schedule", "checkpoint_every": .integer(10), "keep": .integer(4),
    "time_column": "when", "columns": .array(["a", "b"]), "label_column": "y", "window": .integer(96),
    "stride": .integer(4), "tokens": "bytes",
    "period": .number(60), "gaps": "missing", "strict": .bool(true), "array": "x_train", "colour": "rgb",
    "size": "32x48", "scale": "robust", "test_split": .number(0.125), "shuffle_split": .bool(true), "pad": .bool(true),
    "save_best": .bool(true), "measure": .bool(true), "tensorboard": .bool(true),
  ]
  /// What is no single value, or follows from one that is none.
  private static let ofTheModel: Set = ["model", "latent_size", "recipe", "plan"]

  private func record() throws -> RunRecord {
    var settings = try RunSettings(
      json: .object(Self.samples.map { JSON.Member($0.key, $0.value) }), at: "settings", isStrict: true)
    settings.model.recipe = .mlp()
    settings.model.plan = try ModelRecipe.mlp().plan(
      for: .image(height: 28, width: 28), likelihood: .squaredError, classLabels: [3, 5])
    var record = RunRecord(settings, arguments: ["--seed", "1"])
    record.data = RunRecord.DataRecord(ImageDataset.synthetic(count: 64), training: 48, isConditional: true)
    return record
  }

  @Test func everySettingHasASample() throws {
    let names = Set(RunSettings.fields.map(\.name))
    #expect(names.count == RunSettings.fields.count, "no two settings have one name")
    #expect(Set(Self.samples.keys).union(Self.ofTheModel) == names)
    let usual = RunRecord().settings.json
    for (name, value) in Self.samples { #expect(usual[name] != value, "\(name)") }
  }

  @Test func theFileHoldsAll() throws {
    let record = try record()
    let read = try RunRecord(Array(record.text.utf8), isStrict: true)
    #expect(read.text == record.text)
    for (name, value) in Self.samples { #expect(record.json["settings"]?[name] == value, "\(name)") }
    // The same through other coders.
    let coded = try JSONDecoder().decode(RunRecord.self, from: JSONEncoder().encode(record))
    #expect(coded.text == record.text)
  }

  @Test func everyViewHasEverySetting() throws {
    let record = try record()
    let (groups, parameters, texts) = (record.groups.flatMap(\.pairs), record.hyperparameters, record.texts)
    let identity = record.identity()
    for entry in record.entries where entry.section == "settings" {
      if ["recipe", "plan"].contains(entry.name) { continue }
      let text = try #require(entry.value.singleText, "\(entry.name)")
      #expect(groups.contains { $0.name == entry.name.settingWords && $0.value == text }, "\(entry.name) on the page")
      #expect(parameters.contains { $0.name == entry.name && $0.value == entry.value }, "\(entry.name) in TensorBoard")
      #expect(texts.contains { $0.name == entry.name && $0.value == text }, "\(entry.name) in comparisons")
      if case .weights(let name) = entry.role {
        #expect(identity[name ?? entry.name] == text, "\(entry.name) in checkpoints")
        #expect(record.decisive.contains(entry.name))
      } else {
        #expect(entry.name == "data" || identity[entry.name] == nil || entry.name == "model", "\(entry.name)")
      }
    }
    for entry in record.entries where ["versions", "machine", "data"].contains(entry.section) {
      guard let text = entry.value.singleText else { continue }
      #expect(groups.contains { $0.name == entry.name.settingWords && $0.value == text }, "\(entry.name) on the page")
    }
    #expect(identity["plan"] != nil && identity["schedule_epochs"] == "7")
  }

  @Test func whatMayChange() {
    var record = RunRecord()
    #expect(record.changeable.contains("epochs") && record.changeable.contains("threads"))
    #expect(!record.changeable.contains("seed") && !record.changeable.contains("save_best"))
    record.settings.steering.schedule = .oneCycle
    #expect(!record.changeable.contains("epochs"), "the rates depend on them")
  }

  @Test(arguments: [
    ("\"epoch\": 3", "settings.epoch is no field of it; there are data, limit,"),
    ("\"epochs\": 0", "settings.epochs is not a whole number from 1 on"),
    ("\"epochs\": \"3\"", "settings.epochs is not a whole number from 1 on"),
    (
      "\"precision\": \"float16\"",
      "settings.precision is not one of \"float32\", \"float64\", \"bfloat16-pairs\", \"bfloat16-tiles\""
    ),
    ("\"clip_norm\": -1", "settings.clip_norm is not a number above 0, or null"),
    ("\"conditional\": 1", "settings.conditional is not true or false"),
    ("\"plan\": {\"encoder\": 3}", "settings.plan is no plan of a model: "),
    (
      "\"recipe\": {\"encoder\": {\"kind\": \"deep\"}}",
      "settings.recipe is no recipe of a model: encoder.kind is not one of"
    ),
    ("\"latent_size\": 8", "settings.latent_size follows from other fields and is 16 by them"),
  ])
  func mistakesNameTheField(_ text: String, _ message: String) throws {
    let file = "{\"program\": \"vae-train\", \"settings\": {\(text)}}"
    let error = #expect(throws: RunRecordError.self) { try RunRecord(Array(file.utf8), isStrict: true) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  /// Files of versions before recipes and before plans.
  @Test func earlierFiles() throws {
    let named = """
      {"program": "vae-train", "status": "finished", "settings": {"model": "mlp", "hidden_size": 64, "latent_size": 5,
      "decoder_size": 32, "beta": 1, "seed": 7}, "results": {"epochs": 4, "training": {"total": 3, "kl": 1}}}
      """
    let record = try RunRecord(Array(named.utf8))
    #expect(record.settings.model.recipe == ModelRecipe(encoder: .dense([64]), latentSize: 5, decoder: .dense([32])))
    #expect(record.settings.training.seed == 7 && record.results?.training?["kl"] == 1)
    let plan = try ModelRecipe.gru().plan(for: .image(height: 20, width: 13))
    let planned = """
      {"program": "vae-train", "settings": {"model": "\(plan)", "latent_size": 16, "plan": \(plan.json())}}
      """
    let model = try RunRecord(Array(planned.utf8), isStrict: true).settings.model
    #expect(model.plan == plan && model.recipe == nil)
    for text in ["{}", "[1]", "{\"program\": \"other\", \"settings\": {}}", "{\"settings\": {}}", "{"] {
      #expect(throws: RunRecordError.self, "\(text)") { try RunRecord(Array(text.utf8)) }
    }
  }

  @Test(arguments: ModelRecipe.named.map(\.recipe))
  func recipesComeBack(_ recipe: ModelRecipe) throws {
    #expect(try ModelRecipe(json: recipe.json) == recipe)
    let deep = ModelRecipe(
      encoder: .recurrent(.gru, units: 3, cells: 2, isBidirectional: true), latentSize: 2,
      decoder: .convolution([4, 8], kernel: 5, units: 7))
    #expect(try ModelRecipe(json: deep.json) == deep)
  }
}
