import Foundation
import Latent
import SwiftProtobuf

/// A graph in the making: each method adds nodes and says the name of what they give.
struct ONNXGraph {
  private(set) var proto = Onnx_GraphProto()
  private let element: ElementType

  /// - Parameter weights: its initializers, float or double
  init(name: String, weights: [(name: String, value: Tensor)]) {
    proto.name = name
    element = weights.first?.value.element ?? .float32
    for (name, value) in weights {
      proto.initializer.append(
        .with { tensor in
          tensor.name = name
          tensor.dims = value.shape.map(Int64.init)
          tensor.dataType = Int32(element.onnx.rawValue)
          tensor.rawData = value.storage.withUnsafeBytes { Data($0) }
        })
    }
  }

  /// An input or output of the graph; a dimension of nil is the batch's, of any size.
  private func value(_ name: String, _ shape: [Int?]) -> Onnx_ValueInfoProto {
    .with { value in
      value.name = name
      value.type.tensorType = .with { type in
        type.elemType = Int32(element.onnx.rawValue)
        type.shape.dim = shape.map { size in
          .with { dimension in
            if let size { dimension.dimValue = Int64(size) } else { dimension.dimParam = "batch" }
          }
        }
      }
    }
  }

  /// Declares an input of the graph.
  mutating func addInput(_ name: String, _ shape: [Int?]) -> String {
    proto.input.append(value(name, shape))
    return name
  }

  /// Makes a value an output of the graph, under this name.
  mutating func addOutput(_ name: String, _ shape: [Int?], from x: String) {
    add("Identity", [x], to: name)
    proto.output.append(value(name, shape))
  }

  /// A list of whole numbers, such as a shape.
  mutating func addConstant(_ values: [Int], named name: String) -> String {
    proto.initializer.append(
      .with { tensor in
        tensor.name = name
        tensor.dims = [Int64(values.count)]
        tensor.dataType = Int32(Onnx_TensorProto.DataType.int64.rawValue)
        tensor.rawData = values.map { Int64($0).littleEndian }.withUnsafeBytes { Data($0) }
      })
    return name
  }

  /// A number of the graph's element type.
  mutating func addNumber(_ value: Double) -> String {
    let name = "number_\(proto.node.count)_\(proto.initializer.count)"
    let number = Tensor([value], shape: [], element: element)
    proto.initializer.append(
      .with { tensor in
        tensor.name = name
        tensor.dataType = Int32(element.onnx.rawValue)
        tensor.rawData = number.storage.withUnsafeBytes { Data($0) }
      })
    return name
  }

  /// A name that nothing in the graph has yet.
  func newName(_ stem: String) -> String { "\(stem)_\(proto.node.count)" }

  /// Adds a node with one output of interest, its `place`th; the outputs before it are left out.
  @discardableResult
  mutating func add(
    _ operation: String, _ inputs: [String], _ attributes: [Onnx_AttributeProto] = [], output place: Int = 0,
    to name: String? = nil
  ) -> String {
    let output = name ?? newName(operation.lowercased())
    proto.node.append(
      .with { node in
        node.opType = operation
        node.name = newName(operation)
        node.input = inputs
        node.output = Array(repeating: "", count: place) + [output]
        node.attribute = attributes
      })
    return output
  }

  /// Adds a node and says the names of all its outputs.
  mutating func add(
    _ operation: String, _ inputs: [String], _ attributes: [Onnx_AttributeProto] = [], outputs: [String]
  ) -> [String] {
    let names = outputs.map { newName("\(operation.lowercased())_\($0)") }
    proto.node.append(
      .with { node in
        (node.opType, node.name, node.input, node.output) = (operation, newName(operation), inputs, names)
        node.attribute = attributes
      })
    return names
  }

  /// Numbers of the graph's element type as whole ones.
  mutating func addAsWhole(_ x: String) -> String {
    add("Cast", [x], [.int("to", Onnx_TensorProto.DataType.int64.rawValue)])
  }

  /// The same elements under another shape, with -1 where the batch's size belongs.
  mutating func addReshape(_ x: String, to shape: [Int]) -> String {
    let shape = addConstant(shape, named: newName("shape"))
    return add("Reshape", [x, shape])
  }

  /// Without an axis of size 1.
  mutating func addSqueeze(_ x: String, axis: Int) -> String {
    let axes = addConstant([axis], named: newName("axes"))
    return add("Squeeze", [x, axes])
  }

  /// Whole numbers as numbers of the graph's element type.
  mutating func addAsNumber(_ x: String) -> String { add("Cast", [x], [.int("to", element.onnx.rawValue)]) }

  mutating func addTransposed(_ x: String, _ order: [Int]) -> String {
    add("Transpose", [x], [.ints("perm", order)])
  }
}

extension ElementType {
  fileprivate var onnx: Onnx_TensorProto.DataType {
    switch self {
    case .float32: .float
    case .float64: .double
    case .bfloat16: .bfloat16
    }
  }
}

extension Onnx_AttributeProto {
  static func int(_ name: String, _ value: Int) -> Self {
    .with { ($0.name, $0.i, $0.type) = (name, Int64(value), .int) }
  }

  static func ints(_ name: String, _ values: [Int]) -> Self {
    .with { ($0.name, $0.ints, $0.type) = (name, values.map(Int64.init), .ints) }
  }

  static func string(_ name: String, _ value: String) -> Self {
    .with { ($0.name, $0.s, $0.type) = (name, Data(value.utf8), .string) }
  }
}
