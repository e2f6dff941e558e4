/// What is known of a recurrent layer's outputs when its way back begins; nil where the loss does not depend on one.
public struct RecurrentUpstream {
  /// dL/dh of all steps [B, T, H]; what it holds beyond a sequence's end is not read.
  public var sequence: Storage?
  /// dL/dh of the last state [B, H].
  public var last: Storage?
  /// dL/dc of the last state [B, H], of an LSTM.
  public var lastCell: Storage?

  public init(sequence: Storage? = nil, last: Storage? = nil, lastCell: Storage? = nil) {
    self.sequence = sequence
    self.last = last
    self.lastCell = lastCell
  }

  /// Stops where a gradient has not the size of what it is for.
  func check(_ operation: String, batch: Int, time: Int, hidden: Int, _ element: ElementType) {
    let state = batch * hidden
    for (name, storage, count) in [("states", sequence, time * state), ("h", last, state), ("c", lastCell, state)] {
      guard let storage else { continue }
      require(
        storage.count == count && storage.element == element,
        "\(operation): upstream \(storage.count) \(storage.element) for \(count) \(element) of \(name)")
    }
  }
}

/// Where the gradients of a recurrent layer go; a nil one is not computed. Each is overwritten, or added to where
/// `isAccumulating` says so.
public struct RecurrentGradients {
  /// A gradient's memory, and whether it is added to.
  public typealias Place = (storage: Storage, isAccumulating: Bool)

  /// [B, T, D]
  public var input: Place?
  /// As the kernel; nil together with the recurrent kernel's.
  public var kernel: Place?
  /// As the recurrent kernel.
  public var recurrentKernel: Place?
  /// As the bias.
  public var bias: Place
  /// Those of the state before the first step [B, H]; c is the LSTM's.
  public var initialState: (h: Place?, c: Place?)

  public init(
    input: Place?, kernel: Place?, recurrentKernel: Place?, bias: Place,
    initialState: (h: Place?, c: Place?) = (nil, nil)
  ) {
    require((kernel == nil) == (recurrentKernel == nil), "RecurrentGradients: the gradient of one kernel alone")
    self.input = input
    self.kernel = kernel
    self.recurrentKernel = recurrentKernel
    self.bias = bias
    self.initialState = initialState
  }
}
