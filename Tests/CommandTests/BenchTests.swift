import Foundation
import Testing

/// vae-bench, run as its users run it: its files, its comparison, and options that can't be followed.
@Suite struct BenchTests {
  @Test func filesAgreeWithEachOther() throws {
    let folder = try Folder()
    let result = try Program.bench(["--json", "b.json", "--csv", "b.csv", "--trace", "t.json"], in: folder)
    #expect(result.status == 0)
    #expect(result.output.contains("encoder.lstm recurrent products"))

    let json = try folder.json("b.json")
    #expect(json["schema"] as? Int == 1)
    let rows = try #require(json["rows"] as? [[String: Any]])
    let epoch = try #require(json["epoch"] as? [String: Any])
    let wall = try #require(epoch["wallSeconds"] as? Double)
    let sides = rows.flatMap { row in ["forward", "backward", "other"].compactMap { row[$0] as? [String: Any] } }
    func sum(_ parts: [[String: Any]], _ key: String) -> Double {
      parts.reduce(0) { sum, part in sum + (part[key] as? Double ?? .nan) }
    }
    let seconds = sum(sides, "seconds")
    #expect(abs(seconds - wall) < 1e-6, "the rows of the one thread add up to the wall time")
    for side in sides {
      let samples = try #require(side["samples"] as? [Double])
      #expect(samples.count == side["calls"] as? Int)
      #expect(abs(samples.reduce(0, +) - (side["seconds"] as? Double ?? .nan)) < 1e-6)
    }
    #expect((epoch["stepSeconds"] as? [Double])?.count == 3)  // 67 images in batches of 32

    let trace = try folder.json("t.json")
    let events = try #require(trace["traceEvents"] as? [[String: Any]])
    let calls = events.filter { $0["ph"] as? String == "X" }
    #expect(calls.count == sides.reduce(0) { $0 + ($1["calls"] as? Int ?? 0) })
    #expect(abs(sum(calls, "dur") * 1e-6 - wall) < 1e-4)

    let lines = try folder.text("b.csv").split(separator: "\n")
    #expect(lines.count == sides.count + 1)
    let columns = lines[0].split(separator: ",").count
    #expect(lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == columns })
  }

