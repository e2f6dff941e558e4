import ArgumentParser
import Foundation
import Latent
import LatentCommand
import LatentData
import LatentRun
import LatentTraining

/// The program: trains a layer or a block by itself, for scripts/compare.
@main
struct LayerBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layer-bench",
    abstract: "Train a layer or a Transformer on made-up data, and print the time of each epoch.",
    discussion: """
      scripts/compare runs it beside the same in PyTorch (Benchmarks/peers/torch_layers.py). It prints a JSON object a line: \
      what was measured, then each epoch.
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case transformer, peephole, critic, flow, frozen, vocabulary
    case lstmLayer = "lstm-layer"
  }

  @Option(help: "What is trained.") var model: Kind
  @Option(help: "Number format of the computation.") var precision = NumberFormat.float32
  @Option(help: ArgumentHelp("Passes over the examples.", valueName: "epochs"), transform: Parse.count)
  var epochs = 3
  @Option(help: ArgumentHelp("Worker threads. (default: all cores)", valueName: "threads"), transform: Parse.workers)
  var threads: Int?
  @Option(
    help: ArgumentHelp("Parts of a batch. (default: the trainer's)", valueName: "shards"), transform: Parse.size)
  var shards: Int?
  @Option(help: ArgumentHelp("Examples of a training step.", valueName: "examples"), transform: Parse.size)
  var batchSize: Int
  @Option(help: ArgumentHelp("Examples of an epoch; it is validated with as many.", valueName: "examples"))
  var examples: Int
  @Option(help: ArgumentHelp("T, the steps of an example.", valueName: "steps"), transform: Parse.size)
  var steps: Int
  @Option(
    help: ArgumentHelp(
      "D, the numbers of a step; of a Transformer or a vocabulary, its different tokens.", valueName: "inputs"),
    transform: Parse.size)
  var inputs: Int
  @Option(help: ArgumentHelp("H, hidden units, or a Transformer's width.", valueName: "units"), transform: Parse.size)
  var hiddenSize: Int
  @Option(help: ArgumentHelp("A Transformer's heads.", valueName: "heads"), transform: Parse.size)
  var heads = 1
  @Option(help: ArgumentHelp("A Transformer's blocks.", valueName: "blocks"), transform: Parse.size)
  var layers = 1

  static func main() {
    Console.openDescriptors()
    ProgramStart.prepare()
    Processes.run(self, Array(CommandLine.arguments.dropFirst()))
  }

  func validate() throws {
    guard examples >= 1 else { throw ValidationError("--examples: at least 1 is needed") }
    guard model != .transformer || hiddenSize % heads == 0 else {
      throw ValidationError("--heads: \(hiddenSize) units are not \(heads) equal heads")
    }
  }

  func run() throws {
    let sizes = ModelSizes(steps: steps, inputs: inputs, hidden: hiddenSize, heads: heads, layers: layers)
    try Failure.reporting {
      switch model {
      case .transformer: try train(Transformer(sizes))
      case .lstmLayer: try train(LSTMLayerModel(sizes))
      case .peephole: try train(PeepholeModel(sizes))
      case .critic: try train(CriticModel(sizes))
      case .flow: try train(FlowModel(sizes))
      case .frozen: try train(FrozenModel(sizes))
      case .vocabulary: try train(VocabularyModel(sizes))
      }
    }
  }

  private func train(_ model: some BenchedModel) throws {
    var model = model
    let data = model.examples(examples)
    let threads = threads ?? Machine.cores
    Threads.count = threads
    var trainer = Trainer(
      optimizer: Adam(learningRate: 1e-3, epsilon: 1e-7), batchSize: batchSize, threads: threads, shards: shards,
      precision: precision.precision)
    let history = try trainer.fit(&model, to: data, validation: data, epochs: epochs) { model, batch, tape in
      LossTerms(total: model.loss(batch, tape: tape))
    }
    try Header(
      model: self.model.rawValue, precision: precision.rawValue, threads: threads, shards: trainer.parallel.shards,
      trainingImages: examples, parameters: ParameterLayout(of: model).count
    ).print()
    for epoch in history.epochs { try Line(epoch).print() }
  }
}

/// What an epoch took, with the names that the peers print.
private struct Line: Codable {
  let epoch: Int, trainSeconds: Double, validationSeconds: Double, imagesPerSecond: Double
  let loss: Double, valLoss: Double

  init(_ record: EpochRecord) {
    epoch = record.epoch
    (trainSeconds, validationSeconds) = (record.trainingSeconds, record.validationSeconds)
    (imagesPerSecond, loss) = (record.examplesPerSecond, record.training.total)
    valLoss = record.validation?.total ?? 0
  }
}

private struct Header: Codable {
  let model: String, precision: String
  let threads: Int, shards: Int, trainingImages: Int, parameters: Int
}

extension Encodable {
  /// As one line.
  fileprivate func print() throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .sortedKeys
    Console.print(String(decoding: try encoder.encode(self), as: UTF8.self))
  }
}
