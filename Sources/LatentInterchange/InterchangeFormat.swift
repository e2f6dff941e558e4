import Latent
import LatentData
import LatentTraining
import LatentVAE

/// The kinds of files that weights travel in.
package enum InterchangeFormat: String, Sendable, CaseIterable {
  /// A state dictionary of PyTorch as a safetensors file.
  case torch
  /// This project's model file.
  case safetensors
  /// A folder of two ONNX models.
  case onnx

  var table: any WeightTable {
    switch self {
    case .torch: TorchTable()
    case .safetensors: LatentTable()
    case .onnx: ONNXTable()
    }
  }

  /// What it is, for people.
  package var explanation: String {
    switch self {
    case .torch: "a state dictionary of PyTorch, as safetensors"
    case .safetensors: "this program's model file"
    case .onnx: "a folder of encoder.onnx and decoder.onnx"
    }
  }

  /// Whether it is several files in a folder.
  package var isFolder: Bool { self == .onnx }

  /// The files of a model: their names inside of the output, empty where it is one file, and their bytes.
  package func files(of saved: SavedModel) -> [(name: String, bytes: [UInt8])] {
    let tensors = table.exported(saved.model, saved.form)
    switch self {
    case .torch, .safetensors:
      // Transformers, among others, asks files of PyTorch to say that they are.
      let metadata = saved.metadata.merging(saved.form.metadata) { $1 }
        .merging(self == .torch ? ["format": "pt"] : [:]) { $1 }
      return [("", SafetensorsFile.encode(tensors.map { SafetensorsTensor($0.name, $0.value) }, metadata: metadata))]
    case .onnx:
      return ONNXModel.allCases.map { ($0.fileName, $0.bytes(tensors, form: saved.form)) }
    }
  }

  /// Reads a model.
  ///
  /// - Parameter metadata: what is known of it besides the file, and goes before what the file says
  /// - Throws: `SavedModelError`, one line
  package func read(_ path: String, metadata: [String: String] = [:]) throws(SavedModelError) -> SavedModel {
    var file = try contents(of: path)
    file.metadata.merge(metadata) { $1 }
    return try table.imported(file)
  }

  private func contents(of path: String) throws(SavedModelError) -> WeightFile {
    switch self {
    case .torch, .safetensors:
      do throws(SafetensorsError) {
        let file = try SafetensorsFile(contentsOf: path)
        var tensors: [String: Tensor] = [:]
        for entry in file.tensors { tensors[entry.name] = try file.tensor(entry.name) }
        return WeightFile(tensors, metadata: file.metadata, name: path)
      } catch {
        throw SavedModelError(file: error.file, reason: error.fault.description)
      }
    case .onnx: return try ONNXModel.read(folder: path)
    }
  }
}
