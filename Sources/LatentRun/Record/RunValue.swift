import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A value that a record holds: how it stands in `config.json`, and what may stand there.
package protocol RunValue: Sendable {
  var json: JSON { get }

  /// - Throws: ``RunRecordError`` where this is none
  init(json: JSON) throws(RunRecordError)
}

/// Why a text is no record of a run, in one line that names the field and what is allowed there.
public struct RunRecordError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }

  /// That the value of a field is not what is allowed.
  static func isNot(_ allowed: String) -> RunRecordError { RunRecordError("is not \(allowed)") }
}

extension Bool: RunValue {
  package var json: JSON { .bool(self) }

  package init(json: JSON) throws(RunRecordError) {
    guard case .bool(let value) = json else { throw .isNot("true or false") }
    self = value
  }
}

extension Int: RunValue {
  package var json: JSON { .integer(self) }

  package init(json: JSON) throws(RunRecordError) {
    switch json {
    case .integer(let value): self = value
    case .number(let value) where Int(exactly: value) != nil: self = Int(value)
    default: throw .isNot("a whole number")
    }
  }
}

/// Numbers that other readers of JSON would round stand in quotes.
extension UInt64: RunValue {
  package var json: JSON { Int(exactly: self).map { .integer($0) } ?? .string("\(self)") }

  package init(json: JSON) throws(RunRecordError) {
    switch json {
    case .integer(let value) where value >= 0: self = UInt64(value)
    case .string(let text) where UInt64(text) != nil: self = UInt64(text)!
    default: throw .isNot("a whole number in 0...\(UInt64.max)")
    }
  }
}

extension Double: RunValue {
  package var json: JSON { .number(self) }

  package init(json: JSON) throws(RunRecordError) {
    switch json {
    case .integer(let value): self = Double(value)
    case .number(let value): self = value
    default: throw .isNot("a number")
    }
  }
}

extension String: RunValue {
  package var json: JSON { .string(self) }

  package init(json: JSON) throws(RunRecordError) {
    guard case .string(let text) = json else { throw .isNot("a text") }
    self = text
  }
}

extension Array: RunValue where Element: RunValue {
  package var json: JSON { .array(map(\.json)) }

  package init(json: JSON) throws(RunRecordError) {
    guard case .array(let values) = json else { throw .isNot("a list") }
    self = []
    for value in values { append(try Element(json: value)) }
  }
}

/// One of a few names.
package protocol RunName: RunValue {
  var runName: String { get }
  static var allNamed: [Self] { get }
}

extension RunName {
  package var json: JSON { .string(runName) }

  package init(json: JSON) throws(RunRecordError) {
    guard case .string(let name) = json, let value = Self.allNamed.first(where: { $0.runName == name }) else {
      throw .isNot("one of " + Self.allNamed.map { "\"\($0.runName)\"" }.joined(separator: ", "))
    }
    self = value
  }
}

extension RunName where Self: RawRepresentable & CaseIterable, RawValue == String {
  package var runName: String { rawValue }
  package static var allNamed: [Self] { Array(allCases) }
}

extension Binarization: RunName {}
extension Scaling.Kind: RunName {}
extension SeriesReading.Gaps: RunName {}
extension Vocabulary.Kind: RunName {}
extension ImageReading.Colour: RunName {}
extension RunSchedule: RunName {}

/// `32x32`, rows first.
extension ImageReading.Size: RunValue {
  package var json: JSON { .string("\(height)x\(width)") }

  package init(json: JSON) throws(RunRecordError) {
    guard case .string(let text) = json, let size = Self(text) else { throw .isNot("a size such as \"32x32\"") }
    self = size
  }
}

/// `shift=2,flip`
extension Augmentation: RunValue {
  package var json: JSON { .string(description) }

  package init(json: JSON) throws(RunRecordError) {
    guard case .string(let text) = json, let augmentation = Self(text) else {
      throw .isNot("an augmentation such as \"shift=2,flip,noise=0.05,scale=0.1\"")
    }
    self = augmentation
  }
}

extension LikelihoodKind: RunName {
  package var runName: String { name }
  package static var allNamed: [LikelihoodKind] { all }

  /// Those with a number in their name are more than can be listed.
  package init(json: JSON) throws(RunRecordError) {
    guard case .string(let name) = json, let kind = LikelihoodKind(named: name) else {
      throw .isNot("one of " + Self.allNamed.map { "\"\($0.name)\"" }.joined(separator: ", "))
    }
    self = kind
  }
}

extension DataSource: RunValue {
  package var json: JSON { .string(description) }

  package init(json: JSON) throws(RunRecordError) {
    guard case .string(let text) = json, let source = DataSource(text) else {
      throw .isNot("\"auto\", \"fashion-mnist\", \"synthetic\", a file or a folder")
    }
    self = source
  }
}

/// What other libraries describe as `Codable`.
package protocol RunCodable: RunValue, Codable {
  static var runName: String { get }
}

extension RunCodable {
  package var json: JSON {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return (try? encoder.encode(self)).flatMap { JSON(Array($0)) } ?? .null
  }

  package init(json: JSON) throws(RunRecordError) {
    do { self = try JSONDecoder().decode(Self.self, from: Data(json.text.utf8)) } catch {
      throw RunRecordError("is no \(Self.runName): \((error as? DecodingError)?.line ?? "\(error)")")
    }
  }
}

extension ModelPlan: RunCodable {
  package static var runName: String { "plan of a model" }
}

extension Scaling: RunCodable {
  package static var runName: String { "scaling of features" }
}

extension Vocabulary: RunCodable {
  package static var runName: String { "vocabulary of a text" }
}

extension ModelRecipe: RunCodable {
  package static var runName: String { "recipe of a model" }
}

extension Losses: RunValue {
  package var json: JSON { .object(named(total: "total").map { JSON.Member($0.name, .number($0.value)) }) }

  package init(json: JSON) throws(RunRecordError) {
    guard case .object(let members) = json else { throw .isNot("an object of numbers") }
    var numbers: [(name: String, value: Double)] = []
    // A loss that was not finite is null.
    for member in members {
      numbers.append((member.name, member.value == .null ? .nan : try Double(json: member.value)))
    }
    self.init(
      total: numbers.first { $0.name == "total" }?.value ?? .nan, parts: numbers.filter { $0.name != "total" })
  }
}
