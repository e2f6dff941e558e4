import LatentKernels

/// Sums of products of elements, by Einstein's convention (NumPy's `einsum`): dimensions that are not the result's are summed over.
///
///     einsum("bij,bjk->bik", a, b)      products of matrices
///     einsum("bhqd,bhkd->bhqk", q, k)   scores of attention
///     einsum("...ii->...", a)           traces
///
/// A letter that stands twice in a term is its diagonal. Without an arrow the result has the letters that stand once, in the
/// alphabet's order. Dimensions of an ellipsis are repeated by NumPy's rule. Operands are contracted from the first to the last,
/// by ``matmul(_:_:)-(Variable,Variable)`` where something is summed over, else by products of elements.
public func einsum(_ equation: String, _ operands: Variable...) -> Variable { einsum(equation, operands: operands) }

func einsum(_ equation: String, operands: [Variable]) -> Variable {
  guard let first = operands.first else { fatalError("einsum: \(equation) without operands") }
  let shapes = operands.map(\.shape)
  func refused(_ reason: String) -> Never { refuse(operands, "einsum: \(equation) of \(shapes): \(reason)") }
  require(
    operands.allSatisfy { $0.element == first.element }, of: operands,
    "einsum: operands of two element types"
      + "; all must be of one")
  let parsed: EinsumEquation
  do { parsed = try EinsumEquation(equation, ranks: shapes.map(\.count)) } catch { refused(error.text) }
  var sizes: [EinsumEquation.Label: Int] = [:]
  for (labels, shape) in zip(parsed.operands, shapes) {
    for (label, size) in zip(labels, shape) where sizes[label] != size {
      if sizes[label] == nil || (sizes[label] == 1 && label.isHidden) {
        sizes[label] = size
      } else if !(size == 1 && label.isHidden) {
        refused("sizes \(sizes[label]!) and \(size) of one dimension")
      }
    }
  }
  var terms = zip(operands, parsed.operands).map { EinsumTerm($0, $1).repeated(to: sizes).diagonal() }
  for place in terms.indices {
    let others = Set((terms[..<place] + terms[(place + 1)...]).flatMap(\.labels))
    terms[place] = terms[place].summed(keeping: others.union(parsed.result))
  }
  var whole = terms[0]
  for (place, term) in terms.enumerated().dropFirst() {
    whole = whole.product(term, keeping: Set(terms[(place + 1)...].flatMap(\.labels)).union(parsed.result))
  }
  return whole.arranged(parsed.result)
}

extension EinsumEquation.Label {
  fileprivate var isHidden: Bool { if case .hidden = self { true } else { false } }
}

/// A variable whose dimensions have names.
private struct EinsumTerm {
  typealias Label = EinsumEquation.Label

  var variable: Variable
  var labels: [Label]

  init(_ variable: Variable, _ labels: [Label]) { (self.variable, self.labels) = (variable, labels) }

  /// With the sizes of its dimensions, of which those of an ellipsis may be 1 so far.
  func repeated(to sizes: [Label: Int]) -> EinsumTerm {
    let shape = labels.map { sizes[$0]! }
    return shape == variable.shape ? self : EinsumTerm(variable.broadcast(to: shape), labels)
  }

  /// The elements whose indices of a label that stands more than once are the same.
  func diagonal() -> EinsumTerm {
    var distinct: [Label] = []
    for label in labels where !distinct.contains(label) { distinct.append(label) }
    if distinct.count == labels.count { return self }
    let own = Shape.strides(variable.shape)
    let places = distinct.map { label in labels.indices.filter { labels[$0] == label } }
    let result = variable.moved(
      "einsum", to: places.map { variable.shape[$0[0]] }, strides: places.map { $0.reduce(0) { $0 + own[$1] } })
    return EinsumTerm(result, distinct)
  }

  func summed(keeping kept: Set<Label>) -> EinsumTerm {
    let axes = labels.indices.filter { !kept.contains(labels[$0]) }
    if axes.isEmpty { return self }
    return EinsumTerm(variable.sum(axes: axes), labels.filter { kept.contains($0) })
  }

  func arranged(_ order: [Label]) -> Variable {
    if order == labels { return variable }
    return variable.transposed(order.map { labels.firstIndex(of: $0)! })
  }

  /// The product with another one, summed over their common labels that are not kept.
  func product(_ other: EinsumTerm, keeping kept: Set<Label>) -> EinsumTerm {
    let common = labels.filter { other.labels.contains($0) }
    let (stack, depth) = (common.filter { kept.contains($0) }, common.filter { !kept.contains($0) })
    let rows = labels.filter { !common.contains($0) }
    let columns = other.labels.filter { !common.contains($0) }
    let result = stack + rows + columns
    if depth.isEmpty || (rows.isEmpty && columns.isEmpty) {
      // Products of elements, side by side by broadcasting.
      let (left, right) = (arranged(stack + depth + rows), other.arranged(stack + depth + columns))
      let ones = [Int](repeating: 1, count: columns.count)
      let before = stack.count + depth.count
      let middle = [Int](repeating: 1, count: rows.count)
      let all =
        left.reshaped(to: left.shape + ones)
        * right.reshaped(to: right.shape[..<before] + middle + right.shape[before...])
      return EinsumTerm(all, stack + depth + rows + columns).summed(keeping: Set(result))
    }
    func matrix(_ term: EinsumTerm, _ down: [Label], _ along: [Label]) -> Variable {
      let arranged = term.arranged(stack + down + along)
      let shape = arranged.shape
      func size(_ range: Range<Int>) -> Int { shape[range].reduce(1, *) }
      let (first, second) = (stack.count, stack.count + down.count)
      let matrix = Array(shape[..<first]) + [size(first..<second), size(second..<shape.count)]
      return matrix == shape ? arranged : arranged.reshaped(to: matrix)
    }
    let y = matmul(matrix(self, rows, depth), matrix(other, depth, columns))
    let sizes = variable.shape
    let shape =
      stack.map { sizes[labels.firstIndex(of: $0)!] } + rows.map { sizes[labels.firstIndex(of: $0)!] }
      + columns.map { other.variable.shape[other.labels.firstIndex(of: $0)!] }
    return EinsumTerm(y.shape == shape ? y : y.reshaped(to: shape), result)
  }
}
