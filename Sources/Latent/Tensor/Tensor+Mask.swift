import LatentKernels

extension Tensor {
  /// The entries at which a mask is not 0, one after the other: of x [N, ...] and a mask [N], or of as many first dimensions as the
  /// mask has, [count, ...]. What is assigned is repeated to that shape by NumPy's rule.
  ///
  ///     let positive = x[x .> 0]
  ///     x[mask] = x[mask] * 2
  public subscript(_ mask: Tensor) -> Tensor {
    get {
      let rows = MaskedRows(mask, of: shape, "Tensor")
      return reshaped(to: rows.flat).gathered(rows: rows.places)
    }
    set {
      let rows = MaskedRows(mask, of: shape, "Tensor")
      require(
        newValue.element == element && Shape.isRepeated(newValue.shape, to: rows.shape),
        "Tensor[mask] =: \(newValue.shape) of \(newValue.element) does not fit the \(rows.shape) of \(element) where the mask "
          + "\(mask.shape) is not 0")
      if rows.places.isEmpty { return }
      let value = newValue.shape.count == rows.shape.count && newValue.shape[0] > 1 ? rows.spread(newValue) : newValue
      let chosen = rows.isMasked(element).select(value, reshaped(to: rows.flat))
      self = chosen.reshaped(to: shape)
    }
  }

  /// The one number at which a mask is not 0. A number that is assigned goes to all entries there: `x[x .< 0] = 0`.
  @_disfavoredOverload
  public subscript(_ mask: Tensor) -> Double {
    get {
      let part: Tensor = self[mask]
      require(part.count == 1, "Tensor[mask]: \(part.count) elements of the shape \(shape), where one number is wanted")
      return part.values[0]
    }
    set { self[mask] = Tensor(newValue, element: element) }
  }
}

extension Variable {
  /// The entries at which a mask is not 0, as of a ``Tensor``. Their gradients go to where they came from.
  public subscript(_ mask: Tensor) -> Variable {
    let rows = MaskedRows(mask, of: shape, "Variable")
    return reshaped(to: rows.flat).gathered(rows: rows.places)
  }
}

/// What a mask of the first dimensions takes, these being taken for one.
private struct MaskedRows {
  /// Where the mask is not 0.
  let places: [Int]
  /// [N, ...], with all that the mask has in one dimension.
  let flat: [Int]
  /// Of what is taken: [count, ...].
  var shape: [Int] { [places.count] + flat[1...] }

  init(_ mask: Tensor, of shape: [Int], _ name: String) {
    require(
      mask.shape.count <= shape.count && mask.shape[...] == shape.prefix(mask.shape.count),
      "\(name)[mask]: a mask \(mask.shape) does not fit the first dimensions of \(shape)")
    places = mask.values.enumerated().filter { $1 != 0 }.map(\.offset)
    flat = [mask.count] + shape[mask.shape.count...]
  }

  /// 1 where a row is taken: [N, 1, ...].
  func isMasked(_ element: ElementType) -> Tensor {
    var values = [Double](repeating: 0, count: flat[0])
    for place in places { values[place] = 1 }
    return Tensor(values, shape: [flat[0]] + flat[1...].map { _ in 1 }, element: element)
  }

  /// Taken rows at their places, with others between them.
  func spread(_ rows: Tensor) -> Tensor {
    var order = [Int](repeating: 0, count: flat[0])
    for (row, place) in places.enumerated() { order[place] = row }
    return rows.gathered(rows: order)
  }
}
