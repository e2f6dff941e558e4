import Latent

extension ConformingCase {
  /// The examples `rows` of a trial's numbers.
  private func part(_ values: Values, of trial: Trial, rows: Range<Int>) -> Values {
    var part = values
    for operand in trial.operands where operand.isBatched {
      let (tensor, columns) = (values[operand.name], operand.shape.dropFirst().reduce(1, *))
      part.tensors[operand.name] = PlainTensor(
        Array(tensor.values[rows.lowerBound * columns..<rows.upperBound * columns]),
        [rows.count] + tensor.shape.dropFirst())
    }
    return part
  }

  private func pass(rows: Range<Int>) -> Pass {
    var pass = pass
    pass.examples = rows.map { UInt64($0) }
    return pass
  }

  private static func note(_ precision: Precision) -> String { precision == .full ? "" : ", \(precision)" }

  func checkThreads() -> [String] { Precision.allCases.flatMap(checkThreads) }

  private func checkThreads(_ precision: Precision) -> [String] {
    let whole = makeTrial(small.with("B", 5))
    let values = whole.values()
    let shards = [0..<2, 2..<4, 4..<5]
    // Weights in one place for all, so that what is packed is shared.
    let model = Subject(whole, values, .float32)
    let subjects = shards.map { rows in
      var tensors = model.tensors
      for operand in whole.operands where operand.isBatched {
        tensors[operand.name] = tensors[operand.name]![rows: rows]
      }
      return Subject(makeTrial(small.with("B", rows.count)), model.layer, tensors)
    }
    var first: [Subject.Step] = []
    for threads in 1...3 {
      let (pool, packs) = (WorkerPool(threads: threads), PackedWeights(precision: precision))
      let steps = Locked<[Int: Subject.Step]>([:])
      pool.run(tasks: 2 * shards.count) { task, _ in
        let shard = task % shards.count
        let step = subjects[shard].step(pass(rows: shards[shard]), packs: packs)
        steps.withLock { $0[task] = step }
      }
      let all = steps.withLock { steps in (0..<2 * shards.count).map { steps[$0]! } }
      if first.isEmpty { first = all }
      for task in all.indices where all[task] != first[task % shards.count] {
        return ["\(threads) threads\(Self.note(precision)): examples \(shards[task % shards.count]) give other bits"]
      }
    }
    return []
  }

  func checkMemory() -> [String] {
    ([small] + sizes.suffix(1)).flatMap { sizes in Precision.allCases.flatMap { checkMemory(sizes, $0) } }
  }

  private func checkMemory(_ sizes: Sizes, _ precision: Precision) -> [String] {
    let trial = makeTrial(sizes)
    let values = trial.values()
    var undefined = values
    for name in values.tensors.keys {
      if trial.operands.contains(where: { $0.name == name && $0.isWhole }) { continue }
      undefined.tensors[name] = PlainTensor(values[name].values.map { _ in .nan }, values[name].shape)
    }
    let (subject, damaged) = (Subject(trial, values, .float32), Subject(trial, undefined, .float32))
    let workspace = Workspace()
    var (bytes, steps): ([Int], [Subject.Step]) = ([], [])
    for subject in [subject, damaged, subject] {
      steps.append(subject.step(pass, workspace: workspace, precision: precision))
      bytes.append(workspace.allocatedBytes)
    }
    var failures: [String] = []
    if bytes[0] == 0 || Set(bytes).count > 1 {
      failures.append("\(sizes)\(Self.note(precision)): bytes after each step: \(bytes)")
    }
    if steps[2] != steps[0] {
      failures.append("\(sizes)\(Self.note(precision)): a step in memory that holds NaN finds something else")
    }
    return failures
  }

  func checkBatchOfOne() -> [String] {
    if case .mixed = rows { return [] }
    let batch = 3
    let trial = makeTrial(small.with("B", batch))
    let values = trial.values()
    let subject = Subject(trial, values, .float64)
    let upstreams = Subject.upstreams(trial.plain(values).map(\.values.count))
    let whole = subject.step(pass(rows: 0..<batch), upstreams: upstreams)
    let scale: Double
    if case .averaged = rows { scale = 1 / Double(batch) } else { scale = 1 }
    var outputs = whole.outputs.map { _ in [Double]() }
    var gradients: [String: [Double]] = [:]
    for row in 0..<batch {
      let one = makeTrial(small.with("B", 1))
      let upstreams = upstreams.map {
        scale == 1 ? Array($0[row * $0.count / batch..<(row + 1) * $0.count / batch]) : $0
      }
      let step = Subject(one, part(values, of: trial, rows: row..<row + 1), .float64)
        .step(pass(rows: row..<row + 1), upstreams: upstreams)
      for place in outputs.indices {
        outputs[place] =
          scale == 1
          ? outputs[place] + step.outputs[place]
          : Plain.sum(outputs[place].isEmpty ? [0] : outputs[place], step.outputs[place].map { $0 * scale })
      }
      for (path, slopes) in step.gradients {
        let slopes = slopes.map { $0 * scale }
        if trial.operands.contains(where: { $0.name == path && $0.isBatched }) {
          gradients[path, default: []] += slopes
        } else {
          gradients[path] = gradients[path].map { Plain.sum($0, slopes) } ?? slopes
        }
      }
    }
    var failures = differences(whole.gradients, gradients, 1e-12)
    for place in outputs.indices {
      if let difference = difference(whole.outputs[place], outputs[place], 1e-12) {
        failures.append("result \(place): \(difference)")
      }
    }
    return failures.map { "one by one: \($0)" }
  }

  func checkEmptyBatch() -> [String] {
    guard case .works = emptyBatch else { return [] }
    let trial = makeTrial(small.with("B", 0))
    let values = trial.values()
    let expected = trial.plain(values)
    return [ElementType.float64, .float32].flatMap { element in
      let step = Subject(trial, values, element).step(pass)
      var wrong: [String] = []
      if step.shapes != expected.map(\.shape) {
        wrong.append("results of the shapes \(step.shapes), not \(expected.map(\.shape))")
      }
      for (found, expected) in zip(step.outputs.joined(), expected.map(\.values).joined())
      where found != expected && !(found.isNaN && expected.isNaN) {
        wrong.append("\(found), not \(expected)")
      }
      for (path, slopes) in step.gradients where slopes.contains(where: { $0 != 0 }) {
        wrong.append("d/d\(path): \(slopes.prefix(4))…, not 0")
      }
      return wrong.map { "\(element): \($0)" }
    }
  }

  func checkTapeIsFreed() -> [String] {
    let trial = makeTrial(small)
    let subject = Subject(trial, trial.values(), .float64)
    weak var watched: Tape?
    do {
      let tape = Tape(layout: ParameterLayout(of: subject), pass: pass)
      watched = tape
      _ = subject.outputs(on: tape)
    }
    return watched == nil ? [] : ["a backward pass holds the tape"]
  }
}
