import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// The first images of a data set and their reconstructions from the latent mean.
package struct ReconstructedImages {
  package let originals: ImageStack
  package let reconstructions: ImageStack

  init(_ model: AnyVariationalAutoencoder, count: Int, of source: any Dataset, element: ElementType) {
    let shown = min(count, source.count)
    originals = ImageStack(source, first: shown)
    var bytes: [UInt8] = []
    let size = DataParallel.evaluationSize(elements: source.shape.count)
    for start in stride(from: 0, to: shown, by: size) {
      let batch = source.batch(
        Array(start..<min(start + size, shown))[...], in: BatchContext(element: element))
      let decoded = model.reconstruct(batch)
      bytes += ImageStack.bytes(of: decoded)
    }
    reconstructions = ImageStack(bytes, of: source.shape)
  }

  /// Each image above its reconstruction, in rows of ten.
  package func picture(title: String = "") -> Picture {
    ImageGrid.reconstructions(
      originals: originals, reconstructions: reconstructions, columns: min(10, originals.count),
      bands: (originals.count + 9) / 10, scale: ImageGrid.scale(height: originals.height, width: originals.width),
      title: title)
  }
}
