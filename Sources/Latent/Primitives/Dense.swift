import LatentKernels

/// activation(x W + b), applied to the last axis.
///
///     x [..., I]   W [I, O]   b [O]   y [..., O]
///     dz = dy * activation'(.)   dW = x^T dz   db = column sums of dz   dx = dz W^T
public func dense(_ x: Variable, kernel: Variable, bias: Variable, activation: Activation = .linear) -> Variable {
  guard activation.isFused else { return dense(x, kernel: kernel, bias: bias).activated(by: activation) }
  let inputs = kernel.shape.first ?? 0
  let outputs = kernel.shape.last ?? 0
  require(
    kernel.shape.count == 2 && x.shape.last == inputs && bias.shape == [outputs], of: [x, kernel, bias],
    "dense: x \(x.shape), kernel \(kernel.shape), bias \(bias.shape) do not fit [..., I], [I, O], [O]")
  let elements = [x, kernel, bias].map(\.tensor.element)
  require(
    elements.allSatisfy { $0 == elements[0] }, of: [x, kernel, bias],
    "dense: x \(elements[0]), kernel \(elements[1]), bias \(elements[2]) differ")
  let tape = x.tape
  let rows = x.shape.dropLast().reduce(1, *)
  if tape.isDifferentiatedAgain {
    let z = matmul(x.reshaped(to: [rows, inputs]), kernel) + bias
    return z.reshaped(to: x.shape.dropLast() + [outputs]).activated(by: activation)
  }
  let y = tape.makeTensor(x.shape.dropLast() + [outputs], element: x.tensor.element)
  let xMatrix = Matrix(x.tensor.storage, rows: rows, columns: inputs)
  let kernelMatrix = Matrix(kernel.tensor.storage, rows: inputs, columns: outputs)
  let packs = tape.packs
  packs.matrix(kernelMatrix).multiplied(by: xMatrix, into: Matrix(y.storage, rows: rows, columns: outputs))
  y.storage.addBias(bias.tensor.storage, activation: activation)

  let product = Work(product: .init(m: rows, n: outputs, k: inputs), element: y.element)
  return tape.record(
    "Dense", detail: activation.detail, inputs: [x, kernel, bias], output: y,
    work: (product, product.backward(to: [x, kernel]))
  ) { backward in
    let dz = backward.preactivationGradient(output: y, activation: activation)
    let dzMatrix = Matrix(dz, rows: rows, columns: outputs)
    if let (dw, isAccumulating) = backward.destination(1) {
      multiplyTransposed(
        xMatrix, dzMatrix, into: Matrix(dw, rows: inputs, columns: outputs), accumulating: isAccumulating,
        precision: packs.precision, workspace: backward.workspace)
    }
    if let (db, isAccumulating) = backward.destination(2) { db.assignColumnSums(of: dz, accumulating: isAccumulating) }
    if let (dx, isAccumulating) = backward.destination(0) {
      packs.matrix(kernelMatrix, transposed: true).multiplied(
        by: dzMatrix, into: Matrix(dx, rows: rows, columns: inputs), accumulating: isAccumulating)
    }
  }
}
