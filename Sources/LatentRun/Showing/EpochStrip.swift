import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// `epochs.png`: the same images or series reconstructed after each epoch, one frame each. The file grows with the run; a resumed run
/// goes on with the frames that are there. Of processes that train together, the first one draws it.
final class EpochStrip: Sendable {
  private let folder: RunFolder
  private let epochs: Int
  /// Epochs from one frame to the next.
  private let stride: Int
  private let exhibit: Exhibit
  private let metadata: [String: String]
  /// Frames that are not in the file yet: what a run needs in memory must not grow with its epochs.
  private let film: Locked<AnimatedPNG>
  private let isInFile = Locked(false)

  private static let (shown, mostFrames) = (10, 100)

  /// - Parameters:
  ///   - metadata: what a file of the model would say of it
  ///   - epochs: of the whole run
  ///   - finished: epochs before this run went on
  init(
    _ exhibit: Exhibit, folder: RunFolder, metadata: [String: String] = [:], epochs: Int, finished: Int
  ) {
    (self.exhibit, self.folder, self.metadata, self.epochs) = (exhibit, folder, metadata, epochs)
    stride = max(1, (epochs + Self.mostFrames - 1) / Self.mostFrames)
    var film = AnimatedPNG()
    if finished > 0, let bytes = try? AtomicFile.read(folder.path(of: .epochs)), let earlier = AnimatedPNG(bytes) {
      film = earlier
      film.keepFirst(finished / stride)
    }
    self.film = Locked(film)
  }

  /// The file; nil before the first frame.
  var encoded: [UInt8]? {
    if isInFile.withLock({ $0 }) { return try? AtomicFile.read(folder.path(of: .epochs)) }
    return film.withLock { film in
      film.count == 0 ? nil : film.encoded(secondsPerFrame: min(0.6, 20 / Double(film.count)), lastSeconds: 2)
    }
  }

  /// Adds a frame at an epoch's end. What can't be drawn or written now is left out: the run's end tries again.
  @Sendable func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    guard exhibit.sum.isFirst else { return }
    guard case .epochFinished(let record) = event, record.epoch % stride == 0 || record.epoch == epochs else { return }
    let frame = exhibit.picture(
      run.tensors, metadata: metadata, count: Self.shown,
      title: "Epoch \(record.epoch) of \(epochs), \(record.validation == nil ? "training" : "validation") loss "
        + Format.measure(record.monitored))
    guard let frame else { return }
    let earlier =
      isInFile.withLock { $0 } ? (try? AtomicFile.read(folder.path(of: .epochs))).flatMap { AnimatedPNG($0) } : nil
    isInFile.withLock { $0 = false }
    film.withLock { film in
      if let earlier { film = earlier }
      if (try? film.append(frame)) == nil {
        // Frames of another size are of another run.
        film = AnimatedPNG()
        try? film.append(frame)
      }
    }
    if let encoded, (try? folder.write(encoded, to: .epochs, isDurable: false)) != nil {
      film.withLock { $0 = AnimatedPNG() }
      isInFile.withLock { $0 = true }
    }
  }
}
