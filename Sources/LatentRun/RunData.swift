import Latent
import LatentData
import LatentFiles

/// The images of a run and their two parts.
package struct RunData {
  /// All images of the run, training and validation.
  package let whole: ImageDataset
  package let training: ImageDataset
  package let validation: ImageDataset
  /// What a model is looked at with: the images for validation where there are any.
  package var shown: ImageDataset { validation.count > 0 ? validation : training }

  package init(whole: ImageDataset, training: ImageDataset, validation: ImageDataset) {
    (self.whole, self.training, self.validation) = (whole, training, validation)
  }

  /// The same images in rows of another length.
  package func reshaped(height: Int, width: Int) -> RunData {
    RunData(
      whole: whole.reshaped(height: height, width: width), training: training.reshaped(height: height, width: width),
      validation: validation.reshaped(height: height, width: width))
  }
}
