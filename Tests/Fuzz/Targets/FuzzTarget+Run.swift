import LatentFiles
import LatentReport
import LatentTraining

/// Readers of what is in a run's folder beside its weights.
extension FuzzTarget {
  /// `config.json`, which `vae-train compare` reads: what is read is written again, and must be the same.
  static let json = FuzzTarget(
    name: "json",
    seeds: {
      [
        Array(#"{"a": [1, -2.5e3, true, null], "b": {"c": "d\u00e9\n\ud83d\ude00"}}"#.utf8), Array("[]".utf8),
        Array(#"{"settings": {"beta": 1.0, "seed": "18446744073709551615"}, "results": null}"#.utf8),
      ]
    },
    words: ["{\"", "\":", "[", "]", "}", "\\u", "\\ud800", "1e999", "-0", "true", "null", "[[[[[[[["],
    run: { bytes in
      guard let value = JSON(bytes) else { return }
      promise(JSON(Array(value.text.utf8)) == value, "json: what was read cannot be written")
    })

  /// `digests.csv`.
  static let digests = FuzzTarget(
    name: "digests",
    seeds: {
      [Array("epoch,step,encoder.kernel,encoder.bias\n1,1,0000000a,ffffffff\n1,2,0000000b,00000000\n".utf8)]
    },
    words: ["epoch,step", ",", "\n", "\r\n", "9223372036854775808", "g", "\u{301}"],
    run: { bytes in
      guard let digests = try? WeightDigests(bytes: bytes) else { return }
      promise(digests.firstDifference(from: digests) == nil, "digests: they differ from themselves")
    })

  /// `epochs.png`, to which a resumed run adds frames.
  static let animation = FuzzTarget(
    name: "apng",
    seeds: {
      var film = AnimatedPNG()
      for shade in [0, 128, 255] as [UInt8] {
        try? film.append(Picture(width: 3, height: 2, pixels: [UInt8](repeating: shade, count: 6)))
      }
      return [film.encoded(secondsPerFrame: 0.5)]
    },
    words: ["acTL", "fcTL", "fdAT", "IDAT", "IEND", "IHDR"], longest: 1 << 12,
    run: { bytes in
      guard var film = AnimatedPNG(bytes) else { return }
      for index in 0..<min(film.count, 4) { _ = try? film.picture(index) }
      film.keepFirst(1)
      promise(film.count <= 1, "apng: \(film.count) frames of 1")
    })
}
