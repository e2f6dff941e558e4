import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentRun
import LatentVAE

/// `vae-train summary`: the layers of the model.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Print the layers, shapes and parameters of a model.")

  @OptionGroup var model: ModelOptions

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Rows of an image. (default: 28)", valueName: "pixels"),
    transform: Parse.size)
  var height: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Pixels of a row. (default: 28)", valueName: "pixels"),
    transform: Parse.size)
  var width: Int?

  @Flag(help: "Print the model as JSON, a file for --model.")
  var json = false

  func run() throws {
    try Failure.reporting {
      var settings = RunSettings()
      try model.apply(to: &settings)
      let chosen = settings.model
      let example =
        height == nil && width == nil
        ? chosen.plan?.example ?? .image(height: 28, width: 28) : .image(height: height ?? 28, width: width ?? 28)
      let plan: ModelPlan
      do throws(PlanError) {
        plan = try chosen.plan(for: example, likelihood: settings.objective.loss ?? .bernoulli)
      } catch {
        throw Failure("--model: \(error)", code: Failure.usage)
      }
      if json { return Console.print(plan.json(isPretty: true)) }
      try plan.checkMemory(.float32, copies: 1)
      let summaries = plan.makeModel().summaries(of: plan.example)
      Console.print(summaries.map(\.table).joined(separator: "\n"), terminator: "")
    }
  }
}
