extension Module {
  /// A copy whose parameters are constants: no gradient is found for them, nothing is kept for a way back to them, and
  /// optimizers leave them as they are (elsewhere, `requires_grad_(False)` or `trainable = False`).
  ///
  ///     let teacher = big.frozen
  ///     let (loss, gradients) = valueWithGradients(of: student) { student, tape in
  ///       squaredError(student(tape.constant(x)), targets: teacher(tape.constant(x)).tensor)
  ///     }
  ///
  /// A part of a model may be frozen: `model.encoder = model.encoder.frozen`. A ``ParameterLayout`` then has no place for it,
  /// as for what ``ParameterGroups`` freeze. Gradients go through it to what comes before. Buffers keep their values, and
  /// ``BatchNorm`` normalises by its running averages even in training; dropout still follows the tape's pass.
  public var frozen: Self { settingFrozen(true) }

  /// A copy whose parameters all learn: the opposite of ``frozen``.
  public var unfrozen: Self { settingFrozen(false) }

  private func settingFrozen(_ isFrozen: Bool) -> Self {
    var copy = self
    copy.visitAll({ $0.isFrozen = isFrozen }, { $0.isFrozen = isFrozen })
    return copy
  }

  /// A model of the same values with parameters and buffers of its own, for a list of equal layers or the target network of
  /// an agent:
  ///
  ///     let layers = (0..<4).map { _ in block.copied() }
  ///
  /// A plain copy, `let other = model`, is the same model at another time: its parameters are the same ones, which a model
  /// holds once, and whose gradients are one. Values are independent in both.
  public func copied() -> Self {
    var copy = self
    copy.visitAll({ $0.renew() }, { $0.renew() })
    return copy
  }

  private mutating func visitAll(_ parameters: (inout Parameter) -> Void, _ buffers: (inout Buffer) -> Void) {
    updateParameters { parameters(&$1) }
    updateBuffers { buffers(&$1) }
  }
}
