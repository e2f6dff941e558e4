import Latent
import LatentInterchange
import LatentReport
import LatentTraining

/// What an export says about itself, beside what it has written.
struct ParityFiles {
  /// The images, and what our model makes of them.
  let outputs: String
  /// The certificate.
  let certificate: String

  /// - Parameter path: of the exported file or folder
  init(beside path: String) {
    outputs = path + ".parity.safetensors"
    certificate = path + ".parity.json"
  }

  func json(_ certificate: ParityCertificate, of saved: SavedModel) -> JSON {
    let form = saved.form
    return [
      "program": "vae-train export", "latent_version": .string(LatentVersion.current),
      "format": .string(certificate.format.rawValue), "source": .string(saved.file),
      "model": .string(form.architecture.rawValue), "image_height": .integer(form.height),
      "image_width": .integer(form.width), "classes": .integer(form.classes), "loss": .string(form.loss.rawValue),
      "precision": .string("\(saved.element)"),
      "files": .array(
        certificate.files.map {
          ["path": .string($0.path), "bytes": .integer($0.byteCount), "sha256": .string($0.sha256)]
        }),
      "images": .string(certificate.images), "outputs": .string(outputs),
      "tensors": .integer(certificate.tensorCount),
      "changed_tensors": .array(certificate.changedTensors.map { .string($0) }),
      "largest_difference": .number(certificate.largestDifference),
    ]
  }

  /// The same for people.
  func lines(_ found: ParityCertificate, of saved: SavedModel) -> [String] {
    let form = saved.form
    let condition = form.classes > 0 ? ", conditional on \(form.classes) classes" : ""
    let changed =
      found.changedTensors.isEmpty
      ? "all with the same bits" : "other bits in \(found.changedTensors.joined(separator: ", "))"
    return [
      "model: \(saved.file): \(form.architecture.rawValue) for images of \(form.height)x\(form.width)\(condition)"
    ] + found.files.map { "wrote \($0.path): \($0.byteCount) bytes, sha256 \($0.sha256)" } + [
      "read back: \(found.tensorCount) tensors, \(changed)",
      "parity: \(found.images): largest difference \(found.largestDifference)",
      "kept: \(certificate), \(outputs)",
    ]
      + (form.loss == .squaredError && !found.format.saysLoss
        ? ["such a file does not say the loss: import it with --loss \(form.loss.rawValue)"] : [])
  }
}
