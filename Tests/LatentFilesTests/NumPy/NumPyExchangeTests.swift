import Foundation
import LatentFiles
import Testing

/// The Swift half of `scripts/check-numpy`, which compares with NumPy: that script writes files into the folder that the
/// variable names, and judges what this writes next to them.
@Suite struct NumPyExchangeTests {
  private static let folder = ProcessInfo.processInfo.environment["LATENT_NUMPY_EXCHANGE"]

  @Test(.enabled(if: folder != nil, "run by scripts/check-numpy")) func filesOfNumPy() throws {
    let folder = try #require(Self.folder)
    try FileManager.default.createDirectory(atPath: "\(folder)/swift", withIntermediateDirectories: true)
    for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/python") {
      // The name says how it is written: f4big_3_f.
      let array = try NPYFile(contentsOf: "\(folder)/python/\(file)").array
      try NPYFile.write(
        array, fortranOrder: file.hasSuffix("_f.npy"), bigEndian: file.contains("big"), to: "\(folder)/swift/\(file)")
    }
    for version in 1...3 {
      let array = try NPYFile(contentsOf: "\(folder)/version\(version).npy").array
      try NPYFile.write(array, to: "\(folder)/version\(version)_swift.npy")
    }
    for source in ["python", "python_compressed"] {
      let file = try NPZFile(contentsOf: "\(folder)/\(source).npz")
      let arrays = try file.names.map { ($0, try file.array($0)) }
      try NPZFile.write(arrays, to: "\(folder)/\(source)_stored.npz")
      try NPZFile.write(arrays, compressed: true, to: "\(folder)/\(source)_deflated.npz")
    }
  }
}
