import Latent
import LatentFiles

/// Where examples come from, as a user names it: a data set by its name, or a file or folder by its path.
///
/// A source of your own is one type. Programs find it by a text when it stands among the kinds that they look through:
///
///     struct WalkSource: ExampleSource {
///       static let usage = "walks"
///       let description = "walks"
///       init?(_ text: String) { if text != "walks" { return nil } }
///       func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> TensorDataset { ... }
///     }
///
///     let source = DataSource("walks", among: [WalkSource.self] + DataSource.kinds)
public protocol ExampleSource: Sendable, LosslessStringConvertible {
  /// What its examples are in.
  associatedtype Examples: Dataset

  /// How help names it: `synthetic`, or "a folder of IDX files".
  static var usage: String { get }

  /// The source that a text names, by its name or by what lies at a path; nil where the text names none of this kind.
  ///
  /// `description` is that text.
  init?(_ text: String)

  /// The file or folder that the examples are read from, where the text names one; nil where left out.
  var path: String? { get }

  /// Loads the examples.
  ///
  /// - Parameters:
  ///   - part: the examples for training, or those for testing
  ///   - reading: what a user says of how they are read; a source takes what concerns it
  /// - Throws: ``LatentFiles/DataError``, whose description is one line for the user
  func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> Examples
}

extension ExampleSource {
  public var path: String? { nil }

  /// The same with defaults: the examples for training, all of them, and a seed of 0.
  public func load(
    _ part: DatasetPart = .training, limit: Int? = nil, seed: UInt64 = 0
  ) throws(DataError) -> Examples {
    try load(part, Reading(limit: limit, seed: seed))
  }
}

extension ImageDataset {
  /// The first images, with a word about it in the provenance.
  func limited(to limit: Int?) -> ImageDataset {
    guard let limit, limit < count else { return self }
    return prefix(limit).with(provenance: provenance + limitNote(limit))
  }
}

/// What provenance says where not all examples are taken.
func limitNote(_ limit: Int) -> String { "; only the first \(limit) are used" }
