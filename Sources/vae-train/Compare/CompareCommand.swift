import ArgumentParser
import LatentCommand
import LatentFiles
import LatentReport
import LatentRun
import LatentTraining

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// `vae-train compare`: runs side by side, and where two that ought to be the same part.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare runs: settings, losses, curves, and where runs of the same settings "
      + "part.",
    discussion: """
      Each run is compared with the first. If settings and data are the same, the checksums of the weights after \
      each step show whether the runs are identical, or the first epoch, step and parameter at which they part. A \
      run that can't be read is named and left out; the exit code is then 1.
      """)

  @Argument(help: ArgumentHelp("The folders of two or more runs.", valueName: "run"))
  var runs: [String]

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("Also draw the curves of all runs into this SVG file.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace the file if it exists.")
  var force = false

  func run() throws {
    try Failure.reportingProgress(alone: true) {
      guard runs.count >= 2 else { throw Failure("compare needs the folders of two runs or more", code: Failure.usage) }
      try checkOutput()
      let found = read()
      guard found.count >= 2 else {
        throw Failure("there are \(found.isEmpty ? "no" : "too few") runs left to compare: two are needed")
      }
      for line in ComparisonTable(found).lines { Console.print(line) }
      Console.print("")
      for other in found.dropFirst() {
        for run in [found[0], other] {
          if let problem = run.digestsProblem { Console.error("Warning: \(problem)") }
        }
        Console.print(RunComparison(a: found[0], b: other).sentence)
      }
      let chart = CurveChart.comparison(
        found.map(\.curves),
        unit: found.allSatisfy(\.record.settings.objective.isInNats) ? "nats per image" : "per image")
      if let terminal = Terminal(STDOUT_FILENO), terminal.isUTF8, let size = terminal.size, size.columns >= 40 {
        Console.print("")
        for line in TextCurves(chart, columns: size.columns - 1, colors: terminal.colors).lines { Console.print(line) }
      }
      if let output {
        try AtomicFile.write(Array(chart.svg().utf8), to: output)
        Console.print("wrote '\(output)': training and validation losses of all runs")
        NextStep.say("open it in a browser")
      }
      if found.count < runs.count { throw ExitCode(1) }
    }
  }

  private func checkOutput() throws(Failure) {
    guard let output else { return }
    guard output.lowercased().hasSuffix(".svg") else {
      throw Failure("--output '\(output)': its name must end in .svg", code: Failure.usage)
    }
    try OutputOptions.check(output, force: force)
  }

  /// Those that can be read; of the others, a line each.
  private func read() -> [ComparedRun] {
    runs.compactMap { name in
      do throws(Failure) { return try ComparedRun(name) } catch {
        Console.error("Error: \(error.message)")
        return nil
      }
    }
  }
}

extension ComparedRun {
  var curves: CurveChart.Run {
    let curves = history.curves
    return CurveChart.Run(name, training: curves.training, validation: curves.validation)
  }
}
