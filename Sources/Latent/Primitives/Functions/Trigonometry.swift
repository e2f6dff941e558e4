import LatentKernels

/// Trigonometric functions of each element, in radians, and their inverses. Derivatives stand beside each; y is the result.
extension Variable {
  /// sin(x); dy/dx = cos(x)
  public func sin() -> Variable {
    mapped(.sin, "sin", rule: { $0 * $1.cos() }, slope: { $0.assign(.cos, of: $1) }, { $0.assign(.multiply, $1, $2) })
  }
  /// cos(x); dy/dx = -sin(x)
  public func cos() -> Variable {
    mapped(
      .cos, "cos", rule: { -($0 * $1.sin()) },
      slope: { slope, x in
        slope.assign(.sin, of: x)
        slope.assign(slope, times: -1)
      }, { $0.assign(.multiply, $1, $2) })
  }
  /// tan(x); dy/dx = 1 + y^2
  public func tan() -> Variable {
    let y = tape.makeTensor(like: tensor)
    y.storage.assign(.tan, of: tensor.storage)
    let result = tape.record("tan", self, output: y) { backward in
      let slope = backward.makeTensor(like: y)
      slope.storage.assign(.multiply, y.storage, y.storage)
      slope.storage.assign(.add, slope.storage, 1)
      backward.transform(0) { $1.assign(.multiply, $0, slope.storage) }
    }
    return result.ruled([{ $0 * (result.squared() + 1) }])
  }
  /// The angle from -pi/2 to pi/2 whose tangent is x; dy/dx = 1 / (1 + x^2)
  public func atan() -> Variable {
    mapped(
      .atan, "atan", rule: { $0 / ($1.squared() + 1) },
      slope: { slope, x in
        slope.assign(.multiply, x, x)
        slope.assign(.add, slope, 1)
      }, { $0.assign(.divide, $1, $2) })
  }

  /// The angle of the point (x, y), from -pi to pi, with NumPy's broadcasting; d/dy = x / (x^2 + y^2),
  /// d/dx = -y / (x^2 + y^2)
  public static func atan2(_ y: Variable, _ x: Variable) -> Variable {
    let (ordinates, abscissas) = (y.tensor, x.tensor)
    return y.tape.record("atan2", y, x, output: combined(.atan2, y, x, "atan2")) { backward in
      let squares = backward.combined(
        .add, backward.combined(.multiply, ordinates, ordinates), backward.combined(.multiply, abscissas, abscissas))
      let quotient = backward.combined(.divide, backward.upstream, squares)
      if backward.needs(0) { backward.addSum(backward.combined(.multiply, quotient, abscissas), to: 0) }
      if backward.needs(1) { backward.addSum(backward.combined(.multiply, quotient, ordinates), times: -1, to: 1) }
    }.ruled([{ $0 * (x / (x.squared() + y.squared())) }, { -($0 * (y / (x.squared() + y.squared()))) }])
  }
}
