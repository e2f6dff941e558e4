import Latent
import TestSupport
import Testing

/// The exponential moving average of a model's weights.
@Suite struct WeightAverageTests {
  @Test(arguments: ElementType.computing, [nil, 1, 3])
  func followsItsFormula(_ element: ElementType, threads: Int?) {
    let pool = threads.map { WorkerPool(threads: $0) }
    var (average, sgd) = (ExponentialMovingAverage(decay: 0.8), SGD(learningRate: 0.5))
    var (training, gradients) = OptimizerSample.large(element)
    var expected: [Double] = []
    for step in 0..<4 {
      sgd.update(&training.model, along: gradients)
      average.update(with: training.model, pool: pool)
      let weights = training.weights
      expected = step == 0 ? weights : zip(expected, weights).map { 0.8 * $0 + 0.2 * $1 }
    }
    let before = training.weights
    let averaged = average.averaged(training.model).parameters
    #expect(averaged.map(\.path) == training.model.parameters.map(\.path))
    #expect(averaged.map(\.value.shape) == training.model.parameters.map(\.value.shape))
    let result = averaged.flatMap(\.value.values)
    #expect(maxRelativeError(result, expected) < (element == .float32 ? 1e-6 : 1e-13))
    #expect(training.weights == before)
    // Training the averaged model leaves the average alone; a saved state goes on.
    var other = average.averaged(training.model)
    sgd.update(&other, along: gradients)
    #expect(average.averaged(training.model).parameters.flatMap(\.value.values) == result)
    var resumed = ExponentialMovingAverage(decay: 0.8)
    resumed.state = average.state
    average.update(with: other)
    resumed.update(with: other)
    #expect(
      average.averaged(other).parameters.map(\.value.values) == resumed.averaged(other).parameters.map(\.value.values))
    #expect(average.state.step == 5)
  }

  /// The average of weights that do not change is they, to the bit, however long.
  @Test func staysWhereTheWeightsAre() {
    let model = OptimizerSample(.float32).model
    var average = ExponentialMovingAverage(decay: 0.999)
    for _ in 0..<100 { average.update(with: model) }
    #expect(average.averaged(model).parameters.map(\.value.values) == model.parameters.map(\.value.values))
  }

  /// What is frozen has no average, and stays.
  @Test func frozenParts() {
    struct Pair: Module {
      var fixed = Dense(inputSize: 2, outputSize: 3, key: RandomKey(seed: 1)).frozen
      var free = Dense(inputSize: 3, outputSize: 1, key: RandomKey(seed: 2))
      mutating func visit(_ visitor: inout ParameterVisitor) {
        visitor.visit("fixed", &fixed)
        visitor.visit("free", &free)
      }
    }
    var (model, average) = (Pair(), ExponentialMovingAverage(decay: 0.5))
    average.update(with: model)
    let before = model.free.kernel.value.values
    model.free.kernel.value = Tensor(zeros: [3, 1])
    average.update(with: model)
    let smooth = average.averaged(model)
    #expect(smooth.fixed.kernel.value.values == model.fixed.kernel.value.values)
    #expect(smooth.free.kernel.value.values == before.map { 0.5 * $0 })
  }

  @Test func misuse() async {
    let early = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ExponentialMovingAverage().averaged(OptimizerSample(.float32).model)
    }
    #expect(message(early).contains("ExponentialMovingAverage: averaged before the first update"))
    let other = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var average = ExponentialMovingAverage()
      average.update(with: OptimizerSample(.float32).model)
      average.update(with: OptimizerSample(.float32, longest: 71).model)
    }
    #expect(message(other).contains("ExponentialMovingAverage: the averages are of another model; encoder.kernel [71]"))
  }
}
