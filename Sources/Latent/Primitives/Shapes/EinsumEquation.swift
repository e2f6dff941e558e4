/// `ij,jk->ik`: the dimensions of each operand and of the result by letters. An ellipsis stands for any number of dimensions before,
/// between or after, which are aligned at their ends.
struct EinsumEquation {
  /// A dimension: a letter, or one of an ellipsis, counted from its end.
  enum Label: Hashable {
    case letter(Character)
    case hidden(Int)
  }

  let operands: [[Label]]
  let result: [Label]

  /// What is wrong with an equation.
  struct Fault: Error { let text: String }

  /// - Parameter ranks: the operands' numbers of dimensions
  init(_ text: String, ranks: [Int]) throws(Fault) {
    let sides = text.filter { $0 != " " }.split(separator: "->", omittingEmptySubsequences: false)
    guard sides.count <= 2 else { throw Fault(text: "more than one arrow") }
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == ranks.count else { throw Fault(text: "\(terms.count) terms for \(ranks.count) operands") }
    var (operands, widest): ([[Label]], Int) = ([], 0)
    for (term, rank) in zip(terms, ranks) {
      let (before, after) = try EinsumEquation.letters(term)
      let named = before.count + (after?.count ?? 0)
      guard after == nil ? named == rank : named <= rank else {
        throw Fault(text: "\(term) names \(named) dimensions of an operand that has \(rank)")
      }
      let count = rank - named
      widest = max(widest, count)
      operands.append(before + (0..<count).reversed().map { .hidden($0) } + (after ?? []))
    }
    let hidden = (0..<widest).reversed().map { Label.hidden($0) }
    self.operands = operands
    if sides.count == 2 {
      let (before, after) = try EinsumEquation.letters(sides[1])
      result = before + (after == nil ? [] : hidden) + (after ?? [])
    } else {
      // NumPy's rule: the letters that stand once, in the alphabet's order.
      var counts: [Character: Int] = [:]
      for case .letter(let letter) in operands.joined() { counts[letter, default: 0] += 1 }
      result = hidden + counts.filter { $0.value == 1 }.keys.sorted().map { .letter($0) }
    }
    for (place, label) in result.enumerated() {
      guard operands.contains(where: { $0.contains(label) }), !result[..<place].contains(label) else {
        throw Fault(text: "a dimension of the result is none of an operand, or stands twice")
      }
    }
  }

  /// The letters of a term, before its ellipsis and after it; nil where there is none.
  private static func letters(_ term: Substring) throws(Fault) -> (before: [Label], after: [Label]?) {
    let parts = term.split(separator: "...", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isLetter } }) else {
      throw Fault(text: "\(term) is not made of letters and at most one ellipsis")
    }
    return (parts[0].map { .letter($0) }, parts.count == 2 ? parts[1].map { .letter($0) } : nil)
  }
}
