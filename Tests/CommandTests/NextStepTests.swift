import LatentCommand
import Testing

/// Each command ends by saying what to do next, and what it says works as it stands.
@Suite struct NextStepTests {
  @Test func commandsThatAreProposedWork() throws {
    let folder = try Folder()
    let trained = try Program.run(
      ["--data", "synthetic", "--limit", "80", "--epochs", "1", "--model", "mlp", "--output", "my run"], in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(
      Self.last(trained).hasPrefix("next: open 'my run/report.html' in a browser; vae-train evaluate --model 'my run' ")
    )
    let model = ["--model", "my run"]
    let some = model + ["--limit", "20"]
    for (arguments, next) in [
      (["evaluate"] + some, "vae-train doctor --model 'my run' "),
      (["doctor"] + some, "vae-train evaluate --model 'my run' "),
      (["encode"] + some + ["-o", "codes.npy"], "vae-train decode --model 'my run' codes.npy -o decoded.png,"),
      (["encode"] + some + ["-o", "codes.csv"], "read it "), (["reconstruct"] + some + ["-o", "a.png"], "look "),
      (["reconstruct"] + some + ["-o", "a.npy"], "numpy.load "), (["picture", "samples"] + model, "look at it; "),
      (["report"] + model, "open it "),
      (["decode"] + model + ["codes.npy", "-o", "decoded.png"], "look "),
    ] {
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      #expect(Self.last(result).hasPrefix("next: " + next), "\(arguments): \(Self.last(result))")
      #expect(result.errors.isEmpty, "\(arguments): no progress without a terminal")
    }
  }

  @Test func pathsForAShell() {
    #expect(NextStep.shell("runs/first-1.2_b") == "runs/first-1.2_b")
    #expect(NextStep.shell("läufe") == "läufe")
    #expect(NextStep.shell("it's mine") == "'it'\\''s mine'")
    #expect(NextStep.shell("a$b") == "'a$b'" && NextStep.shell("") == "''")
  }

  private static func last(_ result: Program.Result) -> String {
    result.output.split(separator: "\n").last.map(String.init) ?? ""
  }
}
