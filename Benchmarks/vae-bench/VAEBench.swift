import ArgumentParser
import LatentCommand

/// The program: profiles real epochs of real training.
@main
struct VAEBench: ExperimentCommand {
  static let configuration = CommandConfiguration(
    commandName: "vae-bench",
    abstract: "Show where the time of a training epoch goes, layer by layer, against what this machine could do.",
    discussion: """
      It trains the model that vae-train would train with the same options, measures the machine's limits in the same \
      process, and prints both. Exit codes: 0; 2 where --baseline finds something slower; 64 for a wrong option; \
      130 after Ctrl-C, 143 after SIGTERM and 138 after SIGUSR1, which print what was measured so far; 1 \
      otherwise.
      """)

  private static let trained = "What is trained"
  // Beside each other, not in a group of groups, which debug builds check four times as often: see ExperimentCommand.
  @OptionGroup(title: VAEBench.trained) var data: DataOptions
  @OptionGroup(title: VAEBench.trained) var batches: BatchOptions
  @OptionGroup(title: VAEBench.trained) var model: ModelOptions
  @OptionGroup(title: VAEBench.trained) var objective: ObjectiveOptions
  @OptionGroup(title: VAEBench.trained) var training: TrainingOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Epochs to measure, after a warm-up. (default: 1)", valueName: "epochs"),
    transform: Parse.count)
  var epochs = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Time steps in which an image is read; their number must divide its pixels. (default: its rows)",
      valueName: "steps"), transform: Parse.size)
  var sequenceLength: Int?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Measure each value of batch-size, hidden-size, threads or sequence-length; may be repeated.",
      discussion: "For example --sweep batch-size=32,256,2048. Each value runs in a process of its own.",
      valueName: "key=values"), transform: Sweep.init(argument:))
  var sweep: [Sweep] = []

  @Option(parsing: .unconditional, help: ArgumentHelp("Write all results and raw samples.", valueName: "file"))
  var json: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Write the layer table.", valueName: "file"))
  var csv: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Write every call as Chrome trace events, for Perfetto.", valueName: "file"))
  var trace: String?

  @Flag(
    help: ArgumentHelp(
      "Measure the links between ranks, and say how fast more machines would be.",
      discussion: "For mpirun, with at least 2 ranks. It takes the place of the table by layer."))
  var network = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Say how fast other numbers of threads would be, such as 1,2,8,16,64.",
      discussion: "Simulated from the tasks of a step, timed on one thread.", valueName: "threads"),
    transform: { try $0.split(separator: ",", omittingEmptySubsequences: false).map { try Parse.workers(String($0)) } })
  var simulateThreads: [Int]?

  @Flag(help: "Print tables as Markdown.")
  var markdown = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Compare with the results of an earlier --json.", valueName: "file"))
  var baseline: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Per cent by which a median may be slower than the baseline's. (default: 5)", valueName: "%"),
    transform: Parse.nonNegative)
  var failOver = 5.0

  static func main() {
    Console.openDescriptors()
    ProgramStart.prepare()
    Processes.join("vae-bench")
    Interrupt.listen(saying: Processes.world.isFirst ? "Interrupted before anything was measured" : nil)
    ProgramArguments.check()
    Processes.run(self, Array(CommandLine.arguments.dropFirst()))
  }

  func run() throws {
    try Failure.reporting { try Bench(self).run() }
  }
}