  @Test func simulatedThreads() throws {
    let folder = try Folder()
    let result = try Program.bench(["--simulate-threads", "1,2,16", "--shards", "4", "--json", "b.json"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("16 threads: 4 shards leave 12 of them without any; --shards 16 makes it"))
    let schedule = try #require(try folder.json("b.json")["schedule"] as? [String: Any])
    let cases = try #require(schedule["cases"] as? [[String: Any]])
    #expect(cases.map { $0["shards"] as? Int } == [4, 16])
    for each in cases {
      let phases = try #require((each["schedule"] as? [String: Any])?["phases"] as? [[String: Any]])
      let names = phases.map { $0["name"] as? String }
      #expect(names == ["between", "packing", "shards", "gradient sum", "gradient norm", "optimizer"])
      let shards = try #require(phases[2]["tasks"] as? [Double])
      #expect(shards.count == each["shards"] as? Int && shards.allSatisfy { $0 > 0 })
    }
  }

  @Test func sweepHasALineForEachValue() throws {
    let folder = try Folder()
    let result = try Program.bench(
      ["--sweep", "batch-size=16,32", "--sweep", "sequence-length=14,28", "--markdown", "--json", "b.json"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("| batch-size "))
    #expect(result.output.contains("time grows as sequence-length^"))
    let sweeps = try #require(try folder.json("b.json")["sweeps"] as? [[String: Any]])
    let values = sweeps.map { ($0["points"] as? [[String: Any]] ?? []).map { $0["value"] as? Int } }
    #expect(values == [[16, 32], [14, 28]])
    #expect(folder.contents == ["b.json"])
  }

  /// A baseline that was faster by far, or slower by far, than what this machine does.
  @Test func baseline() throws {
    let folder = try Folder()
    #expect(try Program.bench(["--json", "now.json"], in: folder).status == 0)
    for (factor, status) in [(1e-6, Int32(2)), (1e6, 0)] {
      var json = try folder.json("now.json")
      var epoch = try #require(json["epoch"] as? [String: Any])
      let steps = try #require(epoch["stepSeconds"] as? [Double])
      epoch["stepSeconds"] = Array(repeating: steps.map { $0 * factor }, count: 10).flatMap { $0 }
      json["epoch"] = epoch
      json["rows"] = [Any]()
      try folder.write("then.json", Array(JSONSerialization.data(withJSONObject: json)))
      let result = try Program.bench(["--baseline", "then.json", "--epochs", "4"], in: folder)
      #expect(result.status == status, "\(result.output)")
      #expect(result.output.contains(status == 0 ? "not slower than the baseline" : "slower than the baseline"))
      #expect(result.output.contains("Note: epochs: 1 then, 4 now"))
    }
  }

  @Test(
    arguments: [
      (["--sweep", "epochs=1,2"], "'epochs' can't be swept"), (["--sweep", "batch-size"], "give values"),
      (["--sweep", "batch-size=0"], "at least 1"), (["--sweep", "threads=1000"], "cores"),
      (["--threads", "0"], "at least 1"), (["--threads", "1000"], "--threads 1000: this process may use"),
      (["--json", "no/such/folder/b.json"], "--json: cannot write"), (["--csv", "."], "--csv: '.' is not"),
      (["--trace", ""], "--trace"), (["--baseline", "missing.json"], "--baseline: cannot read 'missing.json'"),
      (["--sequence-length", "13"], "does not divide the 784 pixels"), (["--fail-over", "-1"], "at least 0"),
      (["--network"], "start it with mpirun"),
    ])
  func badOption(options: [String], message: String) throws {
    let folder = try Folder()
    let result = try Program.bench(options, in: folder)
    #expect(result.status == 64)
    #expect(result.errorLines.first?.hasPrefix("Error: ") == true)
    #expect(result.errorLines.first?.contains(message) == true, "\(result.errors)")
    #expect(folder.contents.isEmpty)
  }

  @Test(arguments: [("{\"schema\": 2}", "has schema 2"), ("{}", "is not a result"), ("{\"schema\": 1}", "damaged")])
  func badBaseline(content: String, message: String) throws {
    let folder = try Folder()
    try folder.write("b.json", Array(content.utf8))
    let result = try Program.bench(["--baseline", "b.json"], in: folder)
    #expect(result.status == 64)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains(message))
  }

  @Test func whatHoldsTheMachineBackIsSaid() throws {
    let folder = try Folder()
    let result = try Program.bench(
      [], in: folder, environment: ["OPENBLAS_CORETYPE": "Haswell", "LATENT_INSTRUCTION_SET": "baseline"])
    #expect(result.status == 0)
    #expect(result.output.contains("Warning: OPENBLAS_CORETYPE=Haswell"))
  }

  /// Ctrl-C, or a batch system's signal, prints what was measured so far.
  @Test(arguments: [SIGINT, SIGUSR1]) func interrupted(signal: Int32) throws {
    let folder = try Folder()
    let output = try folder.create("out")
    let process = try Program.start(
      ["--data", "synthetic", "--limit", "2000", "--hidden-size", "8", "--epochs", "100000", "--json", "b.json"],
      in: folder, program: "vae-bench", output: output)
    try process.wait(for: "the first lines") { try folder.text("out").contains("processor") }
    // Within the warm-up or within an epoch, it ends the same way.
    usleep(1_000_000)
    process.send(signal)
    try process.wait()
    #expect(process.exitStatus == 128 + signal)
    #expect(try folder.text("out").contains("epoch (interrupted)"))
    let epoch = try #require(try folder.json("b.json")["epoch"] as? [String: Any])
    #expect(epoch["isPartial"] as? Bool == true)
  }
}
