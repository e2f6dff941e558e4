import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE

/// What was found when exported files were read back and run beside the model that they were made of.
package struct ParityCertificate: Sendable {
  /// A file of the exchange.
  package struct File: Sendable {
    package let path: String
    package let byteCount: Int
    package let sha256: String

    package init(_ path: String, bytes: [UInt8]) {
      var hash = SHA256()
      hash.update(bytes)
      (self.path, byteCount, sha256) = (path, bytes.count, hash.hexDigest())
    }
  }

  package let format: InterchangeFormat
  package let files: [File]
  /// The images that both ran on.
  package let images: String
  /// Tensors of the model, all of which came back.
  package let tensorCount: Int
  /// The paths of those that came back with other bits.
  package let changedTensors: [String]
  /// Between any two numbers of mean, log-variance and reconstruction.
  package let largestDifference: Double

  /// Whether nothing was lost.
  package var isPerfect: Bool { changedTensors.isEmpty && largestDifference == 0 }
}

extension InterchangeFormat {
  /// Writes a model's files, reads them back and compares.
  ///
  /// - Parameters:
  ///   - weights: the element type that weights are stored in, which must hold them; the model's where left out
  ///   - path: a file, or a folder that is there, where the format has several files
  /// - Throws: `FileError`, one line, where a file can't be written or is not what it should be
  package func export(
    _ saved: SavedModel, storing weights: ElementType? = nil, to path: String, comparedOn images: ParityImages,
    outputs: ParityOutputs
  ) throws(FileError) -> ParityCertificate {
    var written: [ParityCertificate.File] = []
    for file in try files(of: saved, storing: weights) {
      let target = file.name.isEmpty ? path : AtomicFile.path(file.name, in: path)
      try AtomicFile.write(file.bytes, to: target)
      written.append(.init(target, bytes: file.bytes))
    }
    let copy = try read(path, metadata: ["loss": saved.likelihood.name])
    guard copy.plan == saved.plan, copy.element == saved.element else {
      throw FileError(file: path, reason: "was written, but reads back as another model")
    }
    let (before, after) = (saved.model.tensors, copy.model.tensors)
    return ParityCertificate(
      format: self, files: written, images: images.description, tensorCount: before.count,
      changedTensors: zip(before, after).filter { !$0.value.hasSameBits(as: $1.value) }.map(\.0.path),
      largestDifference: outputs.largestDifference(to: images.outputs(of: copy.model)))
  }
}

extension Tensor {
  /// Whether the other has the same shape and the same bytes.
  package func hasSameBits(as other: Tensor) -> Bool {
    shape == other.shape && element == other.element
      && storage.withUnsafeBytes { own in other.storage.withUnsafeBytes { own.elementsEqual($0) } }
  }
}
