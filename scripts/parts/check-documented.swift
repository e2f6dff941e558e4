// Checks the documentation comments of public symbols, from the symbol graphs that the compiler wrote: that there is one,
// and that it names no parameter that there is not.
//
//     swiftc scripts/check-documented.swift -o check-documented && ./check-documented FOLDER
//
// These need no comment:
//   - what implements a requirement of a protocol, which has one;
//   - a case of an enumeration without associated values: the enumeration has one;
//   - an initializer whose parameters are properties of its type: these have theirs;
//   - extension blocks;
//   - what is unavailable: names that other libraries have, of which each says the one here.
import Foundation

struct Graph: Decodable {
  var symbols: [Symbol]
  var relationships: [Relationship]
}

struct Symbol: Decodable {
  struct Kind: Decodable { var identifier: String }
  struct Identifier: Decodable { var precise: String }
  struct Comment: Decodable {
    struct Line: Decodable { var text: String }
    var lines: [Line]
  }
  struct Signature: Decodable {
    struct Parameter: Decodable { var name: String, internalName: String? }
    var parameters: [Parameter]?
  }
  struct Location: Decodable {
    struct Position: Decodable { var line: Int }
    var uri: String
    var position: Position
  }

  struct Availability: Decodable { var isUnconditionallyUnavailable: Bool? }

  var kind: Kind
  var availability: [Availability]?
  var identifier: Identifier
  var pathComponents: [String]
  var docComment: Comment?
  var functionSignature: Signature?
  var location: Location?

  var isUnavailable: Bool { availability?.contains { $0.isUnconditionallyUnavailable == true } ?? false }
  var path: String { pathComponents.joined(separator: ".") }
  /// The names under which the function's body knows its parameters; comments use these.
  var parameters: [String] { functionSignature?.parameters?.map { $0.internalName ?? $0.name } ?? [] }
}

struct Relationship: Decodable {
  struct Origin: Decodable {}
  var source: String
  /// The requirement that a member implements.
  var sourceOrigin: Origin?
}

/// The parameters that a comment names: those of `- Parameter x:`, and those in the list below `- Parameters:`.
func documentedParameters(_ lines: [String]) -> [String] {
  var names: [String] = []
  var isList = false
  for line in lines {
    let text = line.drop { $0 == " " }
    let indentation = line.count - text.count
    let head = text.prefix { $0 != ":" }
    if head.hasPrefix("- Parameter ") {
      names.append(String(head.dropFirst("- Parameter ".count)))
    } else if indentation == 0 && !text.isEmpty {
      isList = head == "- Parameters"
    } else if isList && indentation == 2 && head.hasPrefix("- ") {
      names.append(String(head.dropFirst(2)))
    }
  }
  return names
}

guard CommandLine.arguments.count == 2 else { fatalError("usage: check-documented FOLDER") }
let folder = URL(fileURLWithPath: CommandLine.arguments[1])
let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
  .filter { $0.path.hasSuffix(".symbols.json") }
let graphs = try files.map { try JSONDecoder().decode(Graph.self, from: Data(contentsOf: $0)) }
let symbols = graphs.flatMap(\.symbols)
let implementations = Set(graphs.flatMap(\.relationships).filter { $0.sourceOrigin != nil }.map(\.source))
let properties = Set(symbols.filter { $0.kind.identifier == "swift.property" }.map(\.path))

func needsNoComment(_ symbol: Symbol) -> Bool {
  switch symbol.kind.identifier {
  case "swift.extension": true
  case "swift.enum.case": !symbol.pathComponents.last!.contains("(")
  case "swift.init":
    symbol.parameters.allSatisfy { name in
      properties.contains((symbol.pathComponents.dropLast() + [name]).joined(separator: "."))
    }
  default: false
  }
}

var faults: [String] = []
for symbol in symbols where !implementations.contains(symbol.identifier.precise) {
  let place = symbol.location.map { location in
    (URL(string: location.uri)?.path ?? location.uri) + ":\(location.position.line + 1)"
  }
  func fault(_ words: String) { faults.append("\(place ?? "?"): \(symbol.path) \(words)") }
  guard let comment = symbol.docComment else {
    if !needsNoComment(symbol) && !symbol.isUnavailable { fault("has no documentation comment") }
    continue
  }
  guard symbol.functionSignature != nil else { continue }
  for name in documentedParameters(comment.lines.map(\.text)) where !symbol.parameters.contains(name) {
    fault("has no parameter '\(name)', which its comment names; it has \(symbol.parameters)")
  }
}
for fault in Set(faults).sorted() { print(fault) }
print("\(symbols.count) public symbols, \(Set(faults).count) faults")
exit(faults.isEmpty ? 0 : 1)
