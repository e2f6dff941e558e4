import LatentKernels

/// What a data set holds, in few words: two data sets of one fingerprint give a model the same examples.
///
/// Programs of several processes compare it at the start, so that none trains on other data than the rest:
///
///     let own = DataFingerprint(images)
///     print(own.difference(from: others) ?? "the same")   // "7000 examples, not 60000"
///
/// The checksums of images are those of their loading. Those of other data sets are computed here.
public struct DataFingerprint: Sendable, Equatable, Codable {
  /// The data set's name.
  public let name: String
  /// The number of examples.
  public let count: Int
  /// What one example is.
  public let shape: ExampleShape
  /// The SHA-256 of the examples: ``Dataset/sha256``.
  public let sha256: String
  /// The SHA-256 of the labels; nil where there are none.
  public let labelsSHA256: String?

  /// That of a data set.
  public init(_ data: some Dataset) {
    (name, count, shape, sha256) = (data.name, data.count, data.shape, data.sha256)
    labelsSHA256 = data.labelsSHA256
  }

  /// What differs most, in a few words, this one's first; nil where all is the same.
  public func difference(from other: DataFingerprint) -> String? {
    func differ<Value: Equatable>(_ value: (DataFingerprint) -> Value, _ words: (Value) -> String) -> String? {
      value(self) == value(other) ? nil : "\(words(value(self))), not \(words(value(other)))"
    }
    return differ(\.shape) { "\($0.plural) of \($0)" } ?? differ(\.count) { "\($0) examples" }
      ?? differ(\.sha256) { "examples of sha256 \($0.prefix(12))" }
      ?? differ(\.labelsSHA256) { $0.map { "labels of sha256 \($0.prefix(12))" } ?? "no labels" }
      ?? differ(\.name) { "the name \($0)" }
  }
}

extension Dataset {
  /// The SHA-256 of the labels, as 64 hexadecimal digits, computed when it is asked for; nil where there are none.
  public var labelsSHA256: String? {
    labels.map { labels in
      var hash = SHA256()
      hash.update(labels)
      return hash.hexDigest()
    }
  }
}
