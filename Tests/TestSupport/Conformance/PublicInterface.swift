import Foundation

/// What the sources of the library offer to be called, read from their text.
///
/// A function is written `lstm(Variable, kernel:, recurrentKernel:)`: labels, and types in the place of missing ones.
/// A method stands behind its type and a dot, `Variable.power(Double)`; a layer's call as `LSTM(Variable)`.
public enum PublicInterface {
  /// What a function gives that stands for a layer or a primitive.
  public static let results: Set = ["Variable", "LossTerms", "LSTMState"]

  /// Public functions, operators and properties that give variables, or other `types`, and public modules, of all files in a
  /// folder of `Sources`.
  public static func symbols(in folder: String, giving types: Set<String> = results) throws -> [String] {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
    let files = try FileManager.default.contentsOfDirectory(
      at: sources.appendingPathComponent(folder), includingPropertiesForKeys: nil)
    return try files.filter { $0.pathExtension == "swift" }.sorted { $0.path < $1.path }.flatMap {
      symbols(of: try String(contentsOf: $0, encoding: .utf8), giving: types)
    }
  }

  /// What the sources offer without a case that covers it, cases of what they do not offer, names that two cases have.
  public static func gaps(
    between folders: [String], and cases: [ConformingCase], coveredElsewhere: [String] = []
  ) throws -> [String] {
    let symbols = try folders.flatMap { try PublicInterface.symbols(in: $0) }
    let covered = cases.flatMap(\.covers) + coveredElsewhere
    var gaps = symbols.isEmpty ? ["no symbols in \(folders)"] : []
    for symbol in symbols where !covered.contains(symbol) { gaps.append("no conforming case covers \(symbol)") }
    for symbol in Set(covered).subtracting(symbols).sorted() {
      gaps.append("a case covers \(symbol), which is not there")
    }
    let names = Dictionary(grouping: cases, by: \.name)
    for name in names.keys.sorted() where names[name]!.count > 1 { gaps.append("two cases are called \(name)") }
    return gaps
  }

  /// Those of one file, laid out as the formatter does.
  public static func symbols(of source: String, giving types: Set<String> = results) -> [String] {
    var (symbols, type, declaration): ([String], String?, String?) = ([], nil, nil)
    for line in source.split(separator: "\n") {
      let text = line.trimmingCharacters(in: .whitespaces)
      if text.hasPrefix("//") { continue }
      if let match = line.firstMatch(of: /^(public )?(?:final )?(struct|class|enum|extension) (\w+)(.*)/) {
        type = String(match.3)
        let kinds = /\b(Module|Layer|RecurrentLayer|Encoder|Decoder|Likelihood|TrainableModel)\b/
        let isModule = match.4.firstMatch(of: kinds) != nil
        if isModule && (match.1 != nil || match.2 == "extension") && !symbols.contains(type!) { symbols.append(type!) }
      } else if line.hasPrefix("}") {
        type = nil
      }
      if declaration == nil,
        let start = text.firstMatch(of: /^public (?:static |mutating |prefix |infix )*(func|var)\b/),
        start.1 == "func" || text.contains("{")  // which a stored property has not
      {
        declaration = ""
      }
      guard let started = declaration else { continue }
      declaration = started + " " + text
      guard text.contains("{") else { continue }
      if let symbol = symbol(of: declaration!, in: type, giving: types) { symbols.append(symbol) }
      declaration = nil
    }
    return symbols
  }

  private static func symbol(of declaration: String, in type: String?, giving types: Set<String>) -> String? {
    let head = declaration.prefix { $0 != "{" }
    let owner = type.map { $0 + "." } ?? ""
    if let property = head.firstMatch(of: /\bvar (\w+): \[?(\w+)/), types.contains(String(property.2)),
      declaration.contains("{")
    {
      return owner + property.1
    }
    guard let function = head.firstMatch(of: /\bfunc (\w+|[^\s\w(]+)\s*(?:<[^(]*>)?\s*\(/) else { return nil }
    var (depth, end) = (1, function.range.upperBound)
    while depth > 0 && end < head.endIndex {
      if "([{".contains(head[end]) { depth += 1 }
      if ")]}".contains(head[end]) { depth -= 1 }
      end = head.index(after: end)
    }
    guard let arrow = head[end...].firstRange(of: "->"),
      head[arrow.upperBound...].matches(of: /\w+/).contains(where: { types.contains(String($0.0)) })
    else { return nil }
    let isOperator = !function.1.first!.isLetter
    let labels = parameters(
      String(head[function.range.upperBound..<head.index(before: end)]), isOperator: isOperator)
    let name = function.1 == "callAsFunction" ? String(owner.dropLast()) : owner + function.1
    return "\(name)(\(labels.joined(separator: ", ")))"
  }

  /// Of `_ x: Variable, kernel k: Variable = …`: the labels, or types; of an operator the types.
  private static func parameters(_ text: String, isOperator: Bool) -> [String] {
    var (parts, depth) = ([""], 0)
    for character in text {
      if "([<".contains(character) { depth += 1 }
      if ")]>".contains(character) { depth -= 1 }
      if character == "," && depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    return parts.compactMap { part in
      guard let match = part.firstMatch(of: /^\s*(\w+)[^:]*:\s*([^=]+?)\s*(=.*)?$/) else { return nil }
      return match.1 == "_" || isOperator ? String(match.2) : "\(match.1):"
    }
  }
}
