/// What data or a model are not fit for, in one line.
public enum AnomalyError: Error, Equatable, CustomStringConvertible {
  /// A model that can't score.
  case model(String)
  /// Data that can't be scored, or labels that do not fit them.
  case data(String)

  public var description: String {
    switch self {
    case .model(let text), .data(let text): text
    }
  }
}
