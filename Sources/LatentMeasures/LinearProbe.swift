import Latent

extension LabelledPoints {
  /// What multinomial logistic regression, fitted to these points and labels, says of others.
  ///
  /// Points are scaled to a mean of 0 and a variance of 1. 500 steps of Adam on all points, with a small penalty on large
  /// weights, which points that can be separated would let grow without end.
  ///
  /// - Parameter queries: [M, D]
  func linearLabels(of queries: Tensor) -> [UInt8] {
    let classes = Array(Set(labels)).sorted()
    let place = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    let targets = labels.map { place[$0]! }
    let (center, scale) = moments
    func scaled(_ points: Tensor, _ tape: Tape) -> Variable {
      (tape.constant(points) - tape.constant(center)) * tape.constant(scale)
    }
    let x = scaled(points, Tape()).tensor
    var probe = Dense(
      inputSize: points.shape[1], outputSize: classes.count, key: RandomKey(seed: 0), element: .float64)
    var adam = Adam(learningRate: 0.1)
    let layout = ParameterLayout(of: probe)
    let work = LongWork("linear probe", total: 500)
    for step in 0..<500 {
      let tape = Tape(layout: layout)
      let kernel = probe.kernel.on(tape)
      let loss =
        crossEntropy(logits: probe(tape.constant(x)), labels: targets) + 1e-4 * kernel.squared().sum()
      let gradients = Gradients(layout: layout)
      tape.backward(from: loss, into: gradients)
      adam.learningRate = 0.1 * (1 - Double(step) / 500)
      adam.update(&probe, along: gradients)
      work.advance(to: step + 1)
    }
    return probe(scaled(queries, Tape())).tensor.largestIndices().map { classes[$0] }
  }

  /// The mean of each column, and one over its standard deviation; 1 for a column that is the same everywhere.
  private var moments: (center: Tensor, scale: Tensor) {
    let x = Tape().constant(points)
    let center = x.mean(axes: [0])
    let deviations = x.variance(axes: [0]).tensor.values.map { $0 > 0 ? 1 / $0.squareRoot() : 1 }
    return (center.tensor, Tensor(deviations, shape: [deviations.count], element: .float64))
  }
}
