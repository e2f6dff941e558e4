import LatentKernels

/// Arithmetic with a number: no tensor is made of it. Derivatives stand beside each operation.
extension Variable {
  /// scale a; d/da = scale
  public static func * (scale: Double, a: Variable) -> Variable {
    let output = a.tape.makeTensor(like: a.tensor)
    output.storage.assign(a.tensor.storage, times: scale)
    return a.tape.record("*", a, output: output) { backward in
      backward.transform(0) { $1.assign($0, times: scale) }
    }.ruled([{ scale * $0 }])
  }

  /// a + number; d/da = 1
  public static func + (a: Variable, number: Double) -> Variable {
    let output = a.tape.makeTensor(like: a.tensor)
    output.storage.assign(.add, a.tensor.storage, number)
    return a.tape.record("+", a, output: output) { $0.add($0.upstream, to: 0) }.ruled([{ $0 }])
  }

  /// number - a; d/da = -1
  public static func - (number: Double, a: Variable) -> Variable {
    let output = a.tape.makeTensor(like: a.tensor)
    output.storage.assign(.subtract, number, a.tensor.storage)
    return a.tape.record("-", a, output: output) { $0.add($0.upstream, times: -1, to: 0) }.ruled([{ -$0 }])
  }

  /// a / number; d/da = 1 / number
  public static func / (a: Variable, number: Double) -> Variable {
    let output = a.tape.makeTensor(like: a.tensor)
    output.storage.assign(.divide, a.tensor.storage, number)
    return a.tape.record("/", a, output: output) { backward in
      backward.transform(0) { $1.assign(.divide, $0, number) }
    }.ruled([{ $0 / number }])
  }

  /// number / a; d/da = -number / a^2
  public static func / (number: Double, a: Variable) -> Variable {
    let (x, y) = (a.tensor.storage, a.tape.makeTensor(like: a.tensor))
    y.storage.assign(.divide, number, x)
    return a.tape.record("/", a, output: y) { backward in
      backward.transform(0) { upstream, result in
        result.assign(.divide, upstream, x)
        result.assign(.multiply, result, y.storage)
        result.assign(result, times: -1)
      }
    }.ruled([{ -($0 * (number / (a * a))) }])
  }

  /// number + a; d/da = 1
  public static func + (number: Double, a: Variable) -> Variable { a + number }
  /// a - number; d/da = 1
  public static func - (a: Variable, number: Double) -> Variable { a + -number }
  /// a scale; d/da = scale
  public static func * (a: Variable, scale: Double) -> Variable { scale * a }

  /// x^exponent, for x > 0 where the exponent is no whole number; dy/dx = exponent x^(exponent - 1), 0 where that is 0
  public func power(_ exponent: Double) -> Variable {
    switch exponent {
    case 2: return squared()
    case 0.5: return squareRoot()
    default: break
    }
    let (x, output) = (tensor.storage, tape.makeTensor(like: tensor))
    output.storage.assign(.power, x, exponent)
    return tape.record("power", self, output: output) { backward in
      let slope = Storage(count: x.count, element: x.element, workspace: backward.workspace)
      if exponent == 0 {
        slope.fill(0)
      } else {
        slope.assign(.power, x, exponent - 1)
        slope.assign(slope, times: exponent)
      }
      backward.transform(0) { $1.assign(.multiply, $0, slope) }
    }.ruled([{ exponent == 0 ? 0 * $0 : $0 * (exponent * self.power(exponent - 1)) }])
  }

  /// The larger of x and the number; dy/dx = 1 where x is larger or, with `includingBound`, equal, else 0
  func maximum(_ number: Double, includingBound: Bool) -> Variable {
    bounded(.maximum, number, "maximum") { $0.assign(includingBound ? .lessOrEqual : .less, number, $1) }
  }

  /// The smaller of x and the number; dy/dx = 1 where x is smaller or, with `includingBound`, equal, else 0
  func minimum(_ number: Double, includingBound: Bool) -> Variable {
    bounded(.minimum, number, "minimum") { $0.assign(includingBound ? .lessOrEqual : .less, $1, number) }
  }

  private func bounded(
    _ operation: BinaryOperator, _ number: Double, _ name: String,
    _ assignMask: @escaping (_ mask: Storage, _ x: Storage) -> Void
  ) -> Variable {
    let (x, output) = (tensor.storage, tape.makeTensor(like: tensor))
    output.storage.assign(operation, x, number)
    return tape.record(name, self, output: output) { backward in
      let mask = Storage(count: x.count, element: x.element, workspace: backward.workspace)
      assignMask(mask, x)
      backward.transform(0) { $1.assign(.selectWhereTrue, mask, $0) }
    }.ruled([
      { upstream in
        let mask = upstream.tape.makeTensor(like: output)
        assignMask(mask.storage, x)
        return upstream.tape.constant(mask).selecting(.selectWhereTrue, upstream)
      }
    ])
  }
}
