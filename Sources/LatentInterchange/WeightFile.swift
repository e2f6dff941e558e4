import Latent

/// Tensors as a file of another program has them.
package struct WeightFile: Sendable {
  /// By the other program's names.
  package var tensors: [String: Tensor]
  /// What the file says about itself: ``LatentVAE/ModelPlan/metadata``, as far as it can.
  package var metadata: [String: String]
  /// Its path, for errors.
  package let name: String

  package init(_ tensors: [String: Tensor], metadata: [String: String] = [:], name: String) {
    (self.tensors, self.metadata, self.name) = (tensors, metadata, name)
  }
}
