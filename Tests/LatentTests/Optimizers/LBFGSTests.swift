import Foundation
import Latent
import TestSupport
import Testing

/// L-BFGS against PyTorch's minimum, and step by step against a matrix that is kept whole.
@Suite struct LBFGSTests {
  /// 20 examples of 3 features, the two classes of which are not separable.
  private static let x = Tensor(
    (0..<60).map { (index: Int) -> Double in
      let (row, column) = (index / 3, index % 3)
      return Double((row * 3 + column * 5) % 7 - 3) / 2
    }, shape: [20, 3], element: .float64)
  private static let y = Tensor(
    (0..<20).map { (row: Int) -> Double in row * row % 3 == 1 ? 1 : 0 }, shape: [20, 1], element: .float64)

  private static func loss(_ model: Operands, _ tape: Tape) -> Variable {
    let (w, targets) = (model("w", on: tape), tape.constant(y))
    let logits = matmul(tape.constant(x), w)
    let losses: Variable = logits.softplus() - logits * targets
    return losses.mean() + 0.05 * w.squared().sum()
  }

  private static func start(_ element: ElementType = .float64) -> Operands {
    Operands(["w": Tensor(zeros: [3, 1], element: element)])
  }

  /// torch.optim.LBFGS([w], max_iter=200, tolerance_grad=1e-12, tolerance_change=0, line_search_fn="strong_wolfe") on
  /// binary_cross_entropy_with_logits(x @ w, y) + 0.05 * (w * w).sum()
  @Test func findsPyTorchsMinimum() {
    var (model, steps) = (Self.start(), [LBFGS.Progress]())
    let end = LBFGS(tolerance: 1e-10).minimize(&model, onStep: { steps.append($0) }, Self.loss)
    let expected = [0.022838747718731244, 0.06712621361719003, 0.13570067609553596]
    #expect(maxRelativeError(model.parameters[0].value.values, expected) < 1e-7)
    // PyTorch stops a little before; Newton's method ends here.
    let exact = [0.022838746688736478, 0.06712621787601893, 0.13570067566116747]
    #expect(maxRelativeError(model.parameters[0].value.values, exact) < 2e-9)
    #expect(abs(end.loss - 0.6903280872070735) < 1e-14)
    #expect(end.hasConverged && end.gradientNorm <= 1e-10 && end.steps < 30)
    #expect(steps.map(\.steps) == Array(1...end.steps) && steps.last?.loss == end.loss)
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $1.loss <= $0.loss })
  }

  /// Rosenbrock's valley in ten dimensions, over 25 steps, against BFGS written with whole matrices: the inverse curvature is
  /// made anew from the last pairs, H' = (1 - p s y^T) H (1 - p y s^T) + p s s^T with p = 1 / (s · y), as Nocedal writes it.
  @Test func stepsAreThoseOfWholeMatrices() {
    func value(_ x: [Double]) -> Double {
      var sum = 0.0
      for i in 0..<9 {
        let (miss, rise) = (1 - x[i], x[i + 1] - x[i] * x[i])
        sum += miss * miss + 100 * rise * rise
      }
      return sum
    }
    func gradient(_ x: [Double]) -> [Double] {
      var g = [Double](repeating: 0, count: 10)
      for i in 0..<9 {
        let rise = x[i + 1] - x[i] * x[i]
        g[i] += -2 * (1 - x[i]) - 400 * x[i] * rise
        g[i + 1] += 200 * rise
      }
      return g
    }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0.0) { $0 + $1.0 * $1.1 } }
    let first: [Double] = (0..<10).map { $0 % 2 == 0 ? -1.2 : 1.0 }
    var (x, pairs) = (first, [(s: [Double], y: [Double])]())
    for _ in 0..<25 {
      let g = gradient(x)
      var scale = min(1, 1 / dot(g, g).squareRoot())
      if let last = pairs.last { scale = dot(last.s, last.y) / dot(last.y, last.y) }
      var h: [[Double]] = (0..<10).map { i in (0..<10).map { j -> Double in i == j ? scale : 0 } }
      for (s, y) in pairs {
        let p = 1 / dot(s, y)
        let hy = h.map { dot($0, y) }
        let yhy = dot(y, hy)
        for i in 0..<10 {
          for j in 0..<10 {
            let outer: Double = (1 + p * yhy) * p * s[i] * s[j]
            let mixed: Double = hy[i] * s[j] + s[i] * hy[j]
            h[i][j] += outer - p * mixed
          }
        }
      }
      let direction = h.map { -dot($0, g) }
      var size = 1.0
      func next() -> [Double] { zip(x, direction).map { $0 + size * $1 } }
      while value(next()) > value(x) + 1e-4 * size * dot(g, direction) { size /= 2 }
      let new = next()
      let pair = (s: zip(new, x).map { $0 - $1 }, y: zip(gradient(new), g).map { $0 - $1 })
      if dot(pair.s, pair.y) > 0 { pairs = pairs.suffix(3) + [pair] }
      x = new
    }
    var model = Operands(["x": Tensor(first, shape: [10], element: .float64)])
    let end = LBFGS(tolerance: 0, memory: 4).minimize(
      &model, steps: 25,
      { (model: Operands, layout: ParameterLayout) -> (value: Double, gradients: Gradients) in
        var gradients = Gradients(layout: layout)
        let x = model.parameters[0].value.values
        gradients["x"] = Tensor(gradient(x), shape: [10], element: .float64)
        return (value(x), gradients)
      })
    #expect(end.steps == 25 && !end.hasConverged)
    #expect(maxRelativeError(model.parameters[0].value.values, x) < 1e-5, "rounding grows along the valley")
  }

  @Test func frozenPartsStayAndBuffersFollow() {
    var lbfgs = LBFGS()
    lbfgs.groups = [.under("b", isFrozen: true)]
    var model = Operands(["a": Tensor([5], shape: [1]), "b": Tensor([3], shape: [1])])
    let end = lbfgs.minimize(&model) { model, tape in (model("a", on: tape) - model("b", on: tape)).squared().sum() }
    #expect(end.hasConverged && model.parameters.map(\.value.values) == [[3], [3]])
    // Batch normalisation's averages come nearer to the batch's with each step.
    var norm = BatchNorm(size: 1, momentum: 0.5)
    let x = Tensor([1, 3], shape: [2, 1])
    let steps = LBFGS().minimize(&norm, steps: 3) { model, layout in
      valueWithGradients(of: model, layout: layout, pass: Pass(isTraining: true)) { model, tape in
        (model(tape.constant(x)) - 7).squared().mean()
      }
    }.steps
    let mean = norm.buffers.first { $0.path == "runningMean" }!.value.values[0]
    #expect(steps > 0 && abs(mean - 2 * (1 - pow(0.5, Double(steps)))) < 1e-6)
  }

  @Test func lossesThatAreNoNumbers() {
    var model = Self.start(.float32)
    let end = LBFGS().minimize(&model) { model, tape in (model("w", on: tape) * Double.nan).sum() }
    #expect(end.steps == 0 && !end.hasConverged && end.loss.isNaN)
    #expect(model.parameters[0].value.values == [0, 0, 0])
  }
}
