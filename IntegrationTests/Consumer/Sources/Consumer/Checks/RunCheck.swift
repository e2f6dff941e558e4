import Foundation
import Latent
import LatentData
import LatentFiles
import LatentRun
import LatentTraining
import LatentVAE

/// A run of a model that Latent does not know: its folder, record, checkpoints, measures, pictures and page; stopped and gone
/// on with to the same bits.
func checkRun(in folder: String) throws {
  let images = ImageDataset.synthetic(count: 256)
  let trainer = Trainer(optimizer: Adam(learningRate: 1e-2), batchSize: 64, threads: 2)

  var model = makeRowModel()
  let history = try Run(folder + "/run").train(&model, on: images, epochs: 3, with: trainer)
  check(history.epochs.count == 3, "a run's history")
  func text(_ run: String, _ file: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(run)/\(file)", encoding: .utf8)
  }
  for file in ["reconstructions.png", "samples.png", "traversal.png", "kl.png", "curves.svg", "digests.csv"] {
    check(FileManager.default.fileExists(atPath: "\(folder)/run/\(file)"), "a run's \(file)")
  }
  let record = try text("run", "config.json")
  check(record.contains("\"status\": \"finished\""), "a run's record: \(record.prefix(200))")
  let lines = try text("run", "history.csv").split(separator: "\n")
  check(lines.count == 4, "a run's history.csv: \(lines.count) lines")
  let page = try text("run", "report.html")
  check(page.contains("active units") && page.contains("its layers have no description"), "a run's page")

  // The weights in the folder are the model's.
  var read = makeRowModel()
  try read.load(SafetensorsFile(contentsOf: folder + "/run/model.safetensors").allTensors())
  check(read.parameters.map(\.value.values) == model.parameters.map(\.value.values), "a run's weights")

  // The same run, stopped in its second epoch.
  func begin() throws {
    let run = try Run(folder + "/stopped")
    var stopped = makeRowModel()
    var stopping = trainer
    stopping.callbacks = [
      OnEvent { event, run in
        if case .stepFinished(let record) = event, (record.epoch, record.step) == (2, 1) { run.stop("for the test") }
      }
    ]
    _ = try run.train(&stopped, on: images, epochs: 3, with: stopping)
  }
  try begin()
  var resumed = makeRowModel()
  try Run(resuming: folder + "/stopped").train(&resumed, on: images, epochs: 3, with: trainer)
  check(resumed.parameters.map(\.value.values) == model.parameters.map(\.value.values), "a resumed run")
  check(
    try Data(contentsOf: URL(fileURLWithPath: folder + "/stopped/digests.csv"))
      == Data(contentsOf: URL(fileURLWithPath: folder + "/run/digests.csv")), "a resumed run's digests")
}
