import Latent

/// The decoder that a ``ModelPlan`` describes.
struct PlannedDecoder: Decoder {
  private var body: PlannedStack

  init(_ plan: ModelPlan, key: RandomKey, element: ElementType) {
    body = PlannedStack(plan.layers.decoder, key: key, element: element)
  }

  mutating func visit(_ visitor: inout ParameterVisitor) { body.visit(&visitor) }

  /// z [B, Z + C] -> [B, P]
  func callAsFunction(_ z: Variable) -> Variable { body(z) }
}
