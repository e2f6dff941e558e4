import Latent
import LatentCommand
import LatentData
import LatentReport
import LatentTraining
import LatentVAE

/// `epochs.png`: the same images reconstructed after each epoch, one frame each. The file grows with the run; a resumed run
/// goes on with the frames that are there.
final class EpochStrip: Sendable {
  private let folder: RunFolder
  private let epochs: Int
  /// Epochs from one frame to the next.
  private let stride: Int
  private let model: AnyVariationalAutoencoder
  private let images: Tensor
  private let labels: [UInt8]?
  private let originals: ImageStack
  private let film: Locked<AnimatedPNG>

  private static let (shown, mostFrames) = (10, 100)

  /// - Parameters:
  ///   - model: of the run, with any weights
  ///   - finished: epochs before this run went on
  init(
    folder: RunFolder, model: AnyVariationalAutoencoder, settings: TrainSettings, data: TrainData, finished: Int
  ) {
    self.folder = folder
    self.model = model
    epochs = settings.epochs
    stride = max(1, (epochs + Self.mostFrames - 1) / Self.mostFrames)
    let source = data.validation.count > 0 ? data.validation : data.training
    let batch = source.firstBatch(Self.shown, element: settings.precision.element)
    (images, labels) = (batch.images, batch.labels)
    originals = ImageStack(source, first: Self.shown)
    var film = AnimatedPNG()
    if finished > 0, let bytes = try? AtomicFile.read(folder.path(of: .epochs)), let earlier = AnimatedPNG(bytes) {
      film = earlier
      film.keepFirst(finished / stride)
    }
    self.film = Locked(film)
  }

  /// The file; nil before the first frame.
  var encoded: [UInt8]? {
    film.withLock { film in
      film.count == 0 ? nil : film.encoded(secondsPerFrame: min(0.6, 20 / Double(film.count)), lastSeconds: 2)
    }
  }

  /// Adds a frame at an epoch's end. What can't be drawn or written now is left out: the run's end tries again.
  @Sendable func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    guard case .epochFinished(let record) = event, record.epoch % stride == 0 || record.epoch == epochs else { return }
    var model = model
    let tensors = Dictionary(uniqueKeysWithValues: run.tensors.map { ($0.path, $0.value) })
    guard (try? model.load(tensors)) != nil else { return }
    let decoded = ImageStack(
      model.reconstruct(images, labels: labels).floats, height: originals.height, width: originals.width)
    let frame = ImageGrid.reconstructions(
      originals: originals, reconstructions: decoded, columns: originals.count, bands: 1,
      scale: ImageGrid.scale(height: originals.height, width: originals.width),
      title: "Epoch \(record.epoch) of \(epochs), \(record.validation == nil ? "training" : "validation") loss "
        + Format.measure(record.monitored))
    film.withLock { film in
      if (try? film.append(frame)) == nil {
        // Frames of another size are of another run.
        film = AnimatedPNG()
        try? film.append(frame)
      }
    }
    if let encoded { try? folder.write(encoded, to: .epochs, isDurable: false) }
  }
}
