import ArgumentParser
import LatentCommand

/// The program: profiles real epochs of real training.
@main
struct VAEBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vae-bench",
    abstract: "Show where the time of a training epoch goes, layer by layer, against what this machine could do.",
    discussion: """
      It trains the model that vae-train would train with the same options, measures the machine's limits in the same \
      process, and prints both. Exit codes: 0; 2 where --baseline finds something slower; 64 for a wrong option; \
      130 after Ctrl-C, 143 after SIGTERM and 138 after SIGUSR1, which print what was measured so far; 1 \
      otherwise.
      """)

  @OptionGroup var options: BenchOptions

  static func main() {
    Console.openDescriptors()
    ProgramStart.prepare()
    Processes.join("vae-bench")
    Interrupt.listen(saying: Processes.world.isFirst ? "Interrupted before anything was measured" : nil)
    ProgramArguments.check()
    Processes.run(self, Array(CommandLine.arguments.dropFirst()))
  }

  func run() throws {
    try Failure.reporting { try Bench(options).run() }
  }
}
