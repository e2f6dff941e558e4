import Foundation
import LatentFiles
import LatentKernels
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
    // By values of each kind, in the type that they had.
    let values = try file.tensors.map { entry in
      entry.elementType.isInteger
        ? SafetensorsTensor(
          entry.name, shape: entry.shape, integers: try file.integers(entry.name), as: entry.elementType)
        : entry.elementType == .float64
          ? SafetensorsTensor(entry.name, try file.tensor(entry.name), as: .float64)
          : SafetensorsTensor(
            entry.name, shape: entry.shape, floats: try file.floats(entry.name), as: entry.elementType)
    }
    try SafetensorsFile.write(values, to: "\(folder)/values.safetensors")
    let doubles = try file.tensors.map {
      SafetensorsTensor($0.name, shape: $0.shape, doubles: try file.doubles($0.name))
    }
    try SafetensorsFile.write(doubles, to: "\(folder)/doubles.safetensors")
    var rounded: [SafetensorsTensor] = []
    for source in ["F32", "F64"] {
      for target in [StoredElementType.float16, .bfloat16] {
        rounded.append(SafetensorsTensor("\(source).\(target)", try file.tensor("spread.\(source)"), as: target))
      }
    }
    try SafetensorsFile.write(rounded, to: "\(folder)/rounded.safetensors")
    // As tensors of bfloat16, which keep BF16 as it is.
    let kept = try ["layer.BF16", "scalar.BF16", "empty.BF16", "spread.F32"].map {
      SafetensorsTensor($0, try file.tensor($0, as: .bfloat16))
    }
    try SafetensorsFile.write(kept, to: "\(folder)/kept.safetensors")
  }
}
