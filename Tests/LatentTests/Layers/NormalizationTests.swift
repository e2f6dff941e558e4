import Latent
import TestSupport
import Testing

/// Layer and batch normalisation beside what `NormalizationCases` says of them: large numbers, running averages and
/// what they refuse.
@Suite struct NormalizationTests {
  /// Far from zero, where a mean of squares less the square of the mean would have nothing left.
  @Test func offsetsDoNotHurt() {
    let x = Tensor((0..<64).map { 10_000 + Double($0 % 5) }, shape: [8, 8])
    let one = Tensor(repeating: 1, shape: [8])
    let zero = Tensor(zeros: [8])
    let tape = Tape()
    let (gamma, beta) = (tape.constant(one), tape.constant(zero))
    for isByRow in [true, false] {
      let y =
        isByRow
        ? layerNorm(tape.constant(x), gamma: gamma, beta: beta)
        : batchNorm(tape.constant(x), gamma: gamma, beta: beta).y
      let plain = Plain.Normalization(
        gamma: one.values, beta: zero.values, epsilon: 1e-3, isByRow: isByRow)
      #expect(maxRelativeError(y.tensor.values, plain.forward(x.values)) < 1e-3)
    }
  }

  /// Training uses the batch's statistics, evaluation the running averages, which only the step's update changes.
  @Test(arguments: ElementType.computing)
  func runningStatistics(_ element: ElementType) {
    var norm = BatchNorm(size: 3, momentum: 0.75, epsilon: 0.1, element: element)
    var sample = SampleValues(seed: 1)
    let x = Tensor(sample.numbers(24, -2...3), shape: [4, 2, 3], element: element)
    let input = Tape().constant(x)
    let before = norm(input).tensor.values
    #expect(maxRelativeError(before, x.values.map { $0 / 1.1.squareRoot() }) < 1e-6)
    let tape = Tape(pass: Pass(isTraining: true))
    let trained = norm(tape.constant(x)).tensor.values
    #expect(norm(input).tensor.values == before)
    var (means, variances) = ([0.0, 0, 0], [0.0, 0, 0])
    for c in 0..<3 {
      let column = (0..<8).map { x.values[$0 * 3 + c] }
      means[c] = Plain.mean(column)
      variances[c] = Plain.mean(column.map { ($0 - means[c]) * ($0 - means[c]) })
    }
    for (index, value) in trained.enumerated() {
      #expect(abs(value - (x.values[index] - means[index % 3]) / (variances[index % 3] + 0.1).squareRoot()) < 1e-5)
    }
    let copy = norm
    norm.update(tape.bufferUpdates)
    // A second step of the same batch, through an optimizer.
    let (_, gradients) = valueWithGradients(of: norm, pass: Pass(isTraining: true)) { $0($1.constant(x)).sum() }
    var optimizer = SGD(learningRate: 0)
    optimizer.update(&norm, along: gradients)
    let kept = 0.75 * 0.75
    #expect(maxRelativeError(norm.runningMean.value.values, means.map { $0 * (1 - kept) }) < 1e-6)
    #expect(maxRelativeError(norm.runningVariance.value.values, variances.map { kept + $0 * (1 - kept) }) < 1e-6)
    #expect(copy.runningMean.value.values == [0, 0, 0])
    let after = norm(input).tensor.values
    for (index, value) in after.enumerated() {
      let (mean, variance) = (means[index % 3] * (1 - kept), kept + variances[index % 3] * (1 - kept))
      #expect(abs(value - (x.values[index] - mean) / (variance + 0.1).squareRoot()) < 1e-5)
    }
    #expect(norm.parameters.map(\.path) == ["gamma", "beta"])
    #expect(Sequential(norm).buffers.map(\.path) == ["0.runningMean", "0.runningVariance"])
    let standard = BatchNorm(size: 2)
    #expect(standard.momentum == 0.99 && standard.epsilon == 1e-3 && LayerNorm(size: 2).epsilon == 1e-3)
  }

  @Test func misuse() async {
    let shape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LayerNorm(size: 3)(Tape().constant(Tensor(zeros: [2, 4])))
    }
    #expect(message(shape).contains("layerNorm: x [2, 4], gamma [3], beta [3] do not fit [..., C], [C], [C]"))
    let elements = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BatchNorm(size: 4)(Tape().constant(Tensor(zeros: [2, 4], element: .float64)))
    }
    #expect(message(elements).contains("batchNorm: x float64, gamma float32, beta float32 differ"))
    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BatchNorm(size: 4)(Tape(pass: Pass(isTraining: true)).constant(Tensor(zeros: [0, 4])))
    }
    #expect(message(empty).contains("batchNorm: x [0, 4], gamma [4], beta [4] do not fit"))
    let update = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var norm = BatchNorm(size: 4)
      let tape = Tape()
      tape.set(norm.runningMean, to: Tensor(zeros: [3]))
      norm.update(tape.bufferUpdates)
    }
    #expect(message(update).contains("update: [3] of float32 for the buffer runningMean [4] of float32"))
    let foreign = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var norm = BatchNorm(size: 4)
      let tape = Tape()
      tape.set(BatchNorm(size: 4).runningMean, to: Tensor(zeros: [4]))
      norm.update(tape.bufferUpdates)
    }
    #expect(message(foreign).contains("update: 1 buffers are not shown by the model's visit(_:)"))
    let statistics = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var norm = BatchNorm(size: 4)
      norm.runningMean.value = Tensor(zeros: [3])
      norm.runningVariance.value = Tensor(zeros: [3])
      _ = norm(Tape().constant(Tensor(zeros: [2, 4])))
    }
    #expect(message(statistics).contains("batchNorm: statistics [3] of float32 for x [2, 4] of float32"))
  }
}
