import Latent

/// Functions of several tensors: products, layers, losses and draws.
extension TensorComputingTests {
  static let products: [Pair] = [
    ("matmul b", { matmul($0.x, $0.x, transposingB: true) }, { matmul($0.x, $0.x, transposingB: true) }),
    (
      "outer", { outer($0.x.reshaped(to: [6]), $0.p.reshaped(to: [4])) },
      { outer($0.x.reshaped(to: [6]), $0.p.reshaped(to: [4])) }
    ),
    ("einsum", { einsum("ij,kj->ki", $0.x, $0.x) }, { einsum("ij,kj->ki", $0.x, $0.x) }),
    (
      "triangularSolve", { LinearAlgebra.triangularSolve($0.m, $0.x.transposed(), upper: true) },
      { LinearAlgebra.triangularSolve($0.m, $0.x.transposed(), upper: true) }
    ),
    ("inverse", { LinearAlgebra.inverse($0.m) }, { LinearAlgebra.inverse($0.m) }),
    ("logDeterminant", { LinearAlgebra.logDeterminant($0.m) }, { LinearAlgebra.logDeterminant($0.m) }),
    ("cholesky", { try LinearAlgebra.cholesky($0.m) }, { LinearAlgebra.cholesky($0.m) }),
    (
      "dense", { dense($0.x, kernel: $0.x.transposed(), bias: $0.x.sum(axes: [1]), activation: .tanh) },
      { dense($0.x, kernel: $0.x.transposed(), bias: $0.x.sum(axes: [1]), activation: .tanh) }
    ),
    (
      "layerNorm", { layerNorm($0.x, gamma: $0.x[0], beta: $0.x[1], epsilon: 1e-2) },
      { layerNorm($0.x, gamma: $0.x[0], beta: $0.x[1], epsilon: 1e-2) }
    ),
    (
      "conv2D",
      {
        conv2D(
          $0.x.reshaped(to: [1, 3, 2, 1]), kernel: $0.x[0].reshaped(to: [2, 1, 1, 1]), bias: $0.x[0, 0..<1],
          padding: .same)
      },
      {
        conv2D(
          $0.x.reshaped(to: [1, 3, 2, 1]), kernel: $0.x[0].reshaped(to: [2, 1, 1, 1]), bias: $0.x[0, 0..<1],
          padding: .same)
      }
    ),
    (
      "conv2DTranspose",
      {
        conv2DTranspose(
          $0.x.reshaped(to: [1, 3, 2, 1]), kernel: $0.x[0].reshaped(to: [2, 1, 1, 1]), bias: $0.x[0, 0..<1])
      },
      {
        conv2DTranspose(
          $0.x.reshaped(to: [1, 3, 2, 1]), kernel: $0.x[0].reshaped(to: [2, 1, 1, 1]), bias: $0.x[0, 0..<1])
      }
    ),
    (
      "attention",
      {
        scaledDotProductAttention(
          $0.x.expanded(at: 0), $0.x.expanded(at: 0), $0.x.expanded(at: 0), heads: 2, isCausal: true)
      },
      {
        scaledDotProductAttention(
          $0.x.expanded(at: 0), $0.x.expanded(at: 0), $0.x.expanded(at: 0), heads: 2, isCausal: true)
      }
    ),
    (
      "dropout", { dropout($0.x, rate: 0.5, key: key, examples: [5, 6, 7]) },
      { dropout($0.x, rate: 0.5, key: key, examples: [5, 6, 7]) }
    ),
    (
      "crossEntropy", { crossEntropy(logits: $0.x, labels: [0, 1, 1]) },
      { crossEntropy(logits: $0.x, labels: [0, 1, 1]) }
    ),
    (
      "crossEntropies", { crossEntropies(logits: $0.x, classes: numbers[0..<3]) },
      { crossEntropies(logits: $0.x, classes: numbers[0..<3]) }
    ),
    (
      "crossEntropy dense",
      { crossEntropy($0.x, kernel: $0.x.transposed(), bias: $0.x.sum(axes: [1]), labels: [0, 2, 1]) },
      { crossEntropy($0.x, kernel: $0.x.transposed(), bias: $0.x.sum(axes: [1]), labels: [0, 2, 1]) }
    ),
    (
      "bce logits", { binaryCrossEntropy(logits: $0.x, targets: targets) },
      { binaryCrossEntropy(logits: $0.x, targets: targets) }
    ),
    (
      "bce", { binaryCrossEntropy(probabilities: 0.4 * $0.x, targets: targets) },
      { binaryCrossEntropy(probabilities: 0.4 * $0.x, targets: targets) }
    ),
  ]

