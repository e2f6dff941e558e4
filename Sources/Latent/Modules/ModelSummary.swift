import LatentKernels

/// The layers of a model, in the order in which they compute, found by running it once.
///
///     let summary = ModelSummary("classifier", of: model, inputs: [("image", [1, 28, 28])]) { _ = $0($1[0]) }
///     print(summary.parameterCount)
public struct ModelSummary: Sendable, Equatable {
  /// One line of the summary.
  public struct Layer: Sendable, Equatable {
    /// Where the layer is in the model, as in its parameters' paths: `encoder.lstm`; else the tape's scope, or the
    /// operation.
    public let name: String
    /// What the layer is: `LSTM`; `Dense, relu`.
    public fileprivate(set) var kind: String
    /// The shape of its output for one example, without the batch's dimension.
    public let outputShape: [Int]
    /// The number of trainable parameters.
    public fileprivate(set) var parameterCount: Int
    /// The layers that it reads.
    public let inputs: [String]
  }

  /// What the model is called.
  public let title: String
  /// In the order in which they compute.
  public private(set) var layers: [Layer] = []
  /// The number of trainable parameters, in all layers.
  public let parameterCount: Int

  /// Runs `body` on zeros and lists what it meets: whatever has parameters, and whatever joins several layers.
  ///
  /// - Parameters:
  ///   - inputs: what the model reads, with shapes of a batch of one example: [1, ...]
  ///   - body: computes the model's outputs from the inputs
  public init<M: Module>(
    _ title: String, of model: M, inputs: [(name: String, shape: [Int])], _ body: (M, [Variable]) -> Void
  ) {
    self.title = title
    let layout = ParameterLayout(of: model)
    parameterCount = layout.slots.reduce(0) { $0 + $1.range.count }
    let tape = Tape(layouts: [layout], pass: Pass().repeatable, isTraced: true)  // a loss may draw noise
    body(model, inputs.map { tape.placeholder(Tensor(zeros: $0.shape, element: layout.element), named: $0.name) })

    var sources: [Int32: [Int]] = [:]  // of each node: the layers that it comes from
    let counts = Dictionary(uniqueKeysWithValues: layout.slots.map { ($0.path, $0.range.count) })
    var counted: Set<String> = []
    for entry in tape.trace ?? [] {
      let parameters = entry.inputs.compactMap { tape.path(ofNode: $0) }
      var read: [Int] = []
      for source in entry.inputs.flatMap({ sources[$0] ?? [] }) where !read.contains(source) { read.append(source) }
      let name = parameters.first.map(Tape.layer) ?? entry.scope
      if let name, let known = layers.firstIndex(where: { $0.name == name }) {
        sources[entry.node] = [known]
      } else if entry.inputs.isEmpty || name != nil || read.count > 1 {
        sources[entry.node] = [layers.count]
        layers.append(
          Layer(
            name: name ?? entry.name, kind: entry.inputs.isEmpty ? "Input" : Self.kind(entry),
            outputShape: Array(entry.shape.dropFirst()), parameterCount: 0, inputs: read.map { layers[$0].name }))
      } else {
        sources[entry.node] = read
        if let only = read.first, Self.activations.contains(entry.name) { layers[only].kind += ", \(entry.name)" }
      }
      guard let layer = sources[entry.node]?.first else { continue }
      for path in parameters where counted.insert(path).inserted { layers[layer].parameterCount += counts[path] ?? 0 }
    }
    for slot in layout.slots where !counted.contains(slot.path) {
      layers.append(
        Layer(
          name: slot.path, kind: "Parameter", outputShape: slot.shape, parameterCount: slot.range.count, inputs: []))
    }
  }

  private static let activations = ["sigmoid", "tanh", "softplus", "softmax", "exp"]

  /// `Gaussian sample` of `gaussianSample`
  private static func kind(_ entry: TraceEntry) -> String {
    let isOneWord = entry.name.first?.isUppercase ?? true
    var words = isOneWord ? entry.name : entry.name.prefix(1).uppercased()
    if !isOneWord {
      for letter in entry.name.dropFirst() { words += letter.isUppercase ? " " + letter.lowercased() : String(letter) }
    }
    return words + (entry.detail.map { ", \($0)" } ?? "")
  }
}
