import LatentKernels

/// Whole numbers and signs. They are constant but for steps: no gradient reaches the operand.
extension Variable {
  /// The largest whole number that is not above x.
  public func floor() -> Variable { stepped(.floor, "floor") }
  /// The smallest whole number that is not below x.
  public func ceil() -> Variable { stepped(.ceil, "ceil") }
  /// The nearest whole number; the even one where two are as near.
  public func round() -> Variable { stepped(.round, "round") }
  /// 1 above 0, -1 below, and 0 at 0.
  public func sign() -> Variable { stepped(.sign, "sign") }

  private func stepped(_ function: UnaryFunction, _ name: String) -> Variable {
    let output = tape.makeTensor(like: tensor)
    output.storage.assign(function, of: tensor.storage)
    return tape.record(name, detached(), output: output) { _ in }
  }
}
