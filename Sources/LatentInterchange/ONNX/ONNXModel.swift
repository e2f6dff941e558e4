import Foundation
import Latent
import LatentData
import LatentFiles
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
  static func read(folder: String) throws(FileError) -> WeightFile {
    var file = WeightFile([:], name: folder)
    if FileKind(path: folder) == .file {
      throw FileError(
        file: folder,
        reason: ForeignFile(folder)?.help(for: .model)
          ?? "is not a folder: give the folder of encoder.onnx and decoder.onnx")
    }
    if let foreign = ForeignFile(folder: folder), foreign.kind != .onnxFolder {
      throw FileError(file: folder, reason: foreign.help(for: .model))
    }
    for model in allCases {
      let path = AtomicFile.path(model.fileName, in: folder)
      try ONNXWeights(AtomicFile.read(path), name: path, folder: folder).add(to: &file)
    }
    return file
  }
}

/// The weights of one ONNX model.
package struct ONNXWeights {
  /// In the order of the file.
  package let tensors: [(name: String, value: Tensor)]
  /// What the file says about itself.
  package let metadata: [String: String]
  private let path: String

  /// - Parameters:
  ///   - name: the file's path, for errors
  ///   - folder: where other files may be that have its numbers; nil for nowhere
  /// - Throws: `FileError`
  package init(_ bytes: [UInt8], name path: String, folder: String?) throws(FileError) {
    guard let proto = try? Onnx_ModelProto(serializedBytes: bytes), proto.hasGraph else {
      let foreign = ForeignFile(bytes: bytes, name: path).flatMap { $0.kind == .onnx ? nil : $0.help(for: .model) }
      throw FileError(file: path, reason: foreign ?? "is not an ONNX model")
    }
    self.path = path
    metadata = Dictionary(proto.metadataProps.map { ($0.key, $0.value) }) { $1 }
    var tensors: [(name: String, value: Tensor)] = []
    // A single number belongs to an operation.
    for proto in proto.graph.initializer where !proto.dims.isEmpty {
      do {
        guard let initializer = try ONNXInitializer(proto) else { continue }
        tensors.append((proto.name, try initializer.tensor(in: folder)))
      } catch {
        throw FileError(file: path, reason: "initializer \(quotedName(proto.name)) \(error.reason)")
      }
    }
    self.tensors = tensors
  }

  fileprivate func add(to file: inout WeightFile) throws(FileError) {
    file.metadata.merge(metadata) { $1 }
    for (name, tensor) in tensors {
      guard file.tensors.updateValue(tensor, forKey: name) == nil else {
        throw FileError(file: path, reason: "there are two initializers \(quotedName(name))")
      }
    }
  }
}
