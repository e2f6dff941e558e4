import LatentFiles
import LatentReport

/// What depends on a field of a record.
package enum RunRole: Equatable, Sendable {
  /// A run's weights do: checkpoints and weights files name it, and a run that goes on must not change it. It has another
  /// name there where one is given.
  case weights(as: String? = nil)
  /// The weights do, and something else with the role ``weights(as:)`` says it: the model's plan, or the data's checksum.
  case implied
  /// The weights do not, and yet a run that goes on must not change it.
  case fixed
  /// Nothing: a run that goes on may change it.
  case free
}

/// One field of a part of a record: its name in files, its value, what may stand there, and what depends on it. Everything
/// that is said of a run's settings anywhere comes from lists of these.
package struct RunField<Part> {
  package let name: String
  package let role: RunRole
  /// The title that it stands under, for people.
  package let group: String
  /// Null where it is not used.
  let json: (Part) -> JSON
  /// Nil of what follows from other fields.
  let read: ((inout Part, JSON) throws -> Void)?
  /// Whether it is used at all, where its value alone does not say so.
  let isUsed: (Part) -> Bool
}

/// The numbers that a field takes.
package struct RunLimit<Value>: Sendable {
  let allowed: String
  let contains: @Sendable (Value) -> Bool
}

extension RunLimit<Int> {
  /// From 1 on, far from overflow.
  static var count: Self { Self(allowed: "a whole number from 1 on") { (1...1 << 40).contains($0) } }
  /// Threads, shards, samples.
  static var workers: Self { Self(allowed: "a whole number in 1...1024") { (1...1024).contains($0) } }
  static var index: Self { Self(allowed: "a whole number from 0 on") { (0...1 << 40).contains($0) } }
}

extension RunLimit<Double> {
  static var positive: Self { Self(allowed: "a number above 0") { $0 > 0 && $0.isFinite } }
  static var nonNegative: Self { Self(allowed: "a number of at least 0") { $0 >= 0 && $0.isFinite } }
  static var fraction: Self { Self(allowed: "a number that is at least 0 and below 1") { $0 >= 0 && $0 < 1 } }
}

/// A part of a record, which its list of fields describes.
package protocol RunPart: Sendable {
  init()
  static var title: String { get }
  static var fields: [RunField<Self>] { get }
}

extension RunField where Part: RunPart {
  /// A value that is always there.
  init<Value: RunValue>(
    _ name: String, _ path: WritableKeyPath<Part, Value>, _ role: RunRole, _ limit: RunLimit<Value>? = nil,
    isUsed: @escaping (Part) -> Bool = { _ in true }
  ) {
    (self.name, self.role, group, self.isUsed) = (name, role, Part.title, isUsed)
    json = { $0[keyPath: path].json }
    read = { part, json in part[keyPath: path] = try Self.value(json, limit) }
  }

  /// A value that may be left out.
  init<Value: RunValue>(
    _ name: String, optional path: WritableKeyPath<Part, Value?>, _ role: RunRole, _ limit: RunLimit<Value>? = nil
  ) {
    (self.name, self.role, group) = (name, role, Part.title)
    isUsed = { $0[keyPath: path] != nil }
    json = { $0[keyPath: path]?.json ?? .null }
    read = { part, json in
      if json == .null {
        part[keyPath: path] = nil
        return
      }
      do throws(RunRecordError) { part[keyPath: path] = try Self.value(json, limit) } catch {
        throw RunRecordError(error.description + ", or null")
      }
    }
  }

  /// What follows from other fields.
  init(_ name: String, derived: @escaping (Part) -> JSON, _ role: RunRole) {
    (self.name, self.role, group) = (name, role, Part.title)
    (json, read, isUsed) = (derived, nil, { _ in true })
  }

  private static func value<Value: RunValue>(
    _ json: JSON, _ limit: RunLimit<Value>?
  ) throws(RunRecordError) -> Value {
    let value: Value
    do throws(RunRecordError) { value = try Value(json: json) } catch {
      throw limit.map { .isNot($0.allowed) } ?? error
    }
    if let limit, !limit.contains(value) { throw .isNot(limit.allowed) }
    return value
  }

  /// The same field of something that has such a part.
  func of<Whole>(_ path: WritableKeyPath<Whole, Part>) -> RunField<Whole> {
    RunField<Whole>(
      name: name, role: role, group: group, json: { json($0[keyPath: path]) },
      read: read.map { read in { whole, json in try read(&whole[keyPath: path], json) } },
      isUsed: { isUsed($0[keyPath: path]) })
  }
}

extension RunPart {
  /// The part as `config.json` has it.
  package var json: JSON { .object(Self.fields.map { JSON.Member($0.name, $0.json(self)) }) }

  /// Reads a part. What is not there is as it is in a new one.
  ///
  /// - Parameters:
  ///   - path: the part's name, for errors
  ///   - isStrict: whether fields of other names are refused, as in what people write
  /// - Throws: ``RunRecordError``
  package init(json: JSON, at path: String, isStrict: Bool = false) throws(RunRecordError) {
    guard case .object(let members) = json else { throw RunRecordError("\(path) is no object") }
    self.init()
    for member in members {
      guard let field = Self.fields.first(where: { $0.name == member.name }) else {
        if !isStrict { continue }
        let names = Self.fields.map(\.name).joined(separator: ", ")
        throw RunRecordError("\(path).\(member.name) is no field of it; there are \(names)")
      }
      do { try field.read?(&self, member.value) } catch {
        // A likelihood of a program's own, say: other fields tell as much.
        if !isStrict && field.role == .implied { continue }
        throw RunRecordError("\(path).\(member.name) \(error)")
      }
    }
    guard isStrict else { return }
    for member in members {
      let field = Self.fields.first { $0.name == member.name && $0.read == nil }
      if let field, member.value != .null, field.json(self) != .null, field.json(self) != member.value {
        throw RunRecordError(
          "\(path).\(member.name) follows from other fields and is \(field.json(self).plainText) by them")
      }
    }
  }
}

extension JSON {
  /// A single value as people write it, the whole text of any other.
  package var plainText: String { singleText ?? text.split(whereSeparator: \.isNewline).joined() }

  /// The text that a file's metadata have: a single value as people write it, the JSON of any other.
  package var metadataText: String {
    if case .array = self { return text.split(whereSeparator: \.isNewline).joined() }
    return plainText
  }

  /// A single value as people write it, or a list of such; nil for null, for what holds others, and for an empty list.
  package var singleText: String? {
    switch self {
    case .null, .object: nil
    case .array(let values):
      values.isEmpty || values.contains { $0.singleText == nil }
        ? nil : values.map { $0.singleText! }.joined(separator: ", ")
    case .bool(let value): value ? "yes" : "no"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): value
    }
  }
}
