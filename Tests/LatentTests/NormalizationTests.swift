import Latent
import TestSupport
import Testing

/// Layer and batch normalisation against Keras, central differences and the plain implementation.
@Suite struct NormalizationTests {
  static let shapes = [[1, 1], [2, 7], [7, 2], [3, 17], [2, 3, 5], [1, 33], [5, 1]]

  private func tensor(
    _ shape: [Int], seed: Int, _ range: ClosedRange<Double> = -1...1, _ element: ElementType = .float64
  ) -> Tensor {
    var sample = SampleValues(seed: seed)
    return Tensor(sample.numbers(shape.reduce(1, *), range), shape: shape, element: element)
  }

  private func operands(_ shape: [Int], _ element: ElementType = .float64) -> Operands {
    Operands([
      "x": tensor(shape, seed: 1, -2...3, element), "gamma": tensor([shape.last!], seed: 2, 0.3...2, element),
      "beta": tensor([shape.last!], seed: 3, -1...1, element),
    ])
  }

  private func layer(_ operands: Operands, _ tape: Tape, _ epsilon: Double = 0.1) -> Variable {
    layerNorm(
      operands("x", on: tape), gamma: operands("gamma", on: tape), beta: operands("beta", on: tape), epsilon: epsilon)
  }

  private func batch(_ operands: Operands, _ tape: Tape, _ statistics: BatchStatistics? = nil) -> Variable {
    batchNorm(
      operands("x", on: tape), gamma: operands("gamma", on: tape), beta: operands("beta", on: tape),
      statistics: statistics, epsilon: 0.1
    ).y
  }

  @Test(arguments: ElementType.allCases)
  func keras(_ element: ElementType) throws {
    checkAgainstKeras(
      try Golden.load("layer_norm"), element, LayerNorm(size: 8, element: element),
      names: [("gamma", "gamma"), ("beta", "beta")]
    ) { $0($1) }
  }

  @Test(arguments: shapes)
  func differences(_ shape: [Int]) {
    let operands = operands(shape)
    // Of a single number, the normal form is 0 wherever it lies: the gradient is nothing but rounding (see `plain`).
    if shape.last! > 1 { #expect(gradientMismatches(of: operands) { layer($0, $1) } == []) }
    if shape.dropLast().reduce(1, *) > 1 { #expect(gradientMismatches(of: operands) { batch($0, $1) } == []) }
    let statistics = BatchStatistics(
      mean: tensor([shape.last!], seed: 4), variance: tensor([shape.last!], seed: 5, 0.5...2))
    #expect(gradientMismatches(of: operands) { batch($0, $1, statistics) } == [])
    // Twice over, and the input used again: all uses add up.
    #expect(
      gradientMismatches(of: operands) { operands, tape in
        let (gamma, beta) = (operands("gamma", on: tape), operands("beta", on: tape))
        let x = operands("x", on: tape)
        let rows = layerNorm(x * x, gamma: gamma, beta: beta, epsilon: 0.1)
        return batchNorm(rows, gamma: gamma, beta: beta, epsilon: 0.1).y * x
          + layerNorm(x, gamma: gamma, beta: gamma, epsilon: 0.1)
      } == [])
  }

  @Test(arguments: ["x", "gamma", "beta"])
  func oneOperand(_ wanted: String) {
    let tensors = Dictionary(uniqueKeysWithValues: operands([4, 5]).parameters.map { ($0.path, $0.value) })
    #expect(
      gradientMismatches(of: Operands([wanted: tensors[wanted]!])) { operands, tape in
        func operand(_ name: String) -> Variable {
          name == wanted ? operands(name, on: tape) : tape.constant(tensors[name]!)
        }
        let (x, gamma, beta) = (operand("x"), operand("gamma"), operand("beta"))
        return layerNorm(x, gamma: gamma, beta: beta) + batchNorm(x, gamma: gamma, beta: beta).y
      } == [])
  }

  @Test(arguments: shapes + [[9, 131], [700, 3]], ElementType.allCases)
  func plain(_ shape: [Int], _ element: ElementType) {
    let operands = operands(shape, element)
    let values = Dictionary(uniqueKeysWithValues: operands.parameters.map { ($0.path, $0.value.values) })
    let upstream = tensor(shape, seed: 6, -1...1, element)
    let tolerance = element == .float32 ? 1e-5 : 1e-12
    for isByRow in [true, false] {
      let plain = Plain.Normalization(
        gamma: values["gamma"]!, beta: values["beta"]!, epsilon: 0.1, isByRow: isByRow)
      let expected = plain.backward(values["x"]!, upstream: upstream.values)
      let (_, gradients) = valueWithGradients(of: operands) { operands, tape in
        let y = isByRow ? layer(operands, tape) : batch(operands, tape)
        #expect(maxRelativeError(y.tensor.values, plain.forward(values["x"]!)) < tolerance)
        return (y * tape.constant(upstream)).sum()
      }
      #expect(maxRelativeError(gradients["gamma"].values, expected.gamma) < tolerance)
      #expect(maxRelativeError(gradients["beta"].values, expected.beta) < tolerance)
      // A group of one number: its gradient is zero but for rounding.
      let size = isByRow ? shape.last! : shape.dropLast().reduce(1, *)
      if size > 1 {
        #expect(maxRelativeError(gradients["x"].values, expected.x) < tolerance)
      } else {
        #expect(gradients["x"].values.allSatisfy { abs($0) < 1e-6 })
      }
    }
  }

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
  @Test(arguments: ElementType.allCases)
  func runningStatistics(_ element: ElementType) {
    var norm = BatchNorm(size: 3, momentum: 0.75, epsilon: 0.1, element: element)
    let x = tensor([4, 2, 3], seed: 1, -2...3, element)
    let input = Tape().constant(x)
    let before = norm(input).tensor.values
    #expect(maxRelativeError(before, x.values.map { $0 / 1.1.squareRoot() }) < 1e-6)
    let tape = Tape(pass: Pass(isTraining: true))
    let trained = norm(tape.constant(x)).tensor.values
    #expect(norm(input).tensor.values == before && trained != before)
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

  private func message(_ result: ExitTest.Result?) -> String {
    result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "no result"
  }
}
