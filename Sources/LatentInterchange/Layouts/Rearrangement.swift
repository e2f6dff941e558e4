import Latent

/// One step from a tensor of ours to another program's: the same numbers in other places, so that it can be undone.
enum Rearrangement: Sendable, Equatable {
  /// Dimension d of the result is dimension `order[d]`: [D, 4H] -> [4H, D].
  case axes([Int])
  /// An axis of `order.count` equal blocks, such as gates: block k of the result is block `order[k]`.
  case blocks([Int], axis: Int)
  /// An axis that is itself an array of these sizes, row-major, with its dimensions in another order: the pixels and
  /// channels of flattened images.
  case within(axis: Int, sizes: [Int], order: [Int])
  /// [...] -> [1, ...]
  case expanded
  /// [1, ...] -> [...]
  case squeezed
  /// [K, n] -> [1, K n]
  case joined
  /// [1, 2n] -> [2, n]
  case halved
  /// [n] -> [2, n], with zeros in the second row: a bias that the other program keeps as the sum of two.
  case paired
  /// [2, n] -> [n], the sum of both rows: undoes `paired`, and takes what the other program has trained.
  case summed

  /// What undoes it.
  var inverse: Rearrangement {
    switch self {
    case .axes(let order): .axes(order.inverse)
    case .blocks(let order, let axis): .blocks(order.inverse, axis: axis)
    case .within(let axis, let sizes, let order):
      .within(axis: axis, sizes: order.map { sizes[$0] }, order: order.inverse)
    case .expanded: .squeezed
    case .squeezed: .expanded
    case .joined: .halved
    case .halved: .joined
    case .paired: .summed
    case .summed: .paired
    }
  }

  /// The shape of the result; nil where a tensor of `shape` can't be rearranged so.
  func shape(of shape: [Int]) -> [Int]? {
    switch self {
    case .axes(let order): return order.count == shape.count ? order.map { shape[$0] } : nil
    case .blocks(let order, let axis):
      return axis < shape.count && shape[axis] % order.count == 0 ? shape : nil
    case .within(let axis, let sizes, _):
      return axis < shape.count && shape[axis] == sizes.reduce(1, *) ? shape : nil
    case .expanded: return [1] + shape
    case .squeezed: return shape.first == 1 ? Array(shape.dropFirst()) : nil
    case .joined: return shape.count == 2 ? [1, shape[0] * shape[1]] : nil
    case .halved: return shape.count == 2 && shape[0] == 1 && shape[1] % 2 == 0 ? [2, shape[1] / 2] : nil
    case .paired: return shape.count == 1 ? [2, shape[0]] : nil
    case .summed: return shape.count == 2 && shape[0] == 2 ? [shape[1]] : nil
    }
  }

  /// The result, of a tensor that has a shape for it.
  func callAsFunction(_ tensor: Tensor) -> Tensor {
    guard let shape = shape(of: tensor.shape) else { fatalError("\(self): a tensor of the shape \(tensor.shape)") }
    let x = Tape().constant(tensor)
    switch self {
    case .axes(let order): return x.transposed(order).tensor
    case .blocks(let order, let axis):
      let size = shape[axis] / order.count
      let blocks = x.split(Array(repeating: size, count: order.count), axis: axis)
      return Variable.concatenated(order.map { blocks[$0] }, axis: axis).tensor
    case .within(let axis, let sizes, let order):
      let (before, after) = (shape[..<axis], shape[(axis + 1)...])
      let places = order.map { $0 + axis }
      let all = Array(0..<axis) + places + (0..<after.count).map { $0 + axis + sizes.count }
      return x.reshaped(to: before + sizes + after).transposed(all).tensor.reshaped(to: shape)
    case .expanded, .squeezed, .joined, .halved: return tensor.reshaped(to: shape)
    case .paired:
      return Variable.stacked([x, x.tape.constant(Tensor(zeros: tensor.shape, element: tensor.element))]).tensor
    case .summed:
      let rows = x.split([1, 1])
      // -0 + 0 is 0: what was paired must come back with the same bits.
      let sum = rows[1].tensor.values.allSatisfy { $0 == 0 } ? rows[0] : rows[0] + rows[1]
      return sum.tensor.reshaped(to: shape)
    }
  }
}

extension [Int] {
  /// The order that undoes this one.
  fileprivate var inverse: [Int] {
    var result = self
    for (place, value) in enumerated() { result[value] = place }
    return result
  }
}
