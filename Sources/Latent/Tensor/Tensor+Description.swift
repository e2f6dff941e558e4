import LatentKernels

extension Tensor: CustomStringConvertible, CustomDebugStringConvertible {
  /// The numbers in nested brackets, as NumPy writes them. Of more than 1000, the first and last three along each dimension are
  /// written, and then shape and element type, as for a tensor without elements.
  ///
  ///     [[1.0, 2.0],
  ///      [3.0, 4.0]]
  public var description: String {
    let text = TensorText(self).lines(indent: 0)
    return count == 0 || count > TensorText.most ? "\(text)  shape \(shape) of \(element)" : text
  }

  /// The same as ``description`` with shape and element type, as in `Tensor([1.0, 2.0], shape: [2], element: .float32)`.
  public var debugDescription: String {
    "Tensor(\(TensorText(self).lines(indent: 7)), shape: \(shape), element: .\(element))"
  }
}

extension Variable: CustomStringConvertible {
  /// The numbers as those of a ``Tensor``, with shape and element type: `Variable([1.0, 2.0], shape: [2], element: .float32)`.
  public var description: String {
    "Variable(\(TensorText(valueInOrder).lines(indent: 9)), shape: \(shape), element: .\(element))"
  }
}

extension Parameter: CustomStringConvertible {
  /// What it is, as in `Parameter [3, 4] of float32`; its numbers are those of ``value``.
  public var description: String { "\(isFrozen ? "frozen Parameter" : "Parameter") \(value.shape) of \(value.element)" }
}

extension Buffer: CustomStringConvertible {
  /// What it is, as in `Buffer [3] of float32`; its numbers are those of ``value``.
  public var description: String { "\(isFrozen ? "frozen Buffer" : "Buffer") \(value.shape) of \(value.element)" }
}

/// The numbers of a tensor in nested brackets.
private struct TensorText {
  /// Elements that are all written; of more, `edge` at both ends of each dimension.
  static let (most, edge, columns) = (1000, 3, 80)

  private let tensor: Tensor
  private let places: [[Int?]]
  private let strides: [Int]
  private let values: [Int: Double]
  private let format: NumberFormat

  init(_ tensor: Tensor) {
    self.tensor = tensor
    let isShortened = tensor.count > TensorText.most
    // The places along each dimension that are written; nil stands for those that are left out.
    places = tensor.shape.map { size -> [Int?] in
      let all = Array(0..<size)
      if !isShortened || size <= 2 * TensorText.edge { return all }
      let ends = (all.prefix(TensorText.edge).map(Int?.some), all.suffix(TensorText.edge).map(Int?.some))
      return ends.0 + [nil] + ends.1
    }
    strides = Shape.strides(tensor.shape)
    var written = tensor.count == 0 ? [] : [0]
    for (places, stride) in zip(places, strides) {
      written = written.flatMap { start in places.compactMap { $0.map { start + $0 * stride } } }
    }
    // In runs of the last dimension: few elements of many are read.
    var values: [Int: Double] = [:]
    if isShortened {
      for place in written { values[place] = tensor.storage[place..<place + 1].doubles()[0] }
    } else {
      for (place, value) in tensor.values.enumerated() { values[place] = value }
    }
    self.values = values
    format = NumberFormat(for: written.map { values[$0]! })
  }

  func lines(indent: Int) -> String { text(axis: 0, start: 0, indent: indent) }

  private func text(axis: Int, start: Int, indent: Int) -> String {
    if axis == tensor.shape.count { return tensor.count == 0 ? "" : format.text(values[start]!) }
    let parts = places[axis].map { place in
      place.map { text(axis: axis + 1, start: start + $0 * strides[axis], indent: indent + 1) } ?? "..."
    }
    let inner = String(repeating: " ", count: indent + 1)
    if axis < tensor.shape.count - 1 {
      // Matrices of a stack have an empty line between them.
      let gap = String(repeating: "\n", count: tensor.shape.count - 1 - axis) + inner
      return "[" + parts.joined(separator: "," + gap) + "]"
    }
    var (lines, line) = ("[", "")
    for (number, part) in parts.enumerated() {
      let piece = number < parts.count - 1 ? part + "," : part
      if !line.isEmpty && indent + 1 + line.count + 1 + piece.count > TensorText.columns {
        lines += line + "\n" + inner
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + piece
    }
    return lines + line + "]"
  }
}
