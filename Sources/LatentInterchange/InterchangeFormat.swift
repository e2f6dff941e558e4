import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE

/// The kinds of files that weights travel in.
package enum InterchangeFormat: String, Sendable, CaseIterable {
  /// Keras's weights in an .npz file.
  case keras
  /// A state dictionary of PyTorch as a safetensors file.
  case torch
  /// This project's names and layouts in an .npz file.
  case npz
  /// This project's model file.
  case safetensors
  /// A folder of two ONNX models.
  case onnx

  /// Whether its files hold numbers of this type, and the programs that read them take these.
  package func holds(_ element: ElementType) -> Bool {
    switch (self, element) {
    // NumPy has no bfloat16, and ONNX Runtime no layers of it on processors.
    case (.keras, .bfloat16), (.npz, .bfloat16), (.onnx, .bfloat16): false
    // ONNX Runtime has no recurrent layers and convolutions of float64.
    case (.onnx, .float64): false
    case (_, _): true
    }
  }

  var table: any WeightTable {
    switch self {
    case .keras: KerasTable()
    case .torch: TorchTable()
    case .npz, .safetensors: LatentTable()
    case .onnx: ONNXTable()
    }
  }

  /// What it is, for people.
  package var explanation: String {
    switch self {
    case .keras: "weights by Keras's names, as .npz"
    case .torch: "a state dictionary of PyTorch, as safetensors"
    case .npz: "weights by this program's names, as .npz"
    case .safetensors: "this program's model file"
    case .onnx: "a folder of encoder.onnx and decoder.onnx"
    }
  }

  /// Whether it is several files in a folder.
  package var isFolder: Bool { self == .onnx }

  /// The files of a model: their names inside of the output, empty where it is one file, and their bytes.
  ///
  /// - Parameter weights: the element type that weights are stored in, see ``holds(_:)``; the model's where left out
  /// - Throws: `FileError` for a model without a plan
  package func files(
    of saved: SavedModel, storing weights: ElementType? = nil
  ) throws(FileError) -> [(name: String, bytes: [UInt8])] {
    let plan = try saved.plan(for: "an export")
    let tensors = table.exported(saved.model, plan)
    switch self {
    case .keras, .npz:
      let json = Array(plan.json().utf8)
      let arrays = tensors.map { ($0.name, StoredArray($0.value)) }
      return [
        (
          "",
          NPZFile.encode(
            arrays + [(ModelPlan.metadataKey, StoredArray(shape: [json.count], elementType: .uint8, bytes: json))])
        )
      ]
    case .torch, .safetensors:
      // Transformers, among others, asks files of PyTorch to say that they are.
      let metadata = saved.metadata.merging(plan.metadata) { $1 }
        .merging(self == .torch ? ["format": "pt"] : [:]) { $1 }
      let stored = tensors.map { SafetensorsTensor($0.name, $0.value, as: weights?.stored) }
      return [("", SafetensorsFile.encode(stored, metadata: metadata))]
    case .onnx:
      return ONNXModel.allCases.map { ($0.fileName, $0.bytes(tensors, plan: plan)) }
    }
  }

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - metadata: what is known of it where the file says nothing
  ///   - note: hears what is worth knowing of how it was read, a line each
  /// - Throws: `FileError`, one line
  package func read(
    _ path: String, metadata: [String: String] = [:], note: (String) -> Void = { _ in }
  ) throws(FileError) -> SavedModel {
    var file = try contents(of: path)
    file.metadata.merge(metadata) { said, _ in said }
    return try model(of: file, note: note)
  }

  /// The model that a file has.
  ///
  /// - Throws: `FileError`, one line
  package func model(of file: WeightFile, note: (String) -> Void = { _ in }) throws(FileError) -> SavedModel {
    let (file, notes) = file.unwrapped(separator: table.separator)
    for text in notes { note(text) }
    return try table.imported(file)
  }

  private func contents(of path: String) throws(FileError) -> WeightFile {
    switch self {
    case .keras, .npz: return try npz(path)
    case .torch, .safetensors:
      let file = try SafetensorsFile(contentsOf: path)
      return WeightFile(try file.allTensors(), metadata: file.metadata, name: path)
    case .onnx: return try ONNXModel.read(folder: path)
    }
  }

  /// The array that says height and width of an image, in .npz files of versions before plans.
  private static let imageSize = "image_size"

  private func npz(_ path: String) throws(FileError) -> WeightFile {
    let file = try NPZFile(contentsOf: path)
    var weights = WeightFile([:], name: path)
    let notes = [Self.imageSize, ModelPlan.classLabelsKey, ModelPlan.metadataKey]
    for name in file.names where !notes.contains(name) {
      weights.tensors[name] = try file.tensor(name)
    }
    if file.names.contains(Self.imageSize) {
      let size = try file.integers(Self.imageSize)
      if size.count == 2 {
        weights.metadata = ["image_height": "\(size[0])", "image_width": "\(size[1])"]
      }
    }
    if file.names.contains(ModelPlan.metadataKey) {
      let bytes = try file.integers(ModelPlan.metadataKey).map { UInt8(truncatingIfNeeded: $0) }
      weights.metadata[ModelPlan.metadataKey] = String(decoding: bytes, as: UTF8.self)
    }
    if file.names.contains(ModelPlan.classLabelsKey) {
      weights.metadata[ModelPlan.classLabelsKey] = try file.integers(ModelPlan.classLabelsKey).map { "\($0)" }
        .joined(separator: ",")
    }
    return weights
  }
}
