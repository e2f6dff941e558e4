import Latent

/// How a tensor of ours lies in another program: rearrangements one after the other.
struct Layout: Sendable, Equatable, ExpressibleByArrayLiteral {
  /// From ours to the other program's.
  let steps: [Rearrangement]

  init(_ steps: [Rearrangement]) { self.steps = steps }

  init(arrayLiteral elements: Rearrangement...) { steps = elements }

  /// From the other program's to ours.
  var inverse: Layout { Layout(steps.reversed().map(\.inverse)) }

  /// The shape of the result; nil where a tensor of `shape` can't be rearranged so.
  func shape(of shape: [Int]) -> [Int]? {
    steps.reduce(shape) { shape, step in shape.flatMap { step.shape(of: $0) } }
  }

  /// The result, of a tensor that has a shape for it.
  func callAsFunction(_ tensor: Tensor) -> Tensor { steps.reduce(tensor) { $1($0) } }

  static func + (first: Layout, second: Layout) -> Layout { Layout(first.steps + second.steps) }
}

/// A tensor of ours and where another program keeps it.
struct Correspondence: Sendable, Equatable {
  /// Ours, for example `encoder.lstm.kernel`.
  let path: String
  /// The other program's: of more than one, each has a row of what the layout gives.
  let names: [String]
  /// From ours to theirs.
  let layout: Layout

  init(_ path: String, _ names: String..., layout: Layout = []) {
    self.path = path
    self.names = names
    self.layout = layout
  }

  /// The shapes of the other program's tensors for ours of `shape`.
  func shapes(of shape: [Int]) -> [[Int]]? {
    guard let whole = layout.shape(of: shape) else { return nil }
    if names.count == 1 { return [whole] }
    return whole.first == names.count ? Array(repeating: Array(whole.dropFirst()), count: names.count) : nil
  }

  /// The shape of ours for the other program's of these shapes.
  ///
  /// What only moves numbers within an axis changes no shape and is left out: it may be for images of another size.
  func shape(ofNamed shapes: [[Int]]) -> [Int]? {
    guard Set(shapes).count == 1 else { return nil }
    let steps = layout.steps.filter { if case .within = $0 { false } else { true } }
    return Layout(steps).inverse.shape(of: (names.count > 1 ? [names.count] : []) + shapes[0])
  }

  /// Ours to theirs.
  func exported(_ tensor: Tensor) -> [(name: String, value: Tensor)] {
    let whole = layout(tensor)
    if names.count == 1 { return [(names[0], whole)] }
    let shape = Array(whole.shape.dropFirst())
    return names.enumerated().map { ($1, whole[rows: $0..<$0 + 1].reshaped(to: shape)) }
  }

  /// Theirs, in the order of the names, to ours.
  func imported(_ tensors: [Tensor]) -> Tensor {
    if tensors.count == 1 { return layout.inverse(tensors[0]) }
    let tape = Tape()
    return layout.inverse(Variable.stacked(tensors.map { tape.constant($0) }).tensor)
  }
}
