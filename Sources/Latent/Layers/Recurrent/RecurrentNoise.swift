import LatentKernels

/// What recurrent layers made of steps leave out or keep by chance in training.
public struct RecurrentNoise: Sendable, Equatable {
  /// The probability with which an element of the hidden state, or of the cell, stays what it was before a step (zoneout, Krueger et
  /// al. 2017); evaluation takes the mean of both.
  public let hiddenZoneout: Double, cellZoneout: Double
  /// The probability with which an element of the hidden state is 0 where gates read it, the same elements in all steps of a sequence
  /// (Gal & Ghahramani 2016), as `recurrent_dropout` in Keras.
  public let dropout: Double

  /// Nothing is left to chance.
  public static let none = RecurrentNoise()

  public init(hiddenZoneout: Double = 0, cellZoneout: Double = 0, dropout: Double = 0) {
    require(
      [hiddenZoneout, cellZoneout, dropout].allSatisfy { (0..<1).contains($0) },
      "RecurrentNoise: \(hiddenZoneout), \(cellZoneout) and \(dropout) are not all in 0..<1")
    (self.hiddenZoneout, self.cellZoneout, self.dropout) = (hiddenZoneout, cellZoneout, dropout)
  }

  /// What is 0 in all steps: [B, H] of zeros and 1 / (1 - rate).
  func mask(_ shape: [Int], on tape: Tape, _ element: ElementType) -> Variable? {
    guard dropout > 0, tape.pass.isTraining else { return nil }
    let ones = tape.constant(Tensor(repeating: 1, shape: shape, element: element))
    return Latent.dropout(ones, rate: dropout, key: tape.makeKey(), examples: tape.pass.examples(count: shape[0]))
  }

  /// Elements of what was, and of what is next.
  static func mixed(_ old: Variable, _ new: Variable, rate: Double) -> Variable {
    if rate == 0 { return new }
    let tape = old.tape
    var change = new - old
    if tape.pass.isTraining {
      change = Latent.dropout(
        change, rate: rate, key: tape.makeKey(), examples: tape.pass.examples(count: old.shape[0]))
    }
    return old + (1 - rate) * change
  }
}
