import Foundation
import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import SwiftProtobuf
import TestSupport
import Testing

@testable import LatentInterchange

/// The ways in which an ONNX file has numbers: what each gives is what raw bytes give.
struct ONNXDataTests {
  private static let plan = TableTests.forms[0]
  private let folder: TemporaryFolder
  private let saved = TableTests.model(Self.plan)

  init() throws { folder = try TemporaryFolder() }

  /// Writes the model with each initializer's numbers changed, and reads it.
  private func read(
    _ change: (inout Onnx_TensorProto, [Float]) throws -> Void
  ) throws -> SavedModel {
    for part in ONNXModel.allCases {
      let weights = ONNXTable().exported(saved.model, Self.plan)
      var model = try Onnx_ModelProto(serializedBytes: part.bytes(weights, plan: Self.plan))
      for index in model.graph.initializer.indices where model.graph.initializer[index].dataType == 1 {
        let values = model.graph.initializer[index].rawData.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        try change(&model.graph.initializer[index], values)
      }
      try folder.write(Array(model.serializedData() as Data), as: part.fileName)
    }
    return try InterchangeFormat.onnx.read(folder.path)
  }

  private func refusal(_ change: (inout Onnx_TensorProto) -> Void) -> String? {
    do {
      _ = try read { tensor, _ in if tensor.name == "decoder.hidden.bias" { change(&tensor) } }
      return nil
    } catch { return "\(error)".replacing(folder.path, with: "") }
  }

  /// Equal but for what `rounding` does to each number.
  private func agree(_ found: SavedModel, _ rounding: (Float) -> Float = { $0 }) -> Bool {
    zip(found.model.tensors, saved.model.tensors).allSatisfy { found, own in
      found.path == own.path && found.value.floats.map(\.bitPattern) == own.value.floats.map { rounding($0).bitPattern }
    }
  }

  private func external(_ location: String, offset: Int? = nil, length: Int? = nil) -> [Onnx_StringStringEntryProto] {
    let all =
      [("location", location)] + (offset.map { [("offset", "\($0)")] } ?? [])
      + (length.map { [("length", "\($0)")] } ?? [])
    return all.map { key, value in .with { ($0.key, $0.value) = (key, value) } }
  }

  @Test func listsOfNumbers() throws {
    #expect(
      agree(
        try read { tensor, values in
          (tensor.rawData, tensor.floatData) = (Data(), values)
        }))
    let doubles = try read { tensor, values in
      (tensor.rawData, tensor.doubleData, tensor.dataType) = (Data(), values.map(Double.init), 11)
    }
    #expect(doubles.element == .float64 && doubles.model.tensors[0].value.values == saved.model.tensors[0].value.values)
  }

  @Test(arguments: [StoredElementType.float16, .bfloat16], [false, true])
  func sixteenBits(_ type: StoredElementType, raw: Bool) throws {
    let found = try read { tensor, values in
      tensor.dataType = type == .float16 ? 10 : 16
      let bytes = StoredArray(shape: [values.count], floats: values, as: type).bytes
      if raw {
        tensor.rawData = Data(bytes)
      } else {
        tensor.rawData = Data()
        tensor.int32Data = stride(from: 0, to: bytes.count, by: 2).map { Int32(bytes[$0]) | Int32(bytes[$0 + 1]) << 8 }
      }
    }
    #expect(found.element == .float32)
    #expect(agree(found) { StoredArray(shape: [1], floats: [$0], as: type).floats[0] })
  }

  @Test func anotherFile() throws {
    try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: false)
    var all: [UInt8] = []
    let found = try read { tensor, _ in
      let bytes = Array(tensor.rawData)
      all += [7, 7, 7]
      tensor.externalData = external("data/weights.bin", offset: all.count, length: bytes.count)
      (tensor.rawData, tensor.dataLocation) = (Data(), .external)
      all += bytes
      try folder.write(all, as: "data/weights.bin")
    }
    #expect(agree(found))
    // One file for each, of which nothing but the name is said.
    let alone = try read { tensor, _ in
      try folder.write(Array(tensor.rawData), as: tensor.name)
      tensor.externalData = external(tensor.name)
      (tensor.rawData, tensor.dataLocation) = (Data(), .external)
    }
    #expect(agree(alone))
  }

  @Test func otherFilesAreInsideOfTheFolderAndLargeEnough() throws {
    let outside = try TemporaryFolder()
    try outside.write([UInt8](repeating: 0, count: 28), as: "bias")
    try folder.write([UInt8](repeating: 0, count: 28), as: "bias")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: outside.file("bias"))
    try FileManager.default.createSymbolicLink(atPath: folder.file("inner"), withDestinationPath: "bias")
    func refusal(_ location: String, offset: Int? = nil, length: Int? = nil) -> String? {
      self.refusal {
        $0.externalData = external(location, offset: offset, length: length)
        ($0.rawData, $0.dataLocation) = (Data(), .external)
      }
    }
    let start = "/decoder.onnx: initializer \"decoder.hidden.bias\" has its data in "
    #expect(refusal("bias") == nil && refusal("inner", offset: 0, length: 28) == nil)
    for location in [
      outside.file("bias"), "../" + URL(filePath: outside.path).lastPathComponent + "/bias", "", "/", "a/../bias",
      "bias\0", "..",
    ] {
      #expect(refusal(location) == start + "\(quotedName(location)), which is no file in the model's folder")
    }
    #expect(refusal("link") == start + "\"link\", which leads out of the model's folder")
    #expect(refusal("none") == start + "\"none\", which is not there: copy it, too")
    let sizes = "\"bias\", where "
    #expect(
      refusal("bias", offset: 1) == start + sizes
        + "28 bytes from 1 on are not the 28 bytes of its shape in a file of 28")
    #expect(
      refusal("bias", length: 29) == start + sizes
        + "29 bytes from 0 on are not the 28 bytes of its shape in a file of 28")
    #expect(refusal("bias", offset: .max, length: 28)?.hasPrefix(start + sizes) == true)
    #expect(refusal("bias", offset: -1)?.hasSuffix("has external data with offset \"-1\"") == true)
    // A list of too few numbers, and one of more than 16 bits.
    #expect(
      self.refusal { ($0.rawData, $0.floatData) = (Data(), [1, 2]) }
        == "/decoder.onnx: initializer \"decoder.hidden.bias\" of shape [7] takes 28 bytes, and has 8")
    #expect(
      self.refusal { ($0.rawData, $0.int32Data, $0.dataType) = (Data(), [-1, 1, 1, 1, 1, 1, 1], 10) }
        == "/decoder.onnx: initializer \"decoder.hidden.bias\" has numbers that are not 16 bits")
  }
}
