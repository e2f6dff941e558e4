import Latent
import TestSupport
import Testing

/// Optimizers against PyTorch 2.13 in double precision, over 25 steps whose gradients are known: of weight i in step t
/// ((7 i + 5 t) mod 11 - 5) / 4 + w / 2.
///
///     w = torch.nn.Parameter(torch.arange(n, dtype=torch.float64) / 4 - 0.5)
///     for t in range(1, 26):
///         w.grad = ((torch.arange(n) * 7 + t * 5) % 11 - 5) / 4 + w.detach() / 2
///         optimizer.step()
@Suite struct TorchOptimizerTests {
  private func weights(after optimizer: some Optimizer, shape: [Int] = [6]) -> [Double] {
    let count = shape.reduce(1, *)
    var (optimizer, model) = (
      optimizer,
      Operands(["w": Tensor((0..<count).map { Double($0) / 4 - 0.5 }, shape: shape, element: .float64)])
    )
    let layout = ParameterLayout(of: model)
    for step in 1...25 {
      var gradients = Gradients(layout: layout)
      let numbers = model.parameters[0].value.values.enumerated().map { (index, weight) -> Double in
        let known = Double((index * 7 + step * 5) % 11 - 5)
        return known / 4 + weight / 2
      }
      gradients["w"] = Tensor(numbers, shape: shape, element: .float64)
      optimizer.update(&model, along: gradients)
    }
    return model.parameters[0].value.values
  }

  private func check(_ name: String, _ optimizer: some Optimizer, _ expected: [Double]) {
    #expect(maxRelativeError(weights(after: optimizer), expected) < 1e-12, "\(name)")
  }

  @Test func elementByElement() {
    // torch.optim.Adagrad(lr=0.1, initial_accumulator_value=0.25, eps=1e-3)
    check(
      "Adagrad", Adagrad(learningRate: 0.1, initialSum: 0.25, epsilon: 1e-3, form: .pytorch),
      [
        -0.35041033701889324, -0.08138045581053452, -0.01991320634638075, 0.14672788488369584, 0.3419556924839346,
        0.4815183532835031,
      ])
    // Adadelta(lr=0.5, rho=0.8, eps=1e-3)
    check(
      "Adadelta", Adadelta(learningRate: 0.5, rho: 0.8, epsilon: 1e-3),
      [
        -0.28344174257971183, -0.09802708003381824, -0.02974750477190606, 0.15590723086425207, 0.3263201523454826,
        0.46661609939643245,
      ])
    // RAdam(lr=0.05, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1, decoupled_weight_decay=True)
    check(
      "RAdam", RAdam(learningRate: 0.05, weightDecay: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 1e-3),
      [
        -0.2965958920623967, -0.05095869183549903, -0.026950126240886448, 0.11469435415110783, 0.3023054948217526,
        0.39747942470673236,
      ])
    // RAdam(lr=0.05)
    check(
      "RAdam's defaults", RAdam(learningRate: 0.05),
      [
        -0.5062417832701694, -0.09110499951800163, -0.027210465764884912, 0.18590734031075318, 0.4905680820080719,
        0.6635655328434952,
      ])
    // NAdam(lr=0.05, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1, momentum_decay=0.01, decoupled_weight_decay=True)
    check(
      "NAdam",
      NAdam(learningRate: 0.05, weightDecay: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 1e-3, momentumDecay: 0.01),
      [
        -0.2136548949758905, -0.0334488088350062, -0.03379662053603318, 0.11685026056837684, 0.23528604145325205,
        0.32666122483293875,
      ])
  }

  /// PyTorch's iteration runs in bfloat16, whose rounding 25 steps of 0.05 add up; its matrices are [outputs, inputs].
  @Test func muon() {
    func check(_ shape: [Int], nesterov: Bool, _ expected: [Double]) {
      let muon = Muon(
        learningRate: 0.05, momentum: 0.9, nesterov: nesterov, weightDecay: 0.1, others: SGD(learningRate: 0.05))
      let found = weights(after: muon, shape: shape)
      let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? .nan
      #expect(difference < 0.02, "\(shape): \(found)")
    }
    // torch.optim.Muon([w.T], lr=0.05, weight_decay=0.1, momentum=0.9)
    check(
      [3, 4], nesterov: true,
      [
        -0.09135226301154635, 0.02248600284902278, -0.03931035709022951, -0.018758804425184534, 0.4752393744008054,
        0.5427653959908878, 0.5951884406729504, 0.6944012009019075, 0.9450319789025114, 1.114898259984007,
        1.2825752725547876, 1.4923079841408011,
      ])
    // the same with nesterov=False
    check(
      [6, 2], nesterov: false,
      [
        -0.284300607530112, -0.2298353290434066, 0.07824989917718268, 0.11143568366039822, 0.4252788104484505,
        0.45796485553633914, 0.7482520173004049, 0.7846484735821033, 1.030566892909393, 1.2229233780163928,
        1.3176975768461758, 1.5478739313183356,
      ])
  }
}
