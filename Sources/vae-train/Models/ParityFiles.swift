import Latent
import LatentData
import LatentFiles
import LatentInterchange
import LatentReport
import LatentTraining

/// What an export says about itself, beside what it has written.
struct ParityFiles {
  /// The images, and what our model makes of them.
  let outputs: [UInt8]
  /// Where they go.
  let outputsFile: ParityCertificate.File
  /// Where ``json`` goes.
  let certificatePath: String

  private let found: ParityCertificate
  private let saved: SavedModel
  private let weights: ElementType
  private let rounding: [(name: String, largest: Double)]?

  /// - Parameters:
  ///   - path: of the exported file or folder
  ///   - weights: what they were stored as
  ///   - outputs: the images and our model's outputs, encoded
  ///   - rounding: how far the outputs are from those before the weights were rounded; nil where they were not
  init(
    _ certificate: ParityCertificate, of saved: SavedModel, path: String, weights: ElementType, outputs: [UInt8],
    rounding: [(name: String, largest: Double)]?
  ) {
    (found, self.saved, self.outputs) = (certificate, saved, outputs)
    (self.weights, self.rounding) = (weights, rounding)
    outputsFile = ParityCertificate.File(path + ".parity.safetensors", bytes: outputs)
    certificatePath = path + ".parity.json"
  }

  /// The certificate.
  var json: JSON {
    return [
      "program": "vae-train export", "latent_version": .string(LatentVersion.current),
      "format": .string(found.format.rawValue), "model": .string(saved.structure),
      "image_height": .integer(saved.example.steps), "image_width": .integer(saved.example.features),
      "classes": .integer(saved.classLabels.count),
      "class_labels": .array(saved.classLabels.map { .integer(Int($0)) }),
      "loss": .string(saved.likelihood.name), "precision": .string("\(saved.element)"),
      "weights": .string("\(weights)"),
      "source": (try? AtomicFile.read(saved.file)).map { json(.init(saved.file, bytes: $0)) } ?? .string(saved.file),
      "files": .array(found.files.map { json($0) }), "outputs": json(outputsFile), "images": .string(found.images),
      "tensors": .integer(found.tensorCount), "changed_tensors": .array(found.changedTensors.map { .string($0) }),
      "largest_difference": .number(found.largestDifference),
      "rounding": rounding.map { .object($0.map { .init($0.name, .number($0.largest)) }) } ?? .null,
    ]
  }

  private func json(_ file: ParityCertificate.File) -> JSON {
    ["path": .string(file.path), "bytes": .integer(file.byteCount), "sha256": .string(file.sha256)]
  }

  /// The same for people.
  var lines: [String] {
    let changed =
      found.changedTensors.isEmpty
      ? "all with the same bits" : "other bits in \(found.changedTensors.joined(separator: ", "))"
    var lines = ["model: \(saved.file): \(saved.description)"]
    lines += found.files.map { "wrote \($0.path): \($0.byteCount) bytes, sha256 \($0.sha256)" }
    if let rounding {
      let changes = rounding.map { "\($0.name) by \(Format.measure($0.largest))" }.joined(separator: ", ")
      lines.append("weights: rounded to \(weights), which changes the outputs for these images: \(changes)")
    }
    lines.append("read back: \(found.tensorCount) tensors, \(changed)")
    lines.append("parity: \(found.images): largest difference \(found.largestDifference)")
    lines.append("kept: \(certificatePath), \(outputsFile.path)")
    return lines
  }
}
