import Latent
import LatentData

/// Elements that are one of C classes, as the numbers 0 ..< C: letters, tokens, labels of pixels. The decoder gives C logits
/// for each; nats.
public struct CategoricalLikelihood: Likelihood {
  /// C
  public let classes: Int

  public init(classes: Int) {
    require(classes > 1, "CategoricalLikelihood: \(classes) classes; there must be two at least")
    self.classes = classes
  }

  public var kind: LikelihoodKind { .categorical(classes: classes) }

  /// [..., P C] -> [..., P, C]
  private func logits(_ output: Variable) -> Variable {
    let (leading, last) = (Array(output.shape.dropLast()), output.shape[output.shape.count - 1])
    return output.reshaped(to: leading + [last / classes, classes])
  }

  /// log sum exp(l) - l_x
  public func elementLosses(_ output: Variable, of x: Variable) -> Variable {
    let logits = logits(output)
    let shape = Array(logits.shape.dropLast())
    return crossEntropies(logits: logits, classes: (x.shape == shape ? x : x.broadcast(to: shape)).tensor)
  }

  /// The most probable class, the first of several: classes have no mean. No gradient reaches the decoder.
  public func mean(_ output: Variable) -> Variable {
    let logits = logits(output.detached())
    let isLargest = logits .== logits.max(axes: [-1], keepingDimensions: true)
    return isLargest.select(numbers(output), output.constant(Double(classes))).min(axes: [-1])
  }

  public func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
    let tape = Tape()
    let shape = output.shape.dropLast() + [output.shape[output.shape.count - 1] / classes]
    let draws = uniforms(Array(shape), key: key, streams: streams, element: output.element)
    return firstBeyond(tape.constant(draws), tape.constant(output))
  }

  /// By the order of the classes' numbers.
  public func quantile(_ output: Tensor, at probability: Double) -> Tensor {
    Quantile.check(probability)
    let tape = Tape()
    return firstBeyond(
      tape.constant(Tensor([probability], shape: [1], element: output.element)), tape.constant(output))
  }

  /// How many classes there are whose probabilities, with those before, are less.
  private func firstBeyond(_ probability: Variable, _ output: Variable) -> Tensor {
    let each = logits(output).softmax()
    let parts = each.split(Array(repeating: 1, count: classes), axis: -1).map {
      $0.reshaped(to: Array(each.shape.dropLast()))
    }
    var (sum, count) = (parts[0], parts[0] .< probability)
    for part in parts.dropFirst().dropLast() {
      sum = sum + part
      count = count + (sum .< probability)
    }
    return count.tensor
  }

  /// 0 ..< C, [C]
  private func numbers(_ output: Variable) -> Variable {
    output.tape.constant(
      Tensor((0..<classes).map { Double($0) }, shape: [classes], element: output.tensor.element))
  }
}

extension LikelihoodKind {
  /// ``CategoricalLikelihood``; in options and files `categorical-256`, with the number of classes.
  public static func categorical(classes: Int) -> LikelihoodKind {
    LikelihoodKind(
      "categorical-\(classes)", title: "categorical with \(classes) classes", formula: "CE", support: .classes(classes),
      numbersPerElement: classes, link: .largest
    ) { _, _ in CategoricalLikelihood(classes: classes) }
  }
}
