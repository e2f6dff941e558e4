import Foundation
import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentReport
import LatentTraining
import LatentVAE

typealias RowModel = VariationalAutoencoder<RowEncoder, OuterDecoder>

/// Images of 28x28 by an encoder, a decoder and a likelihood that Latent does not know.
func makeRowModel() -> RowModel {
  VariationalAutoencoder(
    encoder: RowEncoder(rowSize: 28, latentSize: 3), decoder: OuterDecoder(latentSize: 3, rows: 28, columns: 28),
    likelihood: LaplaceLikelihood())
}

/// What is measured and drawn of a model of one's own, by the formulas from its own outputs.
func checkMeasuresAndPictures(of model: RowModel) throws {
  let images = ImageDataset.synthetic(count: 40)
  let (saved, workers) = (SavedModel(model, example: images.shape), DataParallel(threads: 2, shards: 1))
  let found = saved.measures(on: images, workers: workers)

  let x = images.firstBatch(40).values
  let (mean, logVariance) = model.encode(x)
  let (m, v, pixels) = (mean.values, logVariance.values, x.values)
  var kl = 0.0
  for index in 0..<120 { kl += (m[index] * m[index] + exp(v[index]) - v[index] - 1) / 80 }
  check([found.losses["kl"] ?? .nan, found.latents.divergence], [kl, kl], within: 1e-4, "measures: the divergence")
  let decoded = model.decode(mean).values
  var squares = 0.0
  for (y, x) in zip(decoded, pixels) { squares += (y - x) * (y - x) / (40 * 784) }
  check([found.quality.meanSquaredError], [squares], within: 1e-4, "measures: the squared error")

  // The noise of an evaluation with this seed.
  let key = RandomKey(seed: 0).child("evaluation")
  let noise = Tensor.normalNoise(key: key, streams: (0..<40).map { $0 }, columns: 3).values
  let z = (0..<120).map { m[$0] + exp(v[$0] / 2) * noise[$0] }
  let output = model.decoder(Tape().constant(Tensor(z, shape: [40, 3]))).tensor.values
  var bound = kl
  for (index, pixel) in pixels.enumerated() {
    let (place, logScale) = (output[2 * index], output[2 * index + 1])
    bound += (log(2) + logScale + abs(pixel - place) / exp(logScale)) / 40
  }
  check([found.losses.total], [bound], within: 1e-4, "measures: the bound")
  check(found.labels?.asked == 20, "measures: labels")

  let pictures = try LatentPictures(of: saved, images: images, on: workers)
  let picture = try pictures.picture(.reconstructions)
  for index in [0, 17] {
    let original = (0..<784).map { pixels[784 * index + $0] }
    check(picture.shows(original, tolerance: 0), "a picture: image \(index)")
    check(picture.shows((0..<784).map { decoded[784 * index + $0] }), "a picture: image \(index), reconstructed")
  }
  for kind in PictureKind.allCases where kind != .curves && kind != .manifold {
    check(try pictures.picture(kind).pixels.count > 784, "the picture \(kind)")
  }
}

extension Picture {
  /// Whether an image of 28x28 is somewhere in the picture, each of its pixels 3 wide and high.
  func shows(_ image: [Double], tolerance: Int = 1) -> Bool {
    let expected = image.map { Int((max(0, min(1, $0)) * 255).rounded()) }
    for y in 0..<max(0, height - 83) {
      for x in 0..<max(0, width - 83) {
        let isHere = expected.indices.allSatisfy { index in
          abs(Int(self[x + 3 * (index % 28) + 1, y + 3 * (index / 28) + 1].first!) - expected[index]) <= tolerance
        }
        if isHere { return true }
      }
    }
    return false
  }
}

/// Trained, stopped after a few steps and gone on with from a checkpoint: the same bits as without the stop.
func checkRowModel(in folder: String) throws {
  let images = ImageDataset.synthetic(count: 256)
  func trainer(_ name: String) -> Trainer<Adam> {
    var trainer = Trainer(optimizer: Adam(learningRate: 1e-2), batchSize: 64, threads: 2)
    trainer.checkpoints = CheckpointFolder(folder + "/" + name, everySteps: 1)
    return trainer
  }
  var (model, whole) = (makeRowModel(), trainer("whole"))
  let history = try whole.fit(&model, to: images, epochs: 3)
  check(history.epochs[2].training.total < history.epochs[0].training.total, "a model's training")

  var (stopped, part) = (makeRowModel(), trainer("part"))
  part.callbacks = [
    OnEvent { event, run in
      if case .stepFinished(let record) = event, (record.epoch, record.step) == (2, 3) { run.stop("for the test") }
    }
  ]
  _ = try part.fit(&stopped, to: images, epochs: 3)
  check(part.stopReason == "for the test", "a model's stop")
  let checkpoint = CheckpointFolder(folder + "/part").newest().checkpoint
  check(checkpoint?.progress.epoch == 2 && checkpoint?.progress.step == 3, "a model's checkpoint")
  var (resumed, rest) = (makeRowModel(), trainer("part"))
  _ = try rest.fit(&resumed, to: images, epochs: 3, resuming: checkpoint)
  check(resumed.parameters.map(\.value.values) == model.parameters.map(\.value.values), "a model's resumed run")

  // Through a file, and back.
  try SafetensorsFile.write(model.safetensors, to: folder + "/model.safetensors")
  var read = makeRowModel()
  try read.load(SafetensorsFile(contentsOf: folder + "/model.safetensors").allTensors())
  check(read.parameters.map(\.value.values) == model.parameters.map(\.value.values), "a model's file")
  try checkMeasuresAndPictures(of: read)
}
