import Latent
import TestSupport
import Testing

/// Rules by path: frozen parts, factors of the learning rate, weight decay.
@Suite struct ParameterGroupTests {
  private func train(_ optimizer: some ElementwiseOptimizer, _ groups: ParameterGroups, steps: Int = 3)
    -> OptimizerSample
  {
    var (optimizer, training) = (optimizer, OptimizerSample(.float32))
    optimizer.groups = groups
    for _ in 0..<steps { optimizer.update(&training.model, along: training.nextGradients()) }
    return training
  }

  private let paths = ["encoder.kernel", "encoder.bias", "encoder2.kernel", "decoder.bias"]

  @Test func frozenPartsKeepTheirBits() {
    let start = OptimizerSample(.float32)
    let free = train(AdamW(weightDecay: 0.1), [])
    let frozen = train(AdamW(weightDecay: 0.1), [.under("encoder", isFrozen: true)])
    for path in ["encoder.kernel", "encoder.bias"] { #expect(frozen[path] == start[path] && free[path] != start[path]) }
    for path in ["encoder2.kernel", "decoder.bias"] { #expect(frozen[path] == free[path] && free[path] != start[path]) }
    let biases = train(Lion(), [.named("bias", isFrozen: true), .under("encoder2.kernel", isFrozen: true)])
    #expect(paths.filter { biases[$0] == start[$0] } == ["encoder.bias", "encoder2.kernel", "decoder.bias"])
  }

  @Test func factorsMultiplyTheRate() {
    let groups: ParameterGroups = [
      .under("encoder", learningRateFactor: 0.5), .named("bias", learningRateFactor: 0.25),
    ]
    func check(_ make: (Double) -> some ElementwiseOptimizer) {
      let result = train(make(0.01), groups)
      for (path, factor) in zip(paths, [0.5, 0.125, 1, 0.25]) {
        #expect(result[path] == train(make(0.01 * factor), [])[path], "\(path)")
      }
    }
    check { SGD(learningRate: $0) }
    check { SGD(learningRate: $0, momentum: 0.9) }
    check { RMSprop(learningRate: $0) }
    check { AdamW(learningRate: $0, weightDecay: 0.5) }
    check { AdaMax(learningRate: $0) }
    check { Adagrad(learningRate: $0) }
    check { Adadelta(learningRate: $0) }
    check { RAdam(learningRate: $0, weightDecay: 0.5) }
    check { NAdam(learningRate: $0, weightDecay: 0.5) }
    check { Lion(learningRate: $0, weightDecay: 0.5) }
  }

  @Test func decayIsTurnedOff() {
    func check(_ decaying: some ElementwiseOptimizer, _ plain: some ElementwiseOptimizer) {
      let result = train(decaying, [.named("bias", decaysWeights: false)])
      for path in paths {
        #expect((result[path] == train(plain, [])[path]) == path.hasSuffix("bias"), "\(path)")
        #expect((result[path] == train(decaying, [])[path]) == !path.hasSuffix("bias"), "\(path)")
      }
    }
    check(AdamW(weightDecay: 0.5), AdamW(weightDecay: 0))
    check(Lion(weightDecay: 0.5), Lion(weightDecay: 0))
    check(RAdam(weightDecay: 0.5), RAdam(weightDecay: 0))
    check(NAdam(weightDecay: 0.5), NAdam(weightDecay: 0))
  }

  /// What changes in the middle of training holds from the next step on: what was frozen goes on from its moments of before,
  /// in the step that has been counted.
  @Test func groupsMayChange() {
    var (adam, training) = (Adam(), OptimizerSample(.float32))
    adam.update(&training.model, along: training.nextGradients())
    let (before, slots) = (training.weights, adam.state.slots)
    adam.groups = [.named("kernel", isFrozen: true), .named("bias", isFrozen: true)]
    adam.update(&training.model, along: training.nextGradients())
    #expect(training.weights == before)
    var (expected, resumed) = (training, Adam())
    resumed.state = OptimizerState(step: 2, slots: slots)
    resumed.update(&expected.model, along: expected.nextGradients())
    adam.groups = []
    adam.update(&training.model, along: training.nextGradients())
    #expect(training.weights == expected.weights)
  }

  @Test func rulesThatFitNothingAreMistakes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var (adam, training) = (Adam(), OptimizerSample(.float32))
      adam.groups = [.under("enc", isFrozen: true)]
      adam.update(&training.model, along: training.nextGradients())
    }
    let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(message.contains("ParameterGroups: no parameter under enc; there are [\"encoder.kernel\""))
  }
}
