import LatentKernels

/// Triangles of matrices, and of stacks of them: the last two dimensions are rows and columns.
extension Variable {
  /// The lower triangle, with zeros above the diagonal, or above the one that lies `diagonal` places to its right.
  public func tril(diagonal: Int = 0) -> Variable {
    triangle("tril") { rows, columns in
      columns.storage.assign(.subtract, columns.storage, Double(diagonal))
      return (columns, rows)
    }
  }

  /// The upper triangle, with zeros below the diagonal, or below the one that lies `diagonal` places to its right.
  public func triu(diagonal: Int = 0) -> Variable {
    triangle("triu") { rows, columns in
      columns.storage.assign(.subtract, columns.storage, Double(diagonal))
      return (rows, columns)
    }
  }

  /// - Parameter order: of the numbers of rows [rows, 1] and columns [columns], what is not larger where elements stay
  private func triangle(_ name: String, _ order: (Tensor, Tensor) -> (Tensor, Tensor)) -> Variable {
    require(shape.count >= 2, of: [self], "\(name): the shape \(shape) has no rows and columns")
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    let (least, most) = order(
      tape.makeRange(rows, element: element).reshaped(to: [rows, 1]), tape.makeRange(columns, element: element))
    let mask = Tensor.combined(.lessOrEqual, least, most, workspace: tape.workspace)!
    let output = Tensor.combined(.selectWhereTrue, mask, tensor, workspace: tape.workspace)!
    return tape.record(name, self, output: output) { backward in
      if backward.needs(0) { backward.add(backward.combined(.selectWhereTrue, mask, backward.upstream), to: 0) }
    }.ruled([{ $0.tape.constant(mask).selecting(.selectWhereTrue, $0) }])
  }
}

extension Tape {
  /// 0, 1, ..., count - 1
  func makeRange(_ count: Int, element: ElementType) -> Tensor {
    let range = makeTensor([count], element: element)
    range.storage.assign((0..<count).map(Double.init))
    return range
  }
}
