import Latent

/// A trial with numbers in it: a module of the layer's parameters and those operands that are differentiated.
struct Subject: Module {
  let trial: Trial
  private(set) var layer: any Module
  private var names: [String]
  private var differentiated: [Parameter]
  private let constants: [String: Tensor]
  /// Operands that are other operands.
  private let aliases: [String: String]

  /// - Parameters:
  ///   - wanted: the operands whose gradients are asked for; all that can be where it is nil
  ///   - aliases: operands in whose place others are used
  init(
    _ trial: Trial, _ values: Values, _ element: ElementType, wanted: [String]? = nil, aliases: [String: String] = [:]
  ) {
    func tensor(_ plain: PlainTensor) -> Tensor { Tensor(plain.values, shape: plain.shape, element: element) }
    var layer = trial.makeLayer(element)
    layer.updateParameters { $1.value = tensor(values[$0]) }
    layer.updateBuffers { $1.value = tensor(values[$0]) }
    let tensors = trial.operands.map { ($0.name, tensor(values[$0.name])) }
    self.init(trial, layer, Dictionary(uniqueKeysWithValues: tensors), wanted: wanted, aliases: aliases)
  }

  /// With tensors and a layer that others have too.
  init(
    _ trial: Trial, _ layer: any Module, _ tensors: [String: Tensor], wanted: [String]? = nil,
    aliases: [String: String] = [:]
  ) {
    self.trial = trial
    self.layer = layer
    self.aliases = aliases
    let wanted = wanted ?? trial.operands.filter(\.isDifferentiable).map(\.name)
    names = wanted.filter { aliases[$0] == nil }
    differentiated = names.map { Parameter(tensors[$0]!) }
    constants = tensors.filter { !wanted.contains($0.key) }
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    for index in names.indices { visitor.visit(names[index], &differentiated[index]) }
    layer.visit(&visitor)
  }

  /// The operands as they are now.
  var tensors: [String: Tensor] {
    constants.merging(zip(names, differentiated.map(\.value))) { $1 }
  }

  /// - Parameter replacements: variables in the place of operands
  func outputs(on tape: Tape, instead replacements: [String: Variable] = [:]) -> [Variable] {
    var variables: [String: Variable] = [:]
    for (name, parameter) in zip(names, differentiated) { variables[name] = replacements[name] ?? parameter.on(tape) }
    for (name, tensor) in constants { variables[name] = tape.constant(tensor) }
    for (name, other) in aliases { variables[name] = variables[other] }
    return trial.call(layer, Inputs(tape: tape, variables: variables))
  }

  /// The results without recording.
  func evaluated(_ pass: Pass) -> [Tensor] { outputs(on: Tape(pass: pass)).map(\.tensor) }

  /// What a step finds.
  struct Step: Sendable, Equatable {
    var shapes: [[Int]]
    var elements: [ElementType]
    var outputs: [[Double]]
    var gradients: [String: [Double]]
  }

  /// Runs `uses.count` times on one tape, each with upstream gradients of its own, and walks back from all results or
  /// from one.
  func step(
    _ pass: Pass, uses: [Int] = [0], upstreams: [[Double]]? = nil, onlyResult: Int? = nil,
    layout: ParameterLayout? = nil,
    workspace: Workspace? = nil, packs: PackedWeights? = nil, precision: Precision = .full
  ) -> Step {
    let layout = layout ?? ParameterLayout(of: self)
    var gradients = Gradients(layout: layout, workspace: workspace)
    for slot in layout.slots { gradients.flat[slot.range].fill(.nan) }
    let packs = packs ?? PackedWeights(precision: precision, workspace: workspace)
    let tape = Tape(layout: layout, workspace: workspace, packs: packs, pass: pass)
    var loss: Variable?
    var results: [Variable] = []
    for use in uses {
      results = outputs(on: tape)
      // Where the counts differ, a check of the shapes says so.
      let counts = results.map(\.tensor.count)
      let isFitting = upstreams.map { $0.map(\.count) == counts } ?? false
      let weights = isFitting ? upstreams! : Subject.upstreams(counts, use: use)
      for (place, (result, weights)) in zip(results, weights).enumerated() where onlyResult ?? place == place {
        let part = result * tape.constant(Tensor(weights, shape: result.shape, element: result.tensor.element))
        loss = loss.map { $0 + part.sum() } ?? part.sum()
      }
    }
    tape.backward(from: loss!, into: &gradients)
    return Step(
      shapes: results.map(\.shape), elements: results.map(\.tensor.element), outputs: results.map(\.tensor.values),
      gradients: Dictionary(
        uniqueKeysWithValues: layout.slots.filter { !$0.isFrozen }.map { ($0.path, gradients[$0.path].values) }))
  }

  /// Gradients of results of these counts, of either sign and none of them near 0.
  static func upstreams(_ counts: [Int], use: Int = 0) -> [[Double]] {
    var sample = SampleValues(seed: 2718 + use)
    return counts.map { sample.numbersAwayFromZero($0).map { Double(Float($0)) } }
  }
}
