/// A JSON value (RFC 8259) whose members keep their order, for files that people read too.
public enum JSON: Sendable, Equatable {
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// Written so that reading it gives the same double back; not-a-number and infinities become null.
  case number(Double)
  /// Text, which is escaped where it must be.
  case string(String)
  /// Values in order.
  case array([JSON])
  /// Named values, in the order given.
  case object([Member])

  /// A name and its value.
  public struct Member: Sendable, Equatable {
    /// Its key.
    public let name: String
    /// Its value.
    public let value: JSON

    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// The document, indented, with a line break at its end.
  public var text: String { text(indentation: "") + "\n" }

  private func text(indentation: String) -> String {
    let inner = indentation + "  "
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return "\(value)"
    case .number(let value): return value.isFinite ? "\(value)" : "null"
    case .string(let value): return JSONText.quoted(value)
    case .array(let values):
      if values.isEmpty { return "[]" }
      return "[\n" + values.map { inner + $0.text(indentation: inner) }.joined(separator: ",\n") + "\n\(indentation)]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      return "{\n"
        + members.map { "\(inner)\(JSONText.quoted($0.name)): \($0.value.text(indentation: inner))" }
        .joined(separator: ",\n") + "\n\(indentation)}"
    }
  }
}

extension JSON: ExpressibleByDictionaryLiteral {
  /// An object with these members in this order.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}

extension JSON: ExpressibleByStringLiteral {
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
}
