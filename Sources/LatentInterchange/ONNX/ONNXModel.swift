import Foundation
import Latent
import LatentData
import LatentTraining
import LatentVAE
import SwiftProtobuf

/// The two models of an ONNX folder.
///
///     encoder.onnx: image [batch, T, D], label [batch, C] of a conditional model -> mean, log_variance [batch, Z]
///     decoder.onnx: z [batch, Z], label [batch, C] -> reconstruction [batch, T D], pixels in 0...1; of a Gaussian
///                   likelihood also pixel_log_variance [1]
///
/// `label` is one-hot. They need version 17 of ONNX's operators.
enum ONNXModel: String, CaseIterable {
  case encoder, decoder

  var fileName: String { rawValue + ".onnx" }

  /// The file, with those of the weights that belong to it.
  func bytes(_ weights: [(name: String, value: Tensor)], plan: ModelPlan) -> [UInt8] {
    var model = Onnx_ModelProto()
    model.irVersion = 8
    model.producerName = "Latent"
    model.producerVersion = LatentVersion.current
    model.opsetImport = [.with { $0.version = 17 }]
    model.metadataProps = plan.metadata.sorted { $0.key < $1.key }.map { entry in
      .with { ($0.key, $0.value) = (entry.key, entry.value) }
    }
    let own = weights.filter { $0.name.hasPrefix("encoder.") == (self == .encoder) }
    var graph = ONNXGraph(name: rawValue, weights: own)
    switch self {
    case .encoder: graph.addEncoder(plan)
    case .decoder: graph.addDecoder(plan)
    }
    model.graph = graph.proto
    // Messages of these sizes and without required fields are always encoded.
    return Array(try! model.serializedData() as Data)
  }

  /// The weights in a folder of both.
  static func read(folder: String) throws(SavedModelError) -> WeightFile {
    var file = WeightFile([:], name: folder)
    for model in allCases {
      let path = AtomicFile.path(model.fileName, in: folder)
      func failure(_ reason: String) -> SavedModelError { SavedModelError(file: path, reason: reason) }
      let bytes: [UInt8]
      do { bytes = try AtomicFile.read(path) } catch { throw failure("cannot be read: \(error.description)") }
      guard let proto = try? Onnx_ModelProto(serializedBytes: bytes), proto.hasGraph else {
        throw failure("is not an ONNX model")
      }
      for entry in proto.metadataProps { file.metadata[entry.key] = entry.value }
      // Shapes and single numbers belong to operations.
      for initializer in proto.graph.initializer
      where initializer.dataType != Onnx_TensorProto.DataType.int64.rawValue && !initializer.dims.isEmpty {
        guard let tensor = Tensor(initializer) else {
          throw failure(
            "initializer \(quotedName(initializer.name)) of type \(initializer.dataType) and shape \(initializer.dims) is not "
              + "float or double in raw bytes of that size")
        }
        guard file.tensors.updateValue(tensor, forKey: initializer.name) == nil else {
          throw failure("there are two initializers \(quotedName(initializer.name))")
        }
      }
    }
    return file
  }
}

extension Tensor {
  /// An initializer's numbers; nil where they are not stored as bytes of float or double, or too few or many.
  fileprivate init?(_ proto: Onnx_TensorProto) {
    let element: ElementType
    switch Onnx_TensorProto.DataType(rawValue: Int(proto.dataType)) {
    case .float: element = .float32
    case .double: element = .float64
    default: return nil
    }
    var bytes = element.size
    for size in proto.dims {
      let product = bytes.multipliedReportingOverflow(by: Int(size))
      guard size >= 0, !product.overflow else { return nil }
      bytes = product.partialValue
    }
    guard bytes == proto.rawData.count else { return nil }
    self.init(uninitialized: proto.dims.map(Int.init), element: element)
    storage.withUnsafeMutableBytes { target in _ = proto.rawData.copyBytes(to: target) }
  }
}
