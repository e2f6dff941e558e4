#if os(Linux)
  import Foundation
  import TestSupport
  import Testing

  /// Limits of the shell (`ulimit`) on memory, threads, files and the stack: a run works, or ends with one line and exit
  /// status 1, whatever the limit is. Nothing crashes, and nothing waits for ever.
  @Suite struct LimitTests {
    private static let train = [
      "--data", "synthetic", "--limit", "64", "--epochs", "1", "--hidden-size", "8", "--output", "out", "--force",
      "--no-progress", "--threads", "2",
    ]

    /// Runs under a limit, for a minute at most.
    private func run(_ limit: String, program: String = "vae-train", _ arguments: [String] = train) throws
      -> Program.Result
    {
      try Program.run(
        arguments, in: Folder(), shell: "ulimit -c 0; ulimit \(limit) && exec timeout -s KILL 60 \"$@\"",
        program: program)
    }

    private func check(_ result: Program.Result, _ limit: String, _ words: [String]) {
      if result.status == 0 { return }
      #expect(result.status == 1, "ulimit \(limit): \(result.errors.prefix(300))")
      #expect(result.errorLines.count == 1, "ulimit \(limit): \(result.errors.prefix(300))")
      #expect(result.errors.hasPrefix("Error: "), "ulimit \(limit): \(result.errors.prefix(300))")
      for word in words { #expect(result.errors.contains(word), "ulimit \(limit): \(result.errors.prefix(300))") }
    }

    /// From what the program can be loaded with to what is enough.
    @Test(
      .disabled(if: isSanitized),
      arguments: [
        ("-v", 260_000), ("-v", 600_000), ("-v", 2_000_000), ("-d", 200_000),
      ])
    func memory(_ option: String, _ kibibytes: Int) throws {
      let limit = "\(option) \(kibibytes)"
      let result = try run(limit)
      check(result, limit, ["out of memory", "ulimit \(option)", "\(kibibytes) KiB"])
      if kibibytes <= 350_000 { #expect(result.status == 1) }
      if kibibytes >= 2_000_000 { #expect(result.status == 0) }
    }

    @Test(.disabled(if: isSanitized), arguments: [8, 14])
    func files(_ count: Int) throws {
      let result = try run("-n \(count)")
      check(result, "-n \(count)", ["files can be opened", "ulimit -n"])
      #expect(result.status == (count < 14 ? 1 : 0))
    }

    @Test(.disabled(if: isSanitized), arguments: [64, 512])
    func stack(_ kibibytes: Int) throws {
      let result = try run("-s \(kibibytes)")
      check(result, "-s \(kibibytes)", ["stack", "ulimit -s"])
      #expect(result.status == (kibibytes < 512 ? 1 : 0))
    }

    /// A limit that may be raised again is.
    @Test(.disabled(if: isSanitized))
    func softStack() throws {
      #expect(try run("-S -s 64").status == 0)
    }

    /// A file that would grow over the limit is a warning or an error of writing, not the end by a signal.
    @Test(.disabled(if: isSanitized))
    func fileSize() throws {
      let result = try run("-f 8")
      #expect(result.status == 1)
      #expect(result.errors.contains("Warning: no checkpoint could be written"), "\(result.errors)")
      #expect(
        result.errorLines.last?.hasPrefix("Error: out/model.safetensors: cannot be written: File too large") == true)
    }

    @Test(.disabled(if: isSanitized), arguments: ["-v 350000", "-s 64"])
    func bench(_ limit: String) throws {
      let result = try run(
        limit, program: "vae-bench",
        ["--data", "synthetic", "--limit", "96", "--hidden-size", "8", "--batch-size", "32", "--threads", "1"])
      #expect(result.status == 1)
      check(result, limit, [])
    }

    /// OpenBLAS would start a thread for each core when it is loaded, each with 128 MB of address space.
    @Test(.disabled(if: isSanitized))
    func threads() throws {
      let folder = try Folder()
      let process = try Program.start(
        ["--data", "synthetic", "--limit", "64", "--epochs", "100000", "--threads", "1", "--output", "out"], in: folder)
      try process.wait(for: "an epoch's end") { folder.contents.contains("out/history.csv") }
      let threads = try FileManager.default.contentsOfDirectory(
        atPath: "/proc/\(process.process.processIdentifier)/task")
      #expect(threads.count == 1)
    }
  }
#endif
