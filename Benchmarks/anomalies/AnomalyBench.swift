import ArgumentParser
import Foundation
import Latent
import LatentCommand

/// The program: scores the series of public benchmarks of anomaly detection.
@main
struct AnomalyBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anomaly-bench",
    abstract: "Score the series of NAB or SKAB, each by a model that has learned its first rows.",
    discussion: """
      Of NAB it writes the result files that NAB's own scorer reads; of SKAB it prints F1, and the rates of false and missed \
      alarms. Neither set is part of this repository. The same seed gives the same bits on any number of threads.
      """)

  /// What makes the scores.
  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case autoencoder, mean, gaussian, last, pca
  }

  @Option(help: ArgumentHelp("The folder of NAB, with data and labels.", valueName: "folder")) var nab: String?
  @Option(help: ArgumentHelp("The folder of SKAB, with data.", valueName: "folder")) var skab: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("Where NAB's result files go.", valueName: "folder"))
  var output = "results"
  @Option(help: ArgumentHelp("The detector's name in them.", valueName: "name")) var name = "latent"

  @Option(
    help:
      "The network, or a baseline: squared distances from the mean, a moving Gaussian, the last value, PCA residuals.")
  var detector = Kind.autoencoder
  @Option(
    help: ArgumentHelp("Rows of a window. (default: 32 of NAB, 10 of SKAB)", valueName: "rows"), transform: Parse.size)
  var window: Int?
  @Option(help: ArgumentHelp("Units of a hidden layer.", valueName: "units"), transform: Parse.size)
  var hiddenSize = Detector().hiddenSize
  @Option(help: ArgumentHelp("Numbers of a latent point.", valueName: "numbers"), transform: Parse.size)
  var latentSize = Detector().latentSize
  @Option(
    help: ArgumentHelp("Times that a series' first rows are learned.", valueName: "epochs"), transform: Parse.count)
  var epochs = Detector().epochs
  @Option(help: ArgumentHelp("Of weights, order and noise.", valueName: "seed"), transform: Parse.seed)
  var seed: UInt64 = 0
  @Option(help: ArgumentHelp("Series at a time. (default: all cores)", valueName: "threads"), transform: Parse.workers)
  var threads: Int?

  @Option(
    help: ArgumentHelp("SKAB: the share of learned rows without an alarm.", valueName: "share"),
    transform: Parse.fraction)
  var quantile = 0.99

  static func main() {
    Console.openDescriptors()
    ProgramStart.prepare()
    Processes.run(self, Array(CommandLine.arguments.dropFirst()))
  }

  func validate() throws {
    guard nab != nil || skab != nil else { throw ValidationError("give --nab or --skab, the folder of a benchmark") }
  }

  func run() throws {
    try Failure.reporting {
      let threads = threads ?? Machine.cores
      let start = Date()
      if let nab {
        try NABBench(folder: nab, output: output, name: name, detector: detector(window: 32)).run(threads: threads)
      }
      if let skab {
        try SKABBench(folder: skab, detector: detector(window: 10), quantile: quantile).run(threads: threads)
      }
      print("\(Int(Date().timeIntervalSince(start).rounded())) s on \(threads) threads")
    }
  }

  private func detector(window usual: Int) -> BenchedDetector {
    switch detector {
    case .mean: return .mean
    case .gaussian: return .movingGaussian
    case .last: return .lastValue
    case .pca: return .principalComponents(steps: window ?? usual)
    case .autoencoder:
      return .autoencoder(
        Detector(
          window: window ?? usual, hiddenSize: hiddenSize, latentSize: latentSize, epochs: epochs, seed: seed))
    }
  }
}
