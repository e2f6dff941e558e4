import Latent
import TestSupport
import Testing

/// Infinities and zeros, where a formula meets 0 times infinity: values and gradients as PyTorch's, or, where that gives NaN
/// and there is a limit, the limit.
@Suite struct CornerTests {
  private typealias Function = @Sendable (_ a: Variable, _ b: Variable?) -> Variable

  /// By the names of the cases in the file, without the gradient from above.
  private static let functions: [String: Function] = [
    "crossEntropy": { a, _ in crossEntropy(logits: a, labels: [1, 1, 0]) },
    "crossEntropy of a masked label": { a, _ in crossEntropy(logits: a, labels: [1]) },
    "logSumExp": { a, _ in a.logSumExp(axes: [-1]) },
    "logSumExp of nothing": { a, _ in a.logSumExp(axes: [-1]) },
    "logSumExp of infinity": { a, _ in a.logSumExp(axes: [-1]) },
    "softmax": { a, _ in a.softmax() },
    "softmax of nothing": { a, _ in a.softmax() },
    "logSoftmax": { a, _ in a.logSoftmax() },
    "binaryCrossEntropy": { a, _ in
      binaryCrossEntropy(logits: a, targets: Tensor([0, 0.5, 0], shape: [1, 3], element: a.tensor.element))
    },
    "exp": { a, _ in a.exp() }, "log": { a, _ in a.log() }, "log1p": { a, _ in a.log1p() },
    "squareRoot": { a, _ in a.squareRoot() }, "abs": { a, _ in a.abs() }, "sigmoid": { a, _ in a.sigmoid() },
    "tanh": { a, _ in a.tanh() }, "softplus": { a, _ in a.softplus() }, "erf": { a, _ in a.erf() },
    "relu": { a, _ in a.relu() }, "elu": { a, _ in a.elu() }, "leakyRelu": { a, _ in a.leakyRelu() },
    "clipped": { a, _ in a.clipped(to: -1...1) },
    "power 0.0": { a, _ in a.power(0) }, "power 1.0": { a, _ in a.power(1) }, "power 3.0": { a, _ in a.power(3) },
    "power -1.0": { a, _ in a.power(-1) }, "power 1.5": { a, _ in a.power(1.5) }, "power": { a, b in a.power(b!) },
    "maximum": { a, b in .maximum(a, b!) }, "minimum": { a, b in .minimum(a, b!) }, "/": { a, b in a / b! },
    "select": { a, b in a.tape.constant(Tensor([1, 0], shape: [2], element: a.tensor.element)).select(a, b!) },
    "max": { a, _ in a.max(axes: [-1]) },
    "absoluteError": { a, _ in absoluteError(a, targets: Tensor([0, 1, 1], shape: [1, 3], element: a.tensor.element)) },
    "huber": { a, _ in huber(a, targets: Tensor([0, 1, 1], shape: [1, 3], element: a.tensor.element)) },
    "mean of nothing": { a, _ in a.mean(axes: [-1]) },
    "variance of one": { a, _ in a.variance(axes: [-1]) },
    "unbiased variance of one": { a, _ in a.variance(axes: [-1], unbiased: true) },
    "standardNormalDivergence": { a, b in standardNormalDivergence(mean: a, logVariance: b!) },
  ]

