import Foundation
import Latent
import LatentFiles
import LatentTraining
import LatentVAE
import SwiftProtobuf
import TestSupport
import Testing

@testable import LatentInterchange

struct ONNXTests {
  /// Each node reads only what is there before it, each value is made once, and the outputs are made.
  @Test(arguments: TableTests.forms, ONNXModel.allCases)
  func graphsAreInOrder(_ plan: ModelPlan, _ part: ONNXModel) throws {
    let weights = ONNXTable().exported(TableTests.model(plan).model, plan)
    let model = try Onnx_ModelProto(serializedBytes: part.bytes(weights, plan: plan))
    #expect(model.irVersion == 8 && model.opsetImport.map(\.version) == [17])
    let inputs = model.graph.input.map(\.name)
    #expect(inputs == (part == .encoder ? ["image"] : ["z"]) + (plan.classes > 0 ? ["label"] : []))
    var known = Set(inputs + model.graph.initializer.map(\.name))
    #expect(known.count == inputs.count + model.graph.initializer.count)
    var names: Set<String> = []
    var used: Set<String> = []
    for node in model.graph.node {
      #expect(names.insert(node.name).inserted)
      for input in node.input { #expect(known.contains(input), "\(node.opType) reads \(input)") }
      used.formUnion(node.input)
      for output in node.output where !output.isEmpty { #expect(known.insert(output).inserted, "\(output)") }
    }
    let outputs = model.graph.output.map(\.name)
    let learned = (plan.layers.likelihood?.parameters ?? []).map { "pixel_" + $0.name.snakeCase }
    #expect(outputs == (part == .encoder ? ["mean", "log_variance"] : ["reconstruction"] + learned))
    if plan.likelihood == .gaussian { #expect(learned == ["pixel_log_variance"]) }
    for output in outputs { #expect(known.contains(output)) }
    for name in Set(inputs + model.graph.initializer.map(\.name)) {
      #expect(used.contains(name), "\(name) is not read")
    }
    // The batch's dimension, and only that, has a name instead of a size.
    for value in model.graph.input {
      let sizes = value.type.tensorType.shape.dim
      #expect(sizes[0].dimParam == "batch" && sizes.dropFirst().allSatisfy { $0.dimValue > 0 })
    }
  }

  @Test func damagedFilesAreRefused() throws {
    let plan = TableTests.forms[0]
    let folder = try TemporaryFolder()
    func refusal() -> String? {
      let error = #expect(throws: FileError.self) { try InterchangeFormat.onnx.read(folder.path) }
      return error.map { String($0.description.dropFirst(folder.path.count)) }
    }
    #expect(refusal() == "/encoder.onnx: cannot be read: No such file or directory; check the path")
    for file in try InterchangeFormat.onnx.files(of: TableTests.model(plan)) {
      try folder.write(file.bytes, as: file.name)
    }
    let saved = try InterchangeFormat.onnx.read(folder.path)
    #expect(saved.plan == plan)
    try folder.write(Array("no model".utf8), as: "decoder.onnx")
    #expect(refusal() == "/decoder.onnx: is a text file: give a safetensors file")
    try folder.write([0, 1, 2], as: "decoder.onnx")
    #expect(refusal() == "/decoder.onnx: is not an ONNX model")

    func change(_ change: (inout Onnx_TensorProto) -> Void) throws {
      let weights = ONNXTable().exported(TableTests.model(plan).model, plan)
      var model = try Onnx_ModelProto(serializedBytes: ONNXModel.decoder.bytes(weights, plan: plan))
      change(&model.graph.initializer[0])
      try folder.write(Array(model.serializedData() as Data), as: "decoder.onnx")
    }
    let start = "/decoder.onnx: initializer \"decoder.hidden.weight\" "
    try change { $0.rawData.removeLast() }
    #expect(refusal() == start + "of shape [3, 7] takes 84 bytes, and has 83")
    try change { $0.dims = [1 << 40, 1 << 40] }
    #expect(refusal() == start + "has the shape [1099511627776, 1099511627776], which is none")
    try change { $0.dims = [-3, -7] }
    #expect(refusal() == start + "has the shape [-3, -7], which is none")
    try change { $0.dataType = 10 }
    #expect(refusal() == start + "of shape [3, 7] takes 42 bytes, and has 84")
    try change { $0.dataType = 3 }
    #expect(refusal() == start + "is of type 3; float, double, float16 and bfloat16 are read")
    try change { $0.name = "encoder.mean.bias" }
    #expect(refusal() == "/decoder.onnx: there are two initializers \"encoder.mean.bias\"")
  }
}
