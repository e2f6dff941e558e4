import ArgumentParser
import Latent
import LatentCommand

/// The program: `vae-train` alone is `vae-train train`.
@main
struct VAETrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vae-train",
    abstract: "Train variational auto-encoders on images and series.",
    version: "vae-train \(LatentVersion.current)",
    subcommands: [
      TrainCommand.self, SummaryCommand.self, EvaluateCommand.self, DoctorCommand.self, EncodeCommand.self,
      DecodeCommand.self, ReconstructCommand.self, ScoreCommand.self, PictureCommand.self, ReportCommand.self,
      CompareCommand.self,
      ExportCommand.self, ImportCommand.self, ProveResumeCommand.self,
    ],
    defaultSubcommand: TrainCommand.self)

  static func main() {
    Console.openDescriptors()
    ProgramStart.prepare()
    Processes.join("vae-train")
    ProgramArguments.check()
    // The others have nothing to finish, and end by signals as other programs do.
    let first = CommandLine.arguments.dropFirst().first
    let command = configuration.subcommands.first { $0.configuration.commandName == first } ?? TrainCommand.self
    if command == TrainCommand.self || command == ProveResumeCommand.self {
      Interrupt.listen(saying: Processes.world.isFirst ? "Interrupted before training began" : nil)
    }
    // Help about the program alone would list its two commands and none of the options that people look for.
    if CommandLine.arguments.count == 2, ["--help", "-h", "help"].contains(CommandLine.arguments[1]) {
      Processes.run(self, ["help", "train"])
    } else {
      // The parser takes `--resume=FOLDER` for `--resume` alone, where an option may stand without its value.
      let resume = "--resume="
      Processes.run(
        self,
        CommandLine.arguments.dropFirst().flatMap {
          $0.hasPrefix(resume) ? ["--resume", String($0.dropFirst(resume.count))] : [$0]
        })
    }
  }
}
