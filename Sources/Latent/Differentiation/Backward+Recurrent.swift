import LatentKernels

extension Backward {
  /// Places for the gradients of a recurrent layer, whose inputs are x, kernel, recurrent kernel, bias and, where it has
  /// one, its initial state. Weights come as one: where only one of the kernels is wanted, the other's gradient goes to spare
  /// memory. So does that of the bias, which is found in passing.
  ///
  /// - Parameters:
  ///   - order: the inputs 1...3 in the order in which they are written: the same variable may be kernel and recurrent
  ///     kernel
  ///   - states: parts of the initial state: none, h, or h and c
  mutating func recurrentGradients(
    kernel: Storage, recurrentKernel: Storage, bias: Storage, writtenInOrder order: [Int], states: Int
  ) -> RecurrentGradients {
    let weights = [1: kernel, 2: recurrentKernel, 3: bias]
    var places: [Int: RecurrentGradients.Place] = [:]
    for input in order where input == 3 || needs(1) || needs(2) {
      let like = weights[input]!
      places[input] =
        destination(input)
        ?? (Storage(count: like.count, element: like.element, workspace: workspace), isAccumulating: false)
    }
    let h = states > 0 ? destination(4) : nil
    let c = states > 1 ? destination(5) : nil
    return RecurrentGradients(
      input: destination(0), kernel: places[1], recurrentKernel: places[2], bias: places[3]!, initialState: (h, c))
  }
}

extension Backward {
  /// The gradient of the output with this number; nil if there is none or the loss does not depend on it.
  func upstream(_ output: Int?) -> Storage? { output.flatMap { upstream(of: $0) }?.storage }
}

/// What a recurrent layer gives: all hidden states, the last one, the last cell, whichever are wanted.
struct RecurrentOutputs {
  private(set) var tensors: [Tensor] = []
  private let tape: Tape
  private let element: ElementType

  /// In the memory of x's tape, of its element type.
  init(like x: Variable) { (tape, element) = (x.tape, x.tensor.element) }

  /// Adds a tensor that `write` fills.
  ///
  /// - Returns: its number among the outputs
  mutating func add(_ shape: [Int], _ write: (Storage) -> Void) -> Int {
    tensors.append(tape.makeTensor(shape, element: element))
    write(tensors.last!.storage)
    return tensors.count - 1
  }
}
