import LatentData
import LatentFiles

/// `waves`: a source of this package, found by its name among those of Latent.
struct WaveSource: ExampleSource {
  static let usage = "waves"
  let description = "waves"

  init?(_ text: String) { if text != Self.usage { return nil } }

  func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> Waves {
    let first = part == .training ? 0 : 1000
    return Waves(numbers: first..<first + min(reading.limit ?? 1000, 1000))
  }
}
