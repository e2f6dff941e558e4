import LatentData

/// Measures of one kind for people: what they are called, what they come to, and what that means.
public struct MeasureTable: Sendable, Equatable {
  /// One measure.
  public struct Row: Sendable, Equatable {
    /// "bits per pixel"
    public let name: String
    /// The number with as many digits as mean something, and its unit: "0.483".
    public let value: String
    /// What it says, in a few words; empty where the name says all.
    public let explanation: String

    public init(_ name: String, _ value: String, _ explanation: String = "") {
      (self.name, self.value, self.explanation) = (name, value, explanation)
    }
  }

  /// "Reconstruction"
  public let title: String
  /// In the order in which people read them.
  public let rows: [Row]

  public init(_ title: String, _ rows: [Row]) { (self.title, self.rows) = (title, rows) }

  /// The same, said of other examples than images.
  package func naming(_ example: ExampleShape) -> MeasureTable {
    MeasureTable(
      example.naming(title),
      rows.map { Row(example.naming($0.name), $0.value, example.naming($0.explanation)) })
  }
}
