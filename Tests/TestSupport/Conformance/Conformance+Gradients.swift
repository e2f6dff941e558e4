import Latent

extension Subject {
  /// The sum of the results' products with the upstream gradients, without recording, after one parameter has moved.
  func number(_ pass: Pass, _ upstreams: [[Double]], moving path: String, to values: [Double]) -> Double {
    var moved = self
    moved.updateParameters {
      if $0 == path { $1.value = Tensor(values, shape: $1.value.shape, element: $1.value.element) }
    }
    return zip(moved.evaluated(pass), upstreams).reduce(0) { sum, pair in
      zip(pair.0.values, pair.1).reduce(sum) { $0 + $1.0 * $1.1 }
    }
  }
}

extension ConformingCase {
  func checkCentralDifferences() -> [String] {
    [small, small.all(1)].flatMap { sizes in
      let trial = makeTrial(sizes)
      let subject = Subject(trial, smoothValues(trial, sizes), .float64)
      let step = subject.step(pass)
      let upstreams = Subject.upstreams(step.outputs.map(\.count))
      var slopes: [String: [Double]] = [:]
      for (path, tensor) in subject.parameters {
        slopes[path] = finiteDifference(
          of: { subject.number(pass, upstreams, moving: path, to: $0) }, at: tensor.values)
      }
      return differences(step.gradients, slopes, 1e-8).map { "\(sizes): \($0)" }
    }
  }

  func checkRepeatedUse() -> [String] {
    let trial = makeTrial(small)
    let subject = Subject(trial, trial.values(), .float64)
    let both = subject.step(pass, uses: [0, 1]).gradients
    let (first, second) = (subject.step(pass, uses: [0]).gradients, subject.step(pass, uses: [1]).gradients)
    let sum = first.merging(second) { Plain.sum($0, $1) }
    return differences(both, sum, 1e-12).map { "used twice: \($0)" }
  }

  func checkSharedOperands() -> [String] {
    let trial = makeTrial(small.all(3))
    let operands = trial.operands.filter(\.isDifferentiable)
    var failures: [String] = []
    for (place, first) in operands.enumerated() {
      for second in operands[(place + 1)...] where second.shape == first.shape {
        var values = trial.values()
        values.tensors[second.name] = values[first.name]
        let apart = Subject(trial, values, .float64).step(pass)
        let together = Subject(trial, values, .float64, aliases: [second.name: first.name]).step(pass)
        var expected = apart.gradients
        expected[first.name] = Plain.sum(expected[first.name]!, expected.removeValue(forKey: second.name)!)
        var wrong = differences(together.gradients, expected, 1e-12)
        if together.outputs != apart.outputs { wrong.append("another value") }
        failures += wrong.map { "\(first.name) for \(second.name) too: \($0)" }
      }
    }
    return failures
  }

  func checkSingleOperands() -> [String] {
    let trial = makeTrial(small)
    let values = trial.values()
    let all = Subject(trial, values, .float64).step(pass).gradients
    var choices = trial.operands.filter(\.isDifferentiable).map { [$0.name] }
    if choices.count == 1 { choices = [] }
    // A layer's parameters alone.
    if !trial.makeLayer(.float64).parameters.isEmpty { choices.append([]) }
    return choices.flatMap { wanted in
      let alone = Subject(trial, values, .float64, wanted: wanted).step(pass).gradients
      return differences(alone, all.filter { alone.keys.contains($0.key) }, 1e-12).map { "only \(wanted): \($0)" }
    }
  }

  func checkFrozenParameters() -> [String] {
    let trial = makeTrial(small)
    let subject = Subject(trial, trial.values(), .float32)
    let all = subject.step(pass)
    let paths = subject.parameters.map(\.path)
    var choices = paths.map { [$0] }
    choices.append(trial.makeLayer(.float32).parameters.map(\.path))
    return choices.filter { !$0.isEmpty && $0.count < paths.count }.flatMap { frozen in
      let groups = ParameterGroups(frozen.map { .under($0, isFrozen: true) })
      let step = subject.step(pass, layout: ParameterLayout(of: subject, groups: groups))
      let kept = all.gradients.filter { !frozen.contains($0.key) }
      return step.outputs == all.outputs && step.gradients == kept ? [] : ["frozen \(frozen): other bits"]
    }
  }

  func checkOperandsAlone() -> [String] {
    let trial = makeTrial(small)
    let (values, operands) = (trial.values(), trial.operands.filter(\.isDifferentiable))
    let subject = Subject(trial, values, .float32)
    if operands.isEmpty || trial.makeLayer(.float32).parameters.isEmpty { return [] }
    let step = subject.step(pass)
    let upstreams = Subject.upstreams(step.outputs.map(\.count))
    let points = operands.map { Tensor(values[$0.name].values, shape: values[$0.name].shape) }
    let found = valueWithGradient(at: points, pass: pass) { variables in
      let results = subject.outputs(
        on: variables[0].tape, instead: Dictionary(uniqueKeysWithValues: zip(operands.map(\.name), variables)))
      return zip(results, upstreams).reduce(variables[0].tape.constant(Tensor(zeros: []))) { sum, part in
        sum + (part.0 * part.0.tape.constant(Tensor(part.1, shape: part.0.shape))).sum()
      }
    }
    return zip(operands, found.gradients).compactMap { operand, gradient in
      gradient.values == step.gradients[operand.name]! ? nil : "d/d\(operand.name) has other bits"
    }
  }

  func checkSingleResults() -> [String] {
    let trial = makeTrial(small)
    let subject = Subject(trial, trial.values(), .float64)
    let all = subject.step(pass)
    if all.outputs.count == 1 { return [] }
    var sum = all.gradients.mapValues { $0.map { _ in 0.0 } }
    for place in all.outputs.indices {
      sum.merge(subject.step(pass, onlyResult: place).gradients) { Plain.sum($0, $1) }
    }
    return differences(sum, all.gradients, 1e-12).map { "one result at a time: \($0)" }
  }

  /// Whether `visit(_:)` shows all that the layer holds.
  func checkVisit() -> [String] {
    let layer = makeTrial(small).makeLayer(.float64)
    return [
      ("parameters", count(in: layer) { $0 is Parameter }, layer.parameters.count),
      ("buffers", count(in: layer) { $0 is Buffer }, layer.buffers.count),
    ].filter { $0.1 != $0.2 }.map { "the layer holds \($0.1) \($0.0), and visit(_:) shows \($0.2)" }
      + layer.hiddenParameters.map { "visit(_:) does not show \($0)" }
  }

  func checkParameters() -> [String] {
    let trial = makeTrial(small)
    let gradients = Subject(trial, trial.values(), .float64).step(pass).gradients
    let paths = trial.makeLayer(.float64).parameters.map(\.path).filter { !idle.contains($0) }
    return paths.filter { !gradients[$0]!.contains { abs($0) > 1e-9 } }.map {
      "\($0) gets no gradient: \(gradients[$0]!.prefix(4))…"
    }
  }

  /// Values of a kind anywhere inside another, found by reflection.
  private func count(in value: Any, where isOne: (Any) -> Bool) -> Int {
    if isOne(value) { return 1 }
    return Mirror(reflecting: value).children.reduce(0) { $0 + count(in: $1.value, where: isOne) }
  }
}