  static let lossesAndDraws: [Pair] = [
    ("squaredError", { squaredError($0.x, targets: targets) }, { squaredError($0.x, targets: targets) }),
    ("absoluteError", { absoluteError($0.x, targets: targets) }, { absoluteError($0.x, targets: targets) }),
    ("huber", { huber($0.x, targets: targets, delta: 0.5) }, { huber($0.x, targets: targets, delta: 0.5) }),
    (
      "nll", { gaussianNegativeLogLikelihood(mean: $0.x, logVariance: $0.x.log(), targets: targets) },
      { gaussianNegativeLogLikelihood(mean: $0.x, logVariance: $0.x.log(), targets: targets) }
    ),
    (
      "divergence", { gaussianDivergence(mean: $0.x, logVariance: $0.x.log(), from: $0.x.exp(), $0.x.sin()) },
      { gaussianDivergence(mean: $0.x, logVariance: $0.x.log(), from: $0.x.exp(), $0.x.sin()) }
    ),
    (
      "standardNormalDivergence", { standardNormalDivergence(mean: $0.x, logVariance: $0.x.log()) },
      { standardNormalDivergence(mean: $0.x, logVariance: $0.x.log()) }
    ),
    (
      "categorical", { categorical(logits: $0.x, key: key, examples: [5, 6, 7]) },
      { categorical(logits: $0.x, key: key, examples: [5, 6, 7]) }
    ),
    (
      "multinomial", { multinomial(logits: $0.x, count: 4, replacing: true, key: key, examples: [5, 6, 7]) },
      { multinomial(logits: $0.x, count: 4, replacing: true, key: key, examples: [5, 6, 7]) }
    ),
    (
      "gumbelSoftmax", { gumbelSoftmax($0.x, temperature: 0.5, isHard: true, key: key, examples: [5, 6, 7]) },
      { gumbelSoftmax($0.x, temperature: 0.5, isHard: true, key: key, examples: [5, 6, 7]) }
    ),
    (
      "gammaSample", { gammaSample(concentration: $0.x, key: key, examples: [5, 6, 7]) },
      { gammaSample(concentration: $0.x, key: key, examples: [5, 6, 7]) }
    ),
    (
      "logGammaSample", { logGammaSample(concentration: $0.x, key: key, examples: [5, 6, 7]) },
      { logGammaSample(concentration: $0.x, key: key, examples: [5, 6, 7]) }
    ),
    (
      "betaSample", { betaSample(alpha: $0.x, beta: $0.x.exp(), key: key, examples: [5, 6, 7]) },
      { betaSample(alpha: $0.x, beta: $0.x.exp(), key: key, examples: [5, 6, 7]) }
    ),
    (
      "dirichletSample", { dirichletSample(concentration: $0.x, key: key, examples: [5, 6, 7]) },
      { dirichletSample(concentration: $0.x, key: key, examples: [5, 6, 7]) }
    ),
    (
      "gaussianSample", { gaussianSample(mean: $0.x, logVariance: $0.x.log(), noise: targets) },
      { gaussianSample(mean: $0.x, logVariance: $0.x.log(), noise: targets) }
    ),
  ]
}
