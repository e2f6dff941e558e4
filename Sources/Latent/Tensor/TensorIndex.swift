/// What a subscript takes of one dimension of a tensor: a place (`Int`), a range of any kind (`0..<2`, `1...`), every nth place
/// (`stride(from: 0, to: 6, by: 2)`), or an ``AxisIndex``.
///
///     x[0]                                  // the first row: one dimension fewer
///     x[1, 2]                               // an element
///     x[0..<2, 1...]                        // a part
///     x[..., 1..<3]                         // of the last dimension
///     x[stride(from: 5, through: 0, by: -1)]  // in reverse order
///     x[-1], x[(-3)...]                     // the last, and the last three
///
/// Places count from 0, negative ones and bounds of ranges from the end; what is outside of a dimension stops the process.
public protocol TensorIndex {
  /// The same as an index of the general kind.
  var axisIndex: AxisIndex { get }
}

/// An index of any kind. Beside places, ranges and strides there are `.all`, `.ellipsis` and `.newAxis`.
public struct AxisIndex: TensorIndex, Sendable, CustomStringConvertible {
  enum Kind: Sendable {
    case place(Int)
    /// Nil bounds are the dimension's own.
    case range(Int?, Int?)
    /// Places that are a step apart.
    case places(first: Int, count: Int, step: Int)
    case ellipsis
    case newAxis
  }

  let kind: Kind
  /// As the user wrote it.
  public let description: String

  init(_ kind: Kind, _ description: String) { (self.kind, self.description) = (kind, description) }

  /// Places that are a step apart, in their order.
  init(_ places: [Int], _ description: String) {
    let step = places.count > 1 ? places[1] - places[0] : 1
    self.init(.places(first: places.first ?? 0, count: places.count, step: step), description)
  }

  /// Itself.
  public var axisIndex: AxisIndex { self }
}

extension TensorIndex where Self == AxisIndex {
  /// The whole of a dimension.
  public static var all: AxisIndex { AxisIndex(.range(nil, nil), ".all") }
  /// The whole of as many dimensions as the other indices leave; at the beginning `...` is the same.
  public static var ellipsis: AxisIndex { AxisIndex(.ellipsis, "...") }
  /// A new dimension of size 1.
  public static var newAxis: AxisIndex { AxisIndex(.newAxis, ".newAxis") }
}

extension Int: TensorIndex {
  /// This place; the dimension is left out of the result.
  public var axisIndex: AxisIndex { AxisIndex(.place(self), "\(self)") }
}

extension Range<Int>: TensorIndex {
  /// These places.
  public var axisIndex: AxisIndex { AxisIndex(.range(lowerBound, upperBound), "\(self)") }
}

extension ClosedRange<Int>: TensorIndex {
  /// These places.
  public var axisIndex: AxisIndex { AxisIndex(.range(lowerBound, upperBound == -1 ? nil : upperBound + 1), "\(self)") }
}

extension PartialRangeFrom<Int>: TensorIndex {
  /// The places from the bound on.
  public var axisIndex: AxisIndex { AxisIndex(.range(lowerBound, nil), "\(lowerBound)...") }
}

extension PartialRangeUpTo<Int>: TensorIndex {
  /// The places before the bound.
  public var axisIndex: AxisIndex { AxisIndex(.range(nil, upperBound), "..<\(upperBound)") }
}

extension PartialRangeThrough<Int>: TensorIndex {
  /// The places up to the bound.
  public var axisIndex: AxisIndex {
    AxisIndex(.range(nil, upperBound == -1 ? nil : upperBound + 1), "...\(upperBound)")
  }
}

extension StrideTo<Int>: TensorIndex {
  /// These places.
  public var axisIndex: AxisIndex { AxisIndex(Array(self), "stride \(Array(self))") }
}

extension StrideThrough<Int>: TensorIndex {
  /// These places.
  public var axisIndex: AxisIndex { AxisIndex(Array(self), "stride \(Array(self))") }
}
