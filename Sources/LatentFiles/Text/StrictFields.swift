/// The fields of a JSON object that people write by hand: each mistake becomes one line that names the field and what is
/// allowed there.
package struct StrictFields<Key: CodingKey & CaseIterable & RawRepresentable> where Key.RawValue == String {
  /// The object itself, for fields that are objects.
  package let container: KeyedDecodingContainer<Key>
  private let path: [any CodingKey]

  /// - Throws: `DecodingError` if there is no object, or it has a field of no known name
  package init(_ decoder: any Decoder) throws {
    path = decoder.codingPath
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys where Key(stringValue: key.stringValue) == nil {
      throw Self.unknown(key, path, Key.allCases.map(\.stringValue))
    }
    container = try decoder.container(keyedBy: Key.self)
  }

  /// Refuses fields that do not belong to this kind of object.
  package func allow(_ keys: [Key]) throws {
    for key in container.allKeys where !keys.contains(where: { $0.stringValue == key.stringValue }) {
      throw Self.unknown(AnyKey(stringValue: key.stringValue), path, keys.map(\.stringValue))
    }
  }

  /// A whole number from 1 on, which may be left out where there is one to take instead.
  package func size(_ key: Key, else usual: Int? = nil) throws -> Int {
    if let usual, !container.contains(key) { return usual }
    guard let value = try? container.decode(Int.self, forKey: key), (1...1 << 30).contains(value) else {
      throw container.contains(key) ? wrong(key, "a whole number from 1 on") : missing(key)
    }
    return value
  }

  /// One of a list of names, which may be left out where there is one to take instead.
  package func oneOf<Value: RawRepresentable & CaseIterable>(
    _ type: Value.Type, _ key: Key, else usual: Value? = nil
  ) throws -> Value where Value.RawValue == String {
    if let usual, !container.contains(key) { return usual }
    guard let name = try? container.decode(String.self, forKey: key), let value = Value(rawValue: name) else {
      let names = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw container.contains(key) ? wrong(key, "one of \(names)") : missing(key)
    }
    return value
  }

  /// A text, or true or false, which may be left out where there is one to take instead.
  package func value<Value: Decodable>(_ key: Key, else usual: Value? = nil, _ what: String) throws -> Value {
    if let usual, !container.contains(key) { return usual }
    do { return try container.decode(Value.self, forKey: key) } catch {
      throw container.contains(key) ? wrong(key, what) : missing(key)
    }
  }

  /// What to throw where a field's value can't be used.
  package func wrong(_ key: Key, _ what: String) -> DecodingError {
    .dataCorruptedError(forKey: key, in: container, debugDescription: "is not \(what)")
  }

  private func missing(_ key: Key) -> DecodingError {
    .keyNotFound(key, .init(codingPath: path, debugDescription: "is missing"))
  }

  private static func unknown(_ key: AnyKey, _ path: [any CodingKey], _ allowed: [String]) -> DecodingError {
    .dataCorrupted(
      .init(
        codingPath: path + [key], debugDescription: "is no field of it; there are \(allowed.joined(separator: ", "))"))
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension DecodingError {
  /// The field and what is wrong with it, in one line: `encoder[1].units is not a whole number from 1 on`.
  package var line: String {
    func place(_ path: [any CodingKey]) -> String {
      path.reduce(into: "") { text, key in
        text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue
      }
    }
    func sentence(_ path: [any CodingKey], _ text: String) -> String {
      path.isEmpty ? "it \(text)" : "\(place(path)) \(text)"
    }
    switch self {
    case .keyNotFound(let key, let context): return sentence(context.codingPath + [key], "is missing")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return sentence(context.codingPath, "has a value of the wrong type")
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "it is not JSON" : sentence(context.codingPath, context.debugDescription)
    @unknown default: return "it can't be read"
    }
  }
}