  @Test(arguments: ElementType.computing)
  func areThoseOfPyTorch(_ element: ElementType) throws {
    let golden = try Golden.load("torch_corners")
    func tensor(_ key: String) -> Tensor { Tensor(golden[key], shape: golden.shape(of: key), element: element) }
    func isSame(_ found: [Double], _ expected: [Double]) -> Bool {
      found.count == expected.count
        && zip(found, expected).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) || abs($0 - $1) <= 1e-6 * abs($1) }
    }
    let names = Set(golden.names.filter { $0.hasSuffix(".y") }.map { String($0.dropLast(2)) })
    #expect(Set(names.map(function)) == Set(Self.functions.keys))
    for name in names.sorted() {
      let letters = ["a", "b"].filter { golden.names.contains("\(name).\($0)") }
      let (a, b) = (tensor("\(name).a"), letters.count > 1 ? tensor("\(name).b") : Tensor([0], shape: [1]))
      let operands = letters.count > 1 ? Operands(["a": a, "b": b]) : Operands(["a": a])
      let layout = ParameterLayout(of: operands)
      let tape = Tape(layout: layout)
      let y = Self.functions[function(name)]!(
        operands("a", on: tape), letters.count > 1 ? operands("b", on: tape) : nil)
      #expect(isSame(y.tensor.values, golden["\(name).y"]), "\(name): \(y.tensor.values)")
      var gradients = Gradients(layout: layout)
      // The gradient from above comes in as it is: times an infinite value it would be NaN.
      let upstream = tensor("\(name).upstream")
      tape.backward(from: Self.sum(y, weighted: upstream), into: &gradients)
      for letter in letters {
        let found = gradients[letter].values
        #expect(isSame(found, golden["\(name).grad.\(letter)"]), "\(name), d/d\(letter): \(found)")
      }
    }
  }

  /// The name of a case's function: what stands before ", 1.0".
  private func function(_ name: String) -> String {
    name.split(separator: ",").first.map(String.init) ?? name
  }

  /// One number whose gradient in y is `upstream`.
  private static func sum(_ y: Variable, weighted upstream: Tensor) -> Variable {
    let output = Tensor([0], shape: [], element: y.tensor.element)
    return y.tape.record("weighted", inputs: [y], output: output) { backward in
      let scale = backward.upstream.storage.doubles()[0]
      backward.accumulate(0) { $0.assign(upstream.storage, times: scale) }
    }
  }

  /// PyTorch, Keras and JAX give NaN where an infinite logit agrees with its target: 0 times infinity. The limit is 0.
  @Test(arguments: ElementType.computing, [1, 5000])
  func certaintyCosts(_ element: ElementType, _ places: Int) {
    let logits: [Double] = [.infinity, -.infinity, 2]
    let targets: [Double] = [1, 0, 1]
    func repeated(_ values: [Double]) -> Tensor {
      let all = (0..<places).flatMap { _ in values }
      return Tensor(all, shape: [1, all.count], element: element)
    }
    let operands = Operands(["x": repeated(logits)])
    let (value, gradients) = valueWithGradients(of: operands) { operands, tape in
      binaryCrossEntropy(logits: operands("x", on: tape), targets: repeated(targets))
    }
    let one = 0.126928011042972  // log(1 + exp(-2))
    #expect(abs(value / (Double(places) * one) - 1) < 1e-6)
    #expect(gradients["x"].values.prefix(2) == [0, 0])
    // What is wrong and certain costs infinitely much, and what is no number stays none.
    let tape = Tape()
    func loss(_ logit: Double, _ target: Double) -> Double {
      binaryCrossEntropy(
        logits: tape.constant(Tensor([1, logit], shape: [1, 2], element: element)),
        targets: Tensor([1, target], shape: [1, 2], element: element)
      ).scalar
    }
    #expect(loss(.infinity, 0) == .infinity && loss(-.infinity, 1) == .infinity && loss(-.infinity, 0.5) == .infinity)
    #expect(loss(.nan, 0).isNaN)
  }

  /// Dropping an infinite element leaves 0, not 0 times infinity.
  @Test func droppedInfinities() {
    let x = Tape().constant(Tensor(repeating: .infinity, shape: [1, 1000]))
    let y = dropout(x, rate: 0.5, key: RandomKey(seed: 1), examples: [0]).tensor.values
    #expect(Set(y) == [0, .infinity])
  }

  @Test func labelsOfManyClasses() {
    // A table of 300,000 classes squared would be 360 GB.
    let labels = [299_999, 0]
    let oneHot = Tensor(oneHot: labels, classes: 300_000)
    #expect(oneHot.largestIndices() == labels && oneHot.storage.sum() == 2)
    let logits = Tape().constant(Tensor(zeros: [2, 300_000]))
    #expect(abs(crossEntropy(logits: logits, labels: labels).scalar - 12.611537753638338) < 1e-5)
  }
}
