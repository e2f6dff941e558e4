import LatentKernels

extension Tape {
  /// The gradients of a scalar for all parameters of the layout, and the buffers' next values.
  ///
  /// - Parameters:
  ///   - loss: a variable with one element
  ///   - seed: d(what is wanted)/d(loss): 1, or a shard's share of the batch
  /// - Returns: gradients in the tape's memory; zeros for parameters that the loss does not depend on
  public func backward(from loss: Variable, seed: Double = 1) -> Gradients {
    guard let parameters, parameters.layouts.count == 1 else {
      fatalError("backward: the tape has no layout of parameters")
    }
    var gradients = Gradients(layout: parameters.layouts[0], workspace: workspace)
    backward(from: loss, seed: seed, into: &gradients)
    gradients.bufferUpdates = bufferUpdates
    return gradients
  }

  /// Finds the gradients of a scalar for all parameters of the layout.
  ///
  /// - Parameters:
  ///   - loss: a variable with one element
  ///   - seed: d(what is wanted)/d(loss): 1, or a shard's share of the batch
  ///   - gradients: overwritten, where no copy sees it; parameters that the loss does not depend on get zeros
  public func backward(from loss: Variable, seed: Double = 1, into gradients: inout Gradients) {
    gradients.prepareToOverwrite(workspace)
    walkBack(from: loss, seed: seed, into: [gradients])
  }

  /// The same for the models of all layouts, in their order.
  func backward(from loss: Variable, seed: Double, into gradients: inout [Gradients]) {
    for place in gradients.indices { gradients[place].prepareToOverwrite(workspace) }
    walkBack(from: loss, seed: seed, into: gradients)
  }

  /// Writes into the gradients' memory.
  private func walkBack(from loss: Variable, seed: Double, into gradients: [Gradients]) {
    require(loss.tape === self, "backward: the loss belongs to another tape")
    require(loss.tensor.count == 1, "backward: the loss has the shape \(loss.shape), not one element")
    let layouts = parameters?.layouts ?? []
    require(
      layouts.count == gradients.count && zip(layouts, gradients).allSatisfy { $0 === $1.layout },
      "backward: the gradients are of another layout")
    require(!isUsedUp, "backward: \(Tape.usedUpMessage)")
    isUsedUp = true
    var walk = Backward(recording, workspace: workspace, profile: profile)
    recording = Recording(slots: 0)
    walk.run(from: loss, seed: seed, into: gradients)
  }
}
