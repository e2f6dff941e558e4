import Latent

extension ConformingCase {
  /// The product of the Hessian and a direction over all operands and parameters, by gradients that are differentiated again,
  /// against differences of the first gradients along that direction; and those gradients against themselves.
  func checkSecondDerivatives() -> [String] {
    let trial = makeTrial(small)
    let subject = Subject(trial, smoothValues(trial, small), .float64)
    let step = subject.step(pass)
    let upstreams = Subject.upstreams(step.outputs.map(\.count))
    let direction = self.direction(of: subject)
    let product = hessianVectorProduct(of: subject, along: direction, pass: pass) { subject, tape in
      loss(subject.outputs(on: tape), upstreams)
    }
    let paths = direction.layout.slots.map(\.path)
    let found = Dictionary(uniqueKeysWithValues: paths.map { ($0, product.product[$0].values) })
    var wrong = differences(found, changes(of: subject, direction, upstreams), 1e-6, floor: 1e-2).map {
      "Hessian, \($0)"
    }
    let value = zip(step.outputs.joined(), upstreams.joined()).reduce(0) { $0 + $1.0 * $1.1 }
    if !(abs(product.value - value) <= 1e-12 * max(1, abs(value))) {
      wrong.append("the value is \(product.value), not \(value)")
    }
    return wrong + checkComposedGradients(subject, step, upstreams)
  }

  private func loss(_ results: [Variable], _ upstreams: [[Double]]) -> Variable {
    let parts = zip(results, upstreams).map { result, weights in
      (result * result.tape.constant(Tensor(weights, shape: result.shape, element: result.tensor.element))).sum()
    }
    return parts.dropFirst().reduce(parts[0]) { $0 + $1 }
  }

  private func direction(of subject: Subject) -> Gradients {
    let layout = ParameterLayout(of: subject)
    let gradients = Gradients(layout: layout)
    for (number, slot) in layout.slots.enumerated() {
      var sample = SampleValues(seed: 57 + number)
      gradients.flat[slot.range].assign(sample.numbersAwayFromZero(slot.range.count, distance: 0.3))
    }
    return gradients
  }

  /// How the gradients change along a direction: two central differences, as in `finiteDifference`.
  private func changes(
    of subject: Subject, _ direction: Gradients, _ upstreams: [[Double]]
  ) -> [String: [Double]] {
    func gradients(_ distance: Double) -> [String: [Double]] {
      var moved = subject
      moved.updateParameters { path, parameter in
        let values = zip(parameter.value.values, direction[path].values).map { $0 + distance * $1 }
        parameter.value = Tensor(values, shape: parameter.value.shape, element: parameter.value.element)
      }
      return moved.step(pass, upstreams: upstreams).gradients
    }
    func slopes(_ h: Double) -> [String: [Double]] {
      gradients(h).merging(gradients(-h)) { zip($0, $1).map { ($0 - $1) / (2 * h) } }
    }
    let h = 1e-3
    return slopes(h / 2).merging(slopes(h)) { zip($0, $1).map { (4 * $0 - $1) / 3 } }
  }

  /// What operations that can be differentiated again say of the operands' first gradients.
  private func checkComposedGradients(_ subject: Subject, _ step: Subject.Step, _ upstreams: [[Double]]) -> [String] {
    let operands = subject.trial.operands.filter(\.isDifferentiable).map(\.name)
    if operands.isEmpty { return [] }
    let tape = Tape(pass: pass)
    let points = operands.map { tape.constant(subject.tensors[$0]!) }
    let gradients = valueWithGradient(at: points) { variables in
      loss(subject.outputs(on: tape, instead: Dictionary(uniqueKeysWithValues: zip(operands, variables))), upstreams)
    }.gradients
    let found = Dictionary(uniqueKeysWithValues: zip(operands, gradients.map(\.tensor.values)))
    return differences(found, step.gradients.filter { operands.contains($0.key) }, 1e-11).map { "composed, \($0)" }
  }
}
