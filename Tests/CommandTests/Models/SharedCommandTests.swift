import Foundation
import Latent
import LatentCommand
import LatentFiles
import TestSupport
import Testing

@testable import vae_train

/// Commands that several processes run together: the first one writes what one process writes, and the others nothing.
@Suite struct SharedCommandTests {
  private static let model = ["--model", "out", "--threads", "1"]
  private static let images = model + ["--data", "synthetic", "--limit", "70"]

  @Test func filesOfOneProcess() throws {
    let folder = try Folder()
    let result = try Program.train(["--output", "out", "--latent-size", "3", "--conditional"], in: folder)
    try #require(result.status == 0, "\(result.errors)")
    try folder.write(
      "latents.npy", NPYFile.encode(StoredArray(Tensor((0..<210).map { Double($0 % 7) - 3 }, shape: [70, 3]))))
    let commands: [(option: String, file: String, arguments: [String])] = [
      ("--output", "codes.npy", ["encode"] + Self.images), ("--output", "codes.csv", ["encode"] + Self.images),
      ("--output", "again.npy", ["reconstruct"] + Self.images),
      ("--output", "again.png", ["reconstruct"] + Self.images),
      ("--output", "images.npy", ["decode", "latents.npy", "--label", "3"] + Self.model),
      ("--json", "measures.json", ["evaluate"] + Self.images),
      ("--output", "kl.png", ["picture", "kl"] + Self.images),
    ]
    for (option, file, arguments) in commands {
      // The test's own threads run the command as processes would: their folder is not the program's.
      let command = arguments.map { ["out", "latents.npy"].contains($0) ? folder.path($0) : $0 } + [option]
      let alone = try Program.run(command + [folder.path(file)], in: folder)
      #expect(alone.status == 0, "\(alone.errors)")
      let ends = SimulatedProcesses(3).run { sum in
        Processes.with(sum) { Result { try Self.run(command + [folder.path("\(sum.process)-\(file)")]) } }
      }
      for end in ends { #expect(throws: Never.self) { try end.get() } }
      #expect(try folder.bytes("0-\(file)") == folder.bytes(file), "\(file)")
      #expect(!folder.contents.contains { ["1-\(file)", "2-\(file)"].contains($0) }, "\(file)")
    }
  }

  private static func run(_ arguments: [String]) throws {
    var command = try VAETrain.parseAsRoot(arguments)
    try command.run()
  }
}
