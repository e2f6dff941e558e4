import LatentKernels

/// The part of a contiguous tensor that a subscript names.
struct TensorPart {
  /// The part's own shape.
  private(set) var shape: [Int] = []
  /// Elements of the whole from one entry of the part to the next in each dimension.
  private(set) var strides: [Int] = []
  /// Where the part begins in the whole.
  private(set) var start = 0
  /// What the subscript says, for messages.
  let name: String

  /// What is wrong with a subscript.
  struct Fault: Error { let text: String }

  init(_ indices: [AxisIndex], of whole: [Int]) throws(Fault) {
    name = "subscript [\(indices.map(\.description).joined(separator: ", "))]"
    let named = indices.count(where: \.takesAxis)
    let hasEllipsis = indices.contains(where: \.isEllipsis)
    guard named <= whole.count, indices.count(where: \.isEllipsis) <= 1 else {
      throw Fault(
        text: named > whole.count
          ? "\(name): \(named) indices for the \(whole.count) dimensions of the shape \(whole)"
          : "\(name): more than one ellipsis")
    }
    let own = Shape.strides(whole)
    var axis = 0
    for index in hasEllipsis ? indices : indices + [.ellipsis] {
      switch index.kind {
      case .ellipsis:
        for _ in 0..<whole.count - named {
          add(whole[axis], own[axis])
          axis += 1
        }
      case .newAxis: add(1, 0)
      case .place(let place):
        let fromStart = place < 0 ? place + whole[axis] : place
        try check(fromStart >= 0 && fromStart < whole[axis], "place \(place)", axis, whole)
        start += fromStart * own[axis]
        axis += 1
      case .range(let lower, let upper):
        func fromStart(_ bound: Int) -> Int { bound < 0 ? bound + whole[axis] : bound }
        let (lower, upper) = (fromStart(lower ?? 0), fromStart(upper ?? whole[axis]))
        try check(lower >= 0 && lower <= upper && upper <= whole[axis], "\(index)", axis, whole)
        start += lower * own[axis]
        add(upper - lower, own[axis])
        axis += 1
      case .places(let first, let count, let step):
        let last = first + (count - 1) * step
        let isInside = Swift.min(first, last) >= 0 && Swift.max(first, last) < whole[axis]
        try check(count == 0 || isInside, "\(index)", axis, whole)
        start += count == 0 ? 0 : first * own[axis]
        add(count, step * own[axis])
        axis += 1
      }
    }
    if count == 0 { start = 0 }
  }

  private mutating func add(_ size: Int, _ stride: Int) {
    shape.append(size)
    strides.append(stride)
  }

  private func check(_ isInside: Bool, _ index: String, _ axis: Int, _ whole: [Int]) throws(Fault) {
    if isInside { return }
    throw Fault(text: "\(name): \(index) is outside of 0..<\(whole[axis]), axis \(axis) of the shape \(whole)")
  }

  /// Elements of the part.
  var count: Int { shape.reduce(1, *) }

  /// Whether the elements lie one after the other.
  var isContiguous: Bool {
    var expected = 1
    for axis in shape.indices.reversed() where shape[axis] != 1 {
      if strides[axis] != expected { return false }
      expected *= shape[axis]
    }
    return true
  }
}

extension AxisIndex {
  fileprivate var isEllipsis: Bool { if case .ellipsis = kind { true } else { false } }
  /// Whether it is about one of the tensor's own dimensions.
  fileprivate var takesAxis: Bool {
    switch kind {
    case .ellipsis, .newAxis: false
    case .place, .range, .places: true
    }
  }
}
