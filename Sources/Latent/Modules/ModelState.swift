import LatentKernels

/// Why tensors are not those of a model: the path and what does not fit, in one line.
public enum ModelStateError: Error, Equatable, CustomStringConvertible {
  /// The model has a parameter or buffer of this path, and there is no tensor for it.
  case missing(path: String)
  /// There is a tensor that the model has no place for.
  case unexpected(path: String)
  /// The model visits two parameters or buffers under one path.
  case repeated(path: String)
  /// The tensor has another shape or element type than the model's.
  case mismatch(path: String, expected: [Int], ElementType, found: [Int], ElementType)

  public var description: String {
    switch self {
    case .missing(let path): "no tensor for \(path)"
    case .unexpected(let path): "\(path) is not a part of the model"
    case .repeated(let path): "the model visits two parameters or buffers as \(path); give each a name of its own"
    case .mismatch(let path, let expected, let element, let found, let other):
      "\(path) is \(found) of \(other), but the model's is \(expected) of \(element)"
    }
  }
}

extension Module {
  /// Every parameter's and then every buffer's path and value: all that a model has learned. They share the model's
  /// memory until it changes.
  public var tensors: [(path: String, value: Tensor)] { parameters + buffers }

  /// Gives every parameter and buffer the tensor of its path.
  ///
  /// - Throws: ``ModelStateError`` if tensors and model do not fit; the model is as it was then.
  public mutating func load(_ tensors: [String: Tensor]) throws(ModelStateError) {
    var rest = tensors
    let own = self.tensors
    var seen = Set<String>()
    for (path, _) in own where !seen.insert(path).inserted { throw .repeated(path: path) }
    for (path, value) in own {
      guard let tensor = rest.removeValue(forKey: path) else { throw .missing(path: path) }
      guard tensor.shape == value.shape, tensor.element == value.element else {
        throw .mismatch(
          path: path, expected: value.shape, value.element, found: tensor.shape, tensor.element)
      }
    }
    if let path = rest.keys.min() { throw .unexpected(path: path) }
    updateParameters { $1.value = tensors[$0]! }
    updateBuffers { $1.value = tensors[$0]! }
  }
}
