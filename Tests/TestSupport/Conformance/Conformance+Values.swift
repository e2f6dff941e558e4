import Latent

extension ConformingCase {
  func checkPlainAgreement() -> [String] {
    var failures: [String] = []
    for sizes in [small, small.all(1)] + sizes {
      let trial = makeTrial(sizes)
      let values = trial.plainGradient == nil ? smoothValues(trial, sizes) : trial.values()
      let expected = trial.plain(values)
      let upstreams = Subject.upstreams(expected.map(\.values.count))
      let slopes = trial.plainGradient?(values, upstreams)
      var exact: [String: [Double]] = [:]
      for element in [ElementType.float64, .float32] {
        let (subject, tolerance) = (Subject(trial, values, element), tolerance(element))
        let step = subject.step(pass, upstreams: upstreams)
        var wrong = check(step, expected, element, tolerance)
        if subject.evaluated(pass).map(\.values) != step.outputs { wrong.append("another value without recording") }
        for (name, tensor) in subject.tensors where tensor.values != values[name].values {
          wrong.append("the operand \(name) is changed")
        }
        if let slopes {
          wrong += differences(step.gradients, slopes, tolerance, floor: element == .float32 ? 0.1 : 1e-3)
          let missing = Set(step.gradients.keys).symmetricDifference(slopes.keys)
          if !missing.isEmpty { wrong.append("the plain gradient has other operands: \(missing.sorted())") }
        } else if element == .float64 {
          exact = step.gradients
          wrong += checkDirections(subject, step, upstreams)
        } else {
          wrong += differences(step.gradients, exact, 10 * tolerance, floor: 0.1)
        }
        failures += wrong.map { "\(sizes), \(element): \($0)" }
      }
    }
    return failures
  }

  private func check(
    _ step: Subject.Step, _ expected: [PlainTensor], _ element: ElementType, _ tolerance: Double
  ) -> [String] {
    var wrong: [String] = []
    if step.shapes != expected.map(\.shape) {
      wrong.append("results of the shapes \(step.shapes), not \(expected.map(\.shape))")
    }
    if step.elements.contains(where: { $0 != element }) { wrong.append("results of \(step.elements)") }
    for (place, (found, expected)) in zip(step.outputs, expected).enumerated() {
      if let difference = difference(found, expected.values, tolerance) {
        wrong.append("result \(place): \(difference)")
      }
    }
    return wrong
  }

  /// The slope along one direction for each operand: all coordinates at once, where each alone would take too long.
  private func checkDirections(_ subject: Subject, _ step: Subject.Step, _ upstreams: [[Double]]) -> [String] {
    var (found, expected): ([String: [Double]], [String: [Double]]) = ([:], [:])
    for (number, (path, tensor)) in subject.parameters.enumerated() {
      var sample = SampleValues(seed: 31 + number)
      let direction = sample.numbersAwayFromZero(tensor.count, distance: 0.3)
      let center = tensor.values
      found[path] = [zip(step.gradients[path]!, direction).reduce(0) { $0 + $1.0 * $1.1 }]
      expected[path] = finiteDifference(
        of: { distance in
          let moved = zip(center, direction).map { $0 + distance[0] * $1 }
          return subject.number(pass, upstreams, moving: path, to: moved)
        }, at: [0], step: 2e-4)
    }
    return differences(found, expected, 1e-7, floor: 1e-2)
  }

  func checkKeras() -> [String] {
    var failures: [String] = []
    for keras in keras {
      let golden: Golden
      do { golden = try Golden.load(keras.file) } catch { return ["\(error)"] }
      let trial = makeTrial(keras.sizes(golden))
      var values = trial.values()
      /// Names as in Python, and weights under a name of their own.
      func key(_ path: String) -> String {
        path.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
      }
      for path in values.tensors.keys {
        let name = path == "x" ? "x" : "weight.\(key(path))"
        if values[path].shape != golden.shape(of: name) {
          failures.append("\(keras.file): \(path) \(values[path].shape), not \(golden.shape(of: name))")
          return failures
        }
        values.tensors[path] = PlainTensor(golden[name], values[path].shape)
      }
      for element in [ElementType.float64, .float32] {
        // Keras's own numbers are no float32, and are rounded first.
        let (forward, backward) = element == .float32 ? (1e-5, 1e-4) : (keras.tolerance, keras.tolerance)
        let step = Subject(trial, values, element).step(pass, upstreams: [golden["upstream"]])
        var wrong = check(step, [PlainTensor(golden["y"], golden.shape(of: "y"))], element, forward)
        var slopes: [String: [Double]] = [:]
        for path in step.gradients.keys { slopes[path] = golden["grad.\(key(path))"] }
        wrong += differences(step.gradients, slopes, backward, floor: 0)
        failures += wrong.map { "\(keras.file), \(element): \($0)" }
      }
    }
    return failures
  }
}
