import LatentKernels

extension Tape {
  /// The path of the parameter that a node is, such as `encoder.lstm.kernel`; nil for a result, and for no node.
  func path(ofNode node: Int32) -> String? {
    guard let parameters, node != Tape.parameterWithoutSlot else { return nil }
    if node < -1 { return parameters.path(Int(-2 - node)) }
    guard recording.nodes.indices.contains(Int(node)) else { return nil }
    let slot = Int(recording.nodes[Int(node)].slot)
    return slot < 0 ? nil : parameters.path(slot)
  }

  /// A number for a frozen parameter, which has no node: below -1, the constants' own, so that it keeps its name.
  static func index(ofFrozen slot: Int) -> Int32 { Int32(-2 - slot) }

  /// That of a parameter which is in no layout of the tape.
  static let parameterWithoutSlot = Int32.min

  /// Whether it is a parameter, recorded or not: something by which a whole step multiplies.
  func isParameter(_ variable: Variable) -> Bool {
    let index = variable.index
    return index < -1 || index >= 0 && recording.nodes[Int(index)].slot >= 0
  }

  /// The path of the layer whose parameters are among the inputs, such as `encoder.lstm`.
  func layerName(of inputs: [Variable]) -> String? {
    inputs.lazy.compactMap { $0.tape.path(ofNode: $0.index) }.first.map(Tape.layer)
  }

  /// A parameter's path without its own name; all of it where there is no more.
  static func layer(_ path: String) -> String { path.lastIndex(of: ".").map { String(path[..<$0]) } ?? path }

  static let usedUpMessage = "this tape has been walked back already; use a new one for every step"

  /// Stops because an operand can't be used on this tape.
  func refuse(_ operands: [Variable], _ operation: String) -> Never {
    if isUsedUp && operands.allSatisfy({ $0.tape === self }) { fatalError("\(operation): \(Tape.usedUpMessage)") }
    fatalError(
      "\(operation): an operand belongs to another tape; an operation's operands are all of one tape, to which "
        + "constant(_:) brings a value and on(_:) a parameter")
  }

  /// Stops because a model computes with something that it does not list, and that would never learn.
  func refuseHidden(_ kind: String, _ name: String, _ shape: [Int]) -> Never {
    fatalError(
      "Tape: the \(kind) \(name) \(shape) is used, but the model's visit(_:) does not show it, so that it would never learn; "
        + "show it there, or store a frozen copy if it is to be a constant")
  }
}

/// Stops unless the condition holds, as the kernels' `require` does, with a message that starts with the operation's name
/// and, where parameters are among the operands, continues with where in the model they are:
///
///     dense: x [32, 10], kernel [784, 512] …             what is written
///     dense at encoder.hidden: x [32, 10], kernel …      what is said
///
/// Operands of different tapes, or of one that was walked back, are mistakes too, of which the shapes may only be a sign:
/// they are said first.
@inline(__always)
func require(
  _ condition: @autoclosure () -> Bool, of operands: @autoclosure () -> [Variable], _ message: @autoclosure () -> String
) {
  if !condition() { refuse(operands(), message()) }
}

/// Stops with the message that ``require(_:of:_:)`` describes.
@inline(never)
func refuse(_ operands: [Variable], _ message: String) -> Never {
  let operation = String(message.prefix { $0 != ":" })
  if let tape = operands.first?.tape, tape.isUsedUp || operands.contains(where: { $0.tape !== tape }) {
    tape.refuse(operands, operation)
  }
  fatalError(operation + place(of: operands) + message.dropFirst(operation.count))
}

/// ` at` and the layer, or the parameters of several layers; nothing where there are none.
private func place(of operands: [Variable]) -> String {
  let paths = operands.compactMap { $0.tape.path(ofNode: $0.index) }
  let layers = Set(paths.map(Tape.layer))
  if layers.count == 1, let layer = layers.first { return " at \(layer)" }
  return paths.isEmpty ? "" : " at " + paths.joined(separator: ", ")
}
