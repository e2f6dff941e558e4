// A classifier with batch normalisation, trained by as many processes as `mpirun` starts, on one machine or on many:
//
//     swift build --traits MPI
//     mpirun -n 4 example-cluster --output runs/digits --epochs 5
//
// Its weights are those that one process finds, bit for bit. A run that was killed goes on with --resume, on any number of
// processes. Without mpirun it is one process, which needs no MPI.
import Latent
import LatentData
import LatentMPI
import LatentRun
import LatentTraining

struct Classifier: TrainableModel {
  var first = Dense(inputSize: 784, outputSize: 64, key: RandomKey(seed: 1))
  var norm = BatchNorm(size: 64)
  var output = Dense(inputSize: 64, outputSize: 10, key: RandomKey(seed: 2))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("first", &first)
    visitor.visit("norm", &norm)
    visitor.visit("output", &output)
  }

  func loss(_ batch: ExampleBatch, tape: Tape) -> LossTerms {
    let pixels = tape.constant(batch.values.reshaped(to: [batch.values.shape[0], 784]))
    // The mean and variance of the whole batch, wherever its parts are.
    let hidden = norm(first(pixels)).relu()
    return LossTerms(total: crossEntropy(logits: output(hidden), labels: batch.labels!.map(Int.init)))
  }
}

/// The value of an option.
func option(_ name: String) -> String? {
  CommandLine.arguments.firstIndex(of: name).flatMap {
    $0 + 1 < CommandLine.arguments.count ? CommandLine.arguments[$0 + 1] : nil
  }
}
let isQuick = CommandLine.arguments.contains("--quick")

let world = try World()
do {
  let images = ImageDataset.synthetic(count: option("--limit").flatMap { Int($0) } ?? (isQuick ? 500 : 20_000))
  var model = Classifier()
  let trainer = Trainer(
    optimizer: Adam(learningRate: 1e-3), batchSize: 64,
    threads: option("--threads").flatMap { Int($0) } ?? world.threads, sum: world)
  let run =
    if let folder = option("--resume") { try Run(resuming: folder, sum: world) } else {
      try Run(option("--output"), sum: world)
    }
  let epochs = option("--epochs").flatMap { Int($0) } ?? (isQuick ? 1 : 5)
  try run.train(&model, on: images, epochs: epochs, with: trainer) { event in
    guard case .epochFinished(let epoch) = event, world.isFirst else { return }
    print("epoch \(epoch.epoch): loss \(epoch.validation!.total), \(epoch.examplesPerSecond) images/s")
  }
  if world.isFirst { print("results: \(run.folder.path)") }
  world.finish()
} catch {
  world.end("\(error)")
}
