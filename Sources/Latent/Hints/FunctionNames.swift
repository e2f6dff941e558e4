// Functions of a tensor or a variable as other libraries write them, which are methods here. They are generic, so that a number finds
// Foundation's functions of these names as before; where a file does not import it, a number is told to.

infix operator ** : BitwiseShiftPrecedence

@available(*, unavailable, message: "a method of a tensor or a variable: x.squareRoot()")
public func sqrt<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.squared()")
public func square<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.exp()")
public func exp<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.expm1()")
public func expm1<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.log()")
public func log<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.log1p()")
public func log1p<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.erf()")
public func erf<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.abs()")
public func abs<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.sign()")
public func sign<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.floor()")
public func floor<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.ceil()")
public func ceil<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.round()")
public func round<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.sin()")
public func sin<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.cos()")
public func cos<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.tan()")
public func tan<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.atan()")
public func atan<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.sinh()")
public func sinh<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.cosh()")
public func cosh<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.tanh()")
public func tanh<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.asinh()")
public func asinh<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.acosh()")
public func acosh<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.atanh()")
public func atanh<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.sigmoid()")
public func sigmoid<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.softplus()")
public func softplus<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.relu()")
public func relu<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.silu()")
public func silu<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.gelu()")
public func gelu<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.elu()")
public func elu<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.softmax()")
public func softmax<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.logSoftmax()")
public func logSoftmax<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.sum()")
public func sum<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.mean()")
public func mean<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.power(exponent)")
public func pow<X: _NamedElsewhere>(_ x: X, _ exponent: Double) -> X { fatalError() }
@available(*, unavailable, message: "a method of a tensor or a variable: x.power(exponent)")
public func pow<X: _NamedElsewhere>(_ x: X, _ exponent: X) -> X { fatalError() }
@available(*, unavailable, message: "x.power(exponent), or x.squared()")
public func ** <X: _NamedElsewhere>(x: X, exponent: Double) -> X { fatalError() }
@available(*, unavailable, message: "x.power(exponent)")
public func ** <X: _NamedElsewhere>(x: X, exponent: X) -> X { fatalError() }

@available(*, unavailable, message: "of numbers: import Foundation")
public func sqrt<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func exp<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func expm1<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func log<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func log1p<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func erf<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func floor<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func ceil<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func round<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func sin<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func cos<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func tan<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func atan<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func sinh<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func cosh<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func tanh<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func asinh<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func acosh<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func atanh<Number: BinaryFloatingPoint>(_ x: Number) -> Number { fatalError() }
@available(*, unavailable, message: "of numbers: import Foundation")
public func pow<Number: BinaryFloatingPoint>(_ x: Number, _ exponent: Number) -> Number { fatalError() }
