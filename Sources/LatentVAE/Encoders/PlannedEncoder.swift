import Latent

/// The encoder that a ``ModelPlan`` describes.
struct PlannedEncoder: Encoder {
  private var body: PlannedStack
  /// From the features to mean and log-variance.
  private var heads: GaussianHeads

  init(_ plan: ModelPlan, key: RandomKey, element: ElementType) {
    body = PlannedStack(plan.layers.encoder, key: key, element: element)
    guard case .dense(let sizes) = plan.layers.heads[0].kind else { fatalError("the heads of a plan are dense") }
    heads = GaussianHeads(inputSize: sizes.inputs, latentSize: sizes.outputs, key: key, element: element)
  }

  var latentSize: Int { heads.latentSize }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    body.visit(&visitor)
    heads.visit(&visitor)
  }

  /// x [B, ...] -> mean and log-variance [B, Z]
  func callAsFunction(_ x: Variable, condition: Variable?) -> (mean: Variable, logVariance: Variable) {
    heads(body(x), condition: condition)
  }

  func callAsFunction(
    _ x: Variable, observed: Variable?, condition: Variable?
  ) -> (mean: Variable, logVariance: Variable) {
    heads(body(x, observed: observed), condition: condition)
  }
}
