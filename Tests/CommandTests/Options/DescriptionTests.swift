import LatentKernels
import LatentTraining
import Testing

@testable import LatentRun
@testable import vae_train

/// What the program says that no run on this machine may show.
@Suite struct DescriptionTests {
  @Test func onlyAnOpenMPBuildOfOpenBLASGetsAWarning() throws {
    let warning = try #require(StartLines.warning(about: .openMP))
    #expect(warning.hasPrefix("Warning: ") && warning.contains("OMP_NUM_THREADS=1") && !warning.contains("\n"))
    #expect(StartLines.warning(about: .pthreads) == nil)
    #expect(StartLines.warning(about: .sequential) == nil)
  }

  @Test func failuresNameWhatWasKept() throws {
    let folder = try Folder()
    var results = RunFiles(
      folder: try RunFolder(path: folder.path("out"), force: false, record: []), history: History())
    #expect(results.failure == nil)
    results.write([1, 2], to: .history)
    #expect(results.failure == nil)
    #expect(results.isKept(.history) && !results.isKept(.model))
    // A folder in the place of a file is refused, like a full disk.
    try folder.write("out/model.safetensors/x", [1])
    try folder.write("out/curves.svg/x", [1])
    results.write([3], to: .model)
    results.write([4], to: .curves)
    let message = try #require(results.failure?.problem)
    #expect(message.hasPrefix("\(folder.path("out"))/model.safetensors: cannot be written: "))
    #expect(message.hasSuffix("; nor curves.svg; kept in '\(folder.path("out"))': config.json, history.csv"))
    #expect(try folder.bytes("out/history.csv") == [1, 2])
  }
}
