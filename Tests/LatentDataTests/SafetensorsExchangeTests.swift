import Foundation
import LatentData
import Testing

/// The Swift half of `scripts/check-safetensors`, which compares with the reference implementation in Python: that
/// script writes `python.safetensors` into the folder that the variable names, and judges what this writes next to it.
@Suite struct SafetensorsExchangeTests {
  private static let folder = ProcessInfo.processInfo.environment["LATENT_SAFETENSORS_EXCHANGE"]

  @Test(.enabled(if: folder != nil, "run by scripts/check-safetensors"))
  func filesOfTheReferenceImplementation() throws {
    let folder = try #require(Self.folder)
    let file = try SafetensorsFile(contentsOf: "\(folder)/python.safetensors")
    let same = try file.tensors.map {
      SafetensorsTensor($0.name, shape: $0.shape, elementType: $0.elementType, bytes: try file.rawBytes($0.name))
    }
    try SafetensorsFile.write(same, metadata: file.metadata, to: "\(folder)/same.safetensors")
    let values = try file.tensors.map {
      SafetensorsTensor($0.name, shape: $0.shape, doubles: try file.doubles($0.name))
    }
    try SafetensorsFile.write(values, to: "\(folder)/doubles.safetensors")
  }
}
