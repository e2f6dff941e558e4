import Latent

/// Numbers to compute with, float32 and the same in every run.
extension Storage {
  /// Uninitialised elements, for results.
  static func empty(_ count: Int) -> Storage { Storage(count: count, element: .float32) }

  /// Standard normal numbers times `scale`.
  static func normal(_ count: Int, scale: Double = 1) -> Storage {
    let storage = empty(count)
    storage.fillNormal(key: 1, streams: [0], columns: count)
    if scale != 1 { storage.assign(storage, times: scale) }
    return storage
  }

  /// Numbers uniform in `low`...`high`.
  static func uniform(_ count: Int, from low: Double = 0, to high: Double = 1) -> Storage {
    let storage = empty(count)
    storage.fillUniform(key: 1, low: low, high: high)
    return storage
  }
}
