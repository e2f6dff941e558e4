import LatentKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Changes a model so that its loss falls.
public protocol Optimizer: Sendable {
  /// The step size.
  var learningRate: Double { get set }

  /// Takes one step, on the pool's workers where one is given.
  mutating func update(_ model: inout some Module, along gradients: Gradients, pool: WorkerPool?)
}

extension Optimizer {
  /// Takes one step on the calling thread.
  public mutating func update(_ model: inout some Module, along gradients: Gradients) {
    update(&model, along: gradients, pool: nil)
  }
}

/// Adam (Kingma & Ba 2015) with bias correction, in Keras's form:
///
///     m += (1 - beta1)(g - m)     v += (1 - beta2)(g^2 - v)
///     w -= learningRate sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)
public struct Adam: Optimizer {
  public var learningRate: Double
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  /// Steps taken so far.
  public private(set) var step = 0
  private var moments: (first: Storage, second: Storage)?

  public init(learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public mutating func update(_ model: inout some Module, along gradients: Gradients, pool: WorkerPool?) {
    let layout = gradients.layout
    var (first, second) = moments ?? (layout.zeros(), layout.zeros())
    precondition(
      first.count == layout.count && first.element == layout.element,
      "Adam: its moments are of another model, of \(first.count) \(first.element) elements, not \(layout.count) "
        + "\(layout.element); each model needs an optimizer of its own")
    moments = nil
    first.makeUnique()
    second.makeUnique()
    step += 1
    let rate = learningRate * (1 - pow(beta2, Double(step))).squareRoot() / (1 - pow(beta1, Double(step)))
    let blocks = model.writableBlocks(layout)
    let (beta1, beta2, epsilon) = (beta1, beta2, epsilon)
    let (m, v) = (first, second)
    let work: @Sendable (Int, Int) -> Void = { task, _ in
      let (weights, range) = blocks[task]
      weights.adamStep(
        gradient: gradients.flat[range], first: m[range], second: v[range], rate: rate, beta1: beta1, beta2: beta2,
        epsilon: epsilon)
    }
    if let pool {
      pool.run(tasks: blocks.count, as: "optimizer", work)
    } else {
      for task in blocks.indices { work(task, 0) }
    }
    moments = (first, second)
  }
}

extension Module {
  /// The weights in blocks that one worker takes at a time, each with its range in the layout's flat buffer. Weights
  /// that another copy of the model shares are copied first.
  mutating func writableBlocks(_ layout: ParameterLayout) -> [(weights: Storage, range: Range<Int>)] {
    let blockSize = 1 << 15
    var blocks: [(Storage, Range<Int>)] = []
    var slot = 0
    updateParameters { path, parameter in
      precondition(
        slot < layout.slots.count && layout.slots[slot].path == path
          && layout.slots[slot].shape == parameter.value.shape,
        "Optimizer: the gradients are of another model; \(path) \(parameter.value.shape) is not in their layout")
      parameter.value.storage.makeUnique()
      let start = layout.slots[slot].range.lowerBound
      for lower in stride(from: 0, to: parameter.value.count, by: blockSize) {
        let upper = min(lower + blockSize, parameter.value.count)
        blocks.append((parameter.value.storage[lower..<upper], start + lower..<start + upper))
      }
      slot += 1
    }
    return blocks
  }
}
