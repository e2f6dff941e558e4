import LatentKernels

extension Backward {
  /// Places for the gradients of a recurrent layer, whose inputs are x, kernel, recurrent kernel and bias. Weights and bias
  /// come as one: where only some are wanted, the others' gradients go to spare memory.
  ///
  /// - Parameter order: the inputs 1...3 in the order in which they are written: the same variable may be kernel and
  ///   recurrent kernel
  mutating func recurrentGradients(
    kernel: Storage, recurrentKernel: Storage, bias: Storage, writtenInOrder order: [Int]
  ) -> RecurrentGradients {
    let weights = [1: kernel, 2: recurrentKernel, 3: bias]
    var places: [Int: (storage: Storage, isAccumulating: Bool)] = [:]
    for input in order {
      let like = weights[input]!
      places[input] =
        destination(input)
        ?? (Storage(count: like.count, element: like.element, workspace: workspace), isAccumulating: false)
    }
    let dx = destination(0)
    let (dKernel, dRecurrent, dBias) = (places[1]!, places[2]!, places[3]!)
    return RecurrentGradients(
      input: dx?.storage, kernel: dKernel.storage, recurrentKernel: dRecurrent.storage, bias: dBias.storage,
      isAccumulating: (
        dx?.isAccumulating ?? false, dKernel.isAccumulating, dRecurrent.isAccumulating, dBias.isAccumulating
      ))
  }
}
