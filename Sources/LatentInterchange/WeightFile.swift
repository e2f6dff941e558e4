import Latent
import LatentVAE

/// Tensors as a file of another program has them.
package struct WeightFile: Sendable {
  /// By the other program's names.
  package var tensors: [String: Tensor]
  /// What the file says about itself: ``LatentVAE/ModelForm/metadata``, as far as it can.
  package var metadata: [String: String]
  /// Its path, for errors.
  package let name: String

  package init(_ tensors: [String: Tensor], metadata: [String: String] = [:], name: String) {
    (self.tensors, self.metadata, self.name) = (tensors, metadata, name)
  }
}

extension ModelForm {
  /// What a file says about a model, so that it need not be guessed from shapes: the part of `model.safetensors`'s metadata
  /// that is not about training.
  package var metadata: [String: String] {
    var metadata = [
      "format": "latent-vae", "latent_version": LatentVersion.current, "model": architecture.rawValue,
      "image_height": "\(height)", "image_width": "\(width)", "hidden_size": "\(sizes.hidden)",
      "latent_size": "\(sizes.latent)", "classes": "\(classes)", "loss": loss.rawValue,
    ]
    metadata["decoder_size"] = sizes.decoder.map { "\($0)" }
    return metadata
  }
}
