import LatentKernels

/// `crossEntropy(logits: dense(x, kernel: kernel, bias: bias), labels: labels)` for many classes, such as the words of a
/// vocabulary, without all logits in memory: some rows at a time become logits, losses, and where a gradient is wanted
/// parts of the gradients at once, in the same memory.
///
///     x [..., I]   kernel [I, C]   bias [C]   labels: a class in 0..<C for each row of x
///     dz = (softmax(x kernel + bias) - one-hot) / rows   dkernel = x^T dz   dbias = column sums of dz   dx = dz kernel^T
///
/// Memory: 2^24 logits, or 64 rows of them, and as much as x, kernel and bias have.
public func crossEntropy(_ x: Variable, kernel: Variable, bias: Variable, labels: [Int]) -> Variable {
  let classes = kernel.shape.last ?? 0
  return crossEntropy(
    x, kernel: kernel, bias: bias, labels: labels, rowsAtOnce: max(64, (1 << 24) / max(classes, 1) & ~7))
}

/// - Parameter rowsAtOnce: rows whose logits are in memory together
func crossEntropy(_ x: Variable, kernel: Variable, bias: Variable, labels: [Int], rowsAtOnce: Int) -> Variable {
  let (inputs, classes) = (kernel.shape.first ?? 0, kernel.shape.last ?? 0)
  let operands = [x, kernel, bias]
  require(
    kernel.shape.count == 2 && x.shape.last == inputs && bias.shape == [classes]
      && x.tensor.count == labels.count * inputs && !labels.isEmpty && areClasses(labels, of: classes), of: operands,
    "crossEntropy: x \(x.shape), kernel \(kernel.shape), bias \(bias.shape), \(labels.count) labels do not fit [..., I], "
      + "[I, C], [C] and a label in 0..<C for each row")
  let elements = operands.map(\.tensor.element)
  require(
    elements.allSatisfy { $0 == elements[0] }, of: operands,
    "crossEntropy: x \(elements[0]), kernel \(elements[1]), bias \(elements[2]) differ")
  if x.tape.isDifferentiatedAgain {
    return crossEntropy(
      logits: dense(x.reshaped(to: [labels.count, inputs]), kernel: kernel, bias: bias), labels: labels)
  }
  let (tape, element, rows) = (x.tape, elements[0], labels.count)
  let (xs, b) = (x.tensor.storage, bias.tensor.storage)
  let weights = Matrix(kernel.tensor.storage, rows: inputs, columns: classes)
  let gradients = operands.map { $0.node == nil ? nil : tape.makeTensor(like: $0.tensor) }
  let isWanted = gradients.contains { $0 != nil }
  let logits = tape.makeTensor([min(rows, rowsAtOnce), classes], element: element).storage
  let losses = tape.makeTensor([rows], element: element).storage
  let numbers = labels.map(Int64.init)
  for start in stride(from: 0, to: rows, by: rowsAtOnce) {
    let part = start..<min(start + rowsAtOnce, rows)
    func matrix(_ storage: Storage) -> Matrix {
      Matrix(storage[part.lowerBound * inputs..<part.upperBound * inputs], rows: part.count, columns: inputs)
    }
    let dz = logits[0..<part.count * classes]
    let dzMatrix = Matrix(dz, rows: part.count, columns: classes)
    tape.packs.matrix(weights).multiplied(by: matrix(xs), into: dzMatrix)
    dz.crossEntropy(
      addingBias: b, classes: numbers[part], losses: losses[part], gradientScale: isWanted ? 1 / Double(rows) : nil)
    if let dw = gradients[1]?.storage {
      multiplyTransposed(
        matrix(xs), dzMatrix, into: Matrix(dw, rows: inputs, columns: classes), accumulating: start > 0,
        precision: tape.precision, workspace: tape.workspace)
    }
    gradients[2]?.storage.assignColumnSums(of: dz, accumulating: start > 0)
    if let dx = gradients[0]?.storage {
      // Some classes at a time: their part of dz then stays in the cache for all columns of dx.
      let packed = tape.packs.matrix(weights, transposed: true)
      for first in stride(from: 0, to: classes, by: classesAtOnce) {
        let columns = min(classesAtOnce, classes - first)
        packed.multiplied(
          by: Matrix(dz[first..<dz.count], rows: part.count, columns: columns, stride: classes), fromRow: first,
          into: matrix(dx), accumulating: first > 0)
      }
    }
  }
  var work = Work(product: .init(m: rows, n: classes, k: inputs), element: element)
  for gradient in [gradients[0], gradients[1]] where gradient != nil {
    work = work + Work(product: .init(m: rows, n: classes, k: inputs), element: element)
  }
  let output = tape.makeTensor([], element: element)
  output.storage.fill(losses.sum() / Double(rows))
  return tape.record("crossEntropy", inputs: operands, output: output, work: (work, nil)) { backward in
    let scale = backward.upstream.scalar
    for (input, gradient) in gradients.enumerated() {
      if let gradient { backward.add(gradient, times: scale, to: input) }
    }
  }
}

/// Classes whose part of a gradient a product takes at a time: a multiple of the kernel's depth.
private let classesAtOnce = 8 * 288
