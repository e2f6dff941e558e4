import Latent

/// The decoder that a ``ModelPlan`` describes.
struct PlannedDecoder: Decoder {
  private var body: PlannedStack
  /// Makes elements of the numbers of a step, where the next step reads them; nil where none does. Means depend on nothing
  /// that a likelihood learns itself.
  private let mean: (@Sendable (Variable) -> Variable)?

  init(_ plan: ModelPlan, key: RandomKey, element: ElementType) {
    body = PlannedStack(plan.layers.decoder, key: key, element: element)
    let likelihood = plan.likelihood.make(for: plan.example, element: element)
    if plan.layers.forced == nil { mean = nil } else { mean = { likelihood.mean($0) } }
  }

  var readsExamples: Bool { mean != nil }

  mutating func visit(_ visitor: inout ParameterVisitor) { body.visit(&visitor) }

  /// z [B, Z + C] -> [B, P k]; with teacher forcing step by step, where each reads the means of the step before.
  func callAsFunction(_ z: Variable) -> Variable {
    mean.map { mean in body(z) { numbers, _ in mean(numbers) } } ?? body(z)
  }

  /// The same with another choice.
  func callAsFunction(_ z: Variable, choosing choose: (Variable, Int) -> Variable) -> Variable {
    body(z, choosing: choose)
  }

  /// All steps at once, each reading the step before of x.
  func callAsFunction(_ z: Variable, of x: Variable) -> Variable { readsExamples ? body(z, of: x) : body(z) }
}
