import CLatentKernels

/// dL/dh in its backward pass through time.
struct StateGradient {
  /// [B, H]: of the step that is next on the way, but for what comes from above. The step writes that of the step before
  /// over it, in its first rows; the others hold that of the last states of sequences that end earlier.
  let storage: Storage
  private let above: Storage?  // [T, B, H]
  private let start: Storage?  // of step T - 1, where that need not be copied or added to
  private let steps: StepRows
  private let hidden: Int

  init(_ upstream: RecurrentUpstream, steps: StepRows, hidden: Int, element: ElementType, workspace: Workspace?) {
    let state = steps.batch * hidden
    (self.steps, self.hidden) = (steps, hidden)
    storage = Storage(count: state, element: element, workspace: workspace)
    above = upstream.sequence.map { sequence in
      let above = Storage(count: steps.capacity * hidden, element: element, workspace: workspace)
      steps.copy(sequence, toRowsOf: above, columns: hidden, stride: hidden)
      return above
    }
    let isOne = !steps.areUnequal && (upstream.sequence == nil) != (upstream.last == nil)
    start = isOne ? upstream.last ?? above.map { $0[steps.start(steps.time - 1) * hidden..<$0.count] } : nil
    if !isOne { storage.assign(steps, upstream.last, workspace: workspace) }
  }

  /// dL/dh of the sequences that reach step t, where the way back has come to, with what comes from above added.
  func completed(at t: Int) -> UnsafeRawPointer {
    if t == steps.time - 1, let start { return start.pointer }
    if let above {
      storage.operations.add(
        storage.pointer, above.pointer(at: steps.start(t) * hidden), storage.mutablePointer, steps.count(t) * hidden)
    }
    return storage.pointer
  }
}

extension Storage {
  /// What is known of a last state's gradient, in the order of the rows, or zeros.
  func assign(_ steps: StepRows, _ upstream: Storage?, workspace: Workspace?) {
    if let upstream {
      assign(steps.sorted(upstream, workspace: workspace))
    } else {
      fill(0)
    }
  }
}

extension StepRows {
  /// Gives the gradient of the state before the first step, a row for each sequence, to its place.
  func write(_ gradient: Storage, to place: RecurrentGradients.Place?, workspace: Workspace?) {
    guard let place else { return }
    writing(to: place, workspace) { unsorting(into: $0, workspace: workspace) { $0.assign(gradient) } }
  }

  /// Gives the gradient of the input, in the steps' rows, to its place.
  func write(rows gradient: Storage, to place: RecurrentGradients.Place, columns: Int, workspace: Workspace?) {
    writing(to: place, workspace) { copyRows(of: gradient, stride: columns, to: $0, columns: columns) }
  }

  private func writing(to place: RecurrentGradients.Place, _ workspace: Workspace?, _ write: (Storage) -> Void) {
    let (storage, isAccumulating) = place
    guard isAccumulating else { return write(storage) }
    let extra = Storage(count: storage.count, element: storage.element, workspace: workspace)
    write(extra)
    storage.assign(.add, storage, extra)
  }
}
