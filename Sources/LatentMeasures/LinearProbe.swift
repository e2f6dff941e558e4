import Latent

extension LabelledPoints {
  /// What multinomial logistic regression, fitted to these points and labels, says of others.
  ///
  /// Points are scaled to a mean of 0 and a variance of 1, and a small penalty lies on large weights, which points that can be
  /// separated would let grow without end. What is minimised is convex: the answers are those of the one best probe, which some
  /// 10 to 60 steps of ``QuasiNewton`` find.
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
    let (x, workspace) = (scaled(points, Tape()).tensor, Workspace())
    let start = Dense(
      inputSize: points.shape[1], outputSize: classes.count, key: RandomKey(seed: 0), element: .float64)
    let layout = ParameterLayout(of: start)
    func probe(_ weights: Storage) -> Dense {
      var (probe, slots) = (start, layout.slots[...])
      probe.updateParameters { _, parameter in
        let slot = slots.removeFirst()
        parameter.value = Tensor(weights[slot.range], shape: slot.shape)
      }
      return probe
    }
    let descent = QuasiNewton(tolerance: 2e-5, limit: 200)
    let work = LongWork("linear probe", total: descent.limit)
    func loss(_ weights: Storage) -> (value: Double, gradient: Storage) {
      let (loss, gradients) = valueWithGradients(of: probe(weights), layout: layout, workspace: workspace) {
        probe, tape in
        crossEntropy(logits: probe(tape.constant(x)), labels: targets)
          + 1e-4 * probe.kernel.on(tape).squared().sum()
      }
      return (loss, gradients.flat)
    }
    let best = descent.minimum(from: layout.zeros(), onStep: { work.advance(to: $0.steps) }, of: loss)
    work.advance(to: descent.limit)
    return probe(best.numbers)(scaled(queries, Tape())).tensor.largestIndices().map { classes[$0] }
  }

  /// The mean of each column, and one over its standard deviation; 1 for a column that is the same everywhere.
  private var moments: (center: Tensor, scale: Tensor) {
    let x = Tape().constant(points)
    let center = x.mean(axes: [0])
    let deviations = x.variance(axes: [0]).tensor.values.map { $0 > 0 ? 1 / $0.squareRoot() : 1 }
    return (center.tensor, Tensor(deviations, shape: [deviations.count], element: .float64))
  }
}
