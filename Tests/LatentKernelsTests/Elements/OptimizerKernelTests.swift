import CLatentKernels
import LatentKernels
import TestSupport
import Testing

/// One optimizer step, clamping, sums of squares and moving averages, with every instruction set, against plain loops in
/// double precision.
@Suite struct OptimizerKernelTests {
  private static let lengths = [0, 1, 3, 7, 15, 16, 17, 33, 64, 131]

  private func sample(_ n: Int, _ element: ElementType, seed: Int, _ range: ClosedRange<Double> = -2...2)
    -> GuardedArray
  {
    var sample = SampleValues(seed: seed)
    return GuardedArray(sample.numbers(n, range), element)
  }

  /// Weights and up to three buffers after `step`, against `formula` on each element's numbers: weight, then buffers.
  private func check(
    _ name: String, _ element: ElementType, slots: [ClosedRange<Double>],
    step: (_ w: GuardedArray, _ g: GuardedArray, _ slots: [GuardedArray]) -> Void,
    formula: (_ g: Double, _ numbers: inout [Double]) -> Void
  ) {
    let tolerance = element == .float32 ? 2e-6 : 1e-14
    for n in Self.lengths {
      let g = sample(n, element, seed: 2)
      let arrays =
        [sample(n, element, seed: 1)] + slots.enumerated().map { sample(n, element, seed: 3 + $0, $1) }
      let (gradient, before) = (g.values, arrays.map(\.values))
      step(arrays[0], g, Array(arrays.dropFirst()))
      var expected = before
      for i in 0..<n {
        var numbers = before.map { $0[i] }
        formula(gradient[i], &numbers)
        for index in expected.indices { expected[index][i] = numbers[index] }
      }
      for (index, (array, values)) in zip(arrays, expected).enumerated() {
        #expect(maxRelativeError(array.values, values) < tolerance, "\(name) \(index) n=\(n)")
      }
      #expect(g.values == gradient)
    }
  }

  @Test(arguments: InstructionSet.withOwnLoops, ElementType.computing)
  func momentum(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    for nesterov in [false, true] {
      check("sgd \(set) \(nesterov)", element, slots: [-1...1]) { w, g, s in
        table.optimizers.sgd_momentum(w.pointer, g.pointer, s[0].pointer, w.count, 0.125, 0.875, nesterov ? 1 : 0)
      } formula: { g, x in
        x[1] = 0.875 * x[1] - 0.125 * g
        x[0] += nesterov ? 0.875 * x[1] - 0.125 * g : x[1]
      }
    }
  }

  @Test(arguments: InstructionSet.withOwnLoops, ElementType.computing)
  func rmsprop(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    for (centered, moving) in [(false, false), (false, true), (true, false), (true, true)] {
      check("rmsprop \(set) \(centered) \(moving)", element, slots: [1...2, -0.5...0.5, -1...1]) { w, g, s in
        table.optimizers.rmsprop(
          w.pointer, g.pointer, s[0].pointer, centered ? s[1].pointer : nil, moving ? s[2].pointer : nil, w.count,
          0.125, 0.75, 0.875, 0.0625)
      } formula: { g, x in
        x[1] = 0.75 * x[1] + 0.25 * g * g
        if centered { x[2] = 0.75 * x[2] + 0.25 * g }
        var change = 0.125 * g / (x[1] - (centered ? x[2] * x[2] : 0) + 0.0625).squareRoot()
        if moving {
          change += 0.875 * x[3]
          x[3] = change
        }
        x[0] -= change
      }
    }
    // A variance of 0 that rounding makes negative must not give NaN.
    let values = [Double](repeating: 1000.1, count: 16)
    let (w, g) = (GuardedArray(count: 16, element, filledWith: 1), GuardedArray(values, element))
    let (square, mean) = (GuardedArray(values.map { $0 * $0 * (1 - 1e-6) }, element), GuardedArray(values, element))
    table.optimizers.rmsprop(w.pointer, g.pointer, square.pointer, mean.pointer, nil, 16, 1e-3, 0.9, 0, 1e-7)
    #expect(w.values.allSatisfy { $0.isFinite })
  }

  @Test(arguments: InstructionSet.withOwnLoops, ElementType.computing)
  func adam(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    for decay in [0, 0.25] {
      check("adam \(set) \(decay)", element, slots: [-2...2, 0...1]) { w, g, s in
        table.optimizers.adam(
          w.pointer, g.pointer, s[0].pointer, s[1].pointer, w.count, 0.125, 0.875, 0.96875, 0.0625, decay)
      } formula: { g, x in
        x[1] = 0.875 * x[1] + 0.125 * g
        x[2] = 0.96875 * x[2] + 0.03125 * g * g
        x[0] = x[0] * (1 - decay) - 0.125 * x[1] / (x[2].squareRoot() + 0.0625)
      }
    }
  }

  @Test(arguments: InstructionSet.withOwnLoops, ElementType.computing)
  func adamaxAndLion(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    check("adamax \(set)", element, slots: [-2...2, 0...2]) { w, g, s in
      table.optimizers.adamax(w.pointer, g.pointer, s[0].pointer, s[1].pointer, w.count, 0.125, 0.875, 0.75, 0.0625)
    } formula: { g, x in
      x[1] = 0.875 * x[1] + 0.125 * g
      x[2] = max(0.75 * x[2], abs(g))
      x[0] -= 0.125 * x[1] / (x[2] + 0.0625)
    }
    for decay in [0, 0.25] {
      check("lion \(set) \(decay)", element, slots: [-2...2]) { w, g, s in
        table.optimizers.lion(w.pointer, g.pointer, s[0].pointer, w.count, 0.125, 0.5, 0.75, decay)
      } formula: { g, x in
        let c = 0.5 * x[1] + 0.5 * g
        x[0] = x[0] * (1 - decay) - 0.125 * (c > 0 ? 1 : -1)
        x[1] = 0.75 * x[1] + 0.25 * g
      }
    }
    // No step where the direction is 0; NaN is not hidden.
    let (w, g) = (GuardedArray([1, 1], element), GuardedArray([0, .nan], element))
    let m = GuardedArray([0, 0], element)
    table.optimizers.lion(w.pointer, g.pointer, m.pointer, 2, 0.125, 0.5, 0.75, 0)
    #expect(w.values[0] == 1 && w.values[1].isNaN)
  }

  @Test(arguments: InstructionSet.withOwnLoops, ElementType.computing)
  func adaptive(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee.optimizers
    check("adagrad \(set)", element, slots: [0...2]) { w, g, s in
      table.adagrad(w.pointer, g.pointer, s[0].pointer, w.count, 0.125, 0.25, 0.0625)
    } formula: { g, x in
      x[1] += g * g
      x[0] -= 0.125 * g / ((x[1] + 0.25).squareRoot() + 0.0625)
    }
    check("adadelta \(set)", element, slots: [0...2, 0...1]) { w, g, s in
      table.adadelta(w.pointer, g.pointer, s[0].pointer, s[1].pointer, w.count, 0.5, 0.75, 0.0625)
    } formula: { g, x in
      x[1] = 0.75 * x[1] + 0.25 * g * g
      let change = ((x[2] + 0.0625) / (x[1] + 0.0625)).squareRoot() * g
      x[2] = 0.75 * x[2] + 0.25 * change * change
      x[0] -= 0.5 * change
    }
    for decay in [0, 0.25] {
      check("nadam \(set) \(decay)", element, slots: [-2...2, 0...1]) { w, g, s in
        table.nadam(
          w.pointer, g.pointer, s[0].pointer, s[1].pointer, w.count, 0.125, 0.5, 0.875, 0.96875, 0.0625, decay)
      } formula: { g, x in
        x[1] = 0.875 * x[1] + 0.125 * g
        x[2] = 0.96875 * x[2] + 0.03125 * g * g
        x[0] = x[0] * (1 - decay) - (0.125 * x[1] + 0.5 * g) / (x[2].squareRoot() + 0.0625)
      }
      check("radam_warm_up \(set) \(decay)", element, slots: [-2...2, 0...1]) { w, g, s in
        table.radam_warm_up(
          w.pointer, g.pointer, s[0].pointer, s[1].pointer, w.count, 0.125, 0.875, 0.96875, decay)
      } formula: { g, x in
        x[1] = 0.875 * x[1] + 0.125 * g
        x[2] = 0.96875 * x[2] + 0.03125 * g * g
        x[0] = x[0] * (1 - decay) - 0.125 * x[1]
      }
    }
  }

  /// The moments leave the weights, and say how long the direction is that the step then takes.
  @Test(arguments: InstructionSet.withOwnLoops, ElementType.computing)
  func lamb(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee.optimizers
    let direction = { (x: [Double]) in 1.5 * x[1] / (x[2].squareRoot() + 0.0625) + 0.25 * x[0] }
    check("lamb \(set)", element, slots: [-2...2, 0...1]) { w, g, s in
      let before = w.values
      let squares = table.lamb_moments(
        w.pointer, g.pointer, s[0].pointer, s[1].pointer, w.count, 0.875, 0.96875, 1.5, 0.0625, 0.25)
      #expect(w.values == before)
      let expected = w.values.indices.reduce(0.0) {
        let length = direction([w.values[$1], s[0].values[$1], s[1].values[$1]])
        return $0 + length * length
      }
      #expect(abs(squares - expected) <= (element == .float32 ? 1e-5 : 1e-13) * expected, "lamb_moments n=\(w.count)")
      table.lamb(w.pointer, s[0].pointer, s[1].pointer, w.count, 0.125, 1.5, 0.0625, 0.25)
    } formula: { g, x in
      x[1] = 0.875 * x[1] + 0.125 * g
      x[2] = 0.96875 * x[2] + 0.03125 * g * g
      x[0] -= 0.125 * direction(x)
    }
  }

  @Test(arguments: InstructionSet.withOwnLoops, ElementType.computing)
  func squaresClampsAndAverages(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    for n in Array(0...70) + [255, 256, 257, 511, 512, 513, 5000] {
      let x = GuardedArray(wholeNumbers: n, element, seed: n)
      #expect(table.sum_squares(x.pointer, n) == x.values.reduce(0) { $0 + $1 * $1 }, "sum_squares \(set) n=\(n)")
    }
    for n in Self.lengths {
      let (x, y) = (sample(n, element, seed: 1), sample(n, element, seed: 2))
      let clamped = y.copy()
      table.clamp(-0.5, 0.75, clamped.pointer, n)
      #expect(clamped.values == y.values.map { min(max($0, -0.5), 0.75) }, "clamp \(set) n=\(n)")
      let moved = y.copy()
      table.move_toward(x.pointer, 0.125, moved.pointer, n)
      let expected = zip(x.values, y.values).map { 0.125 * $0 + 0.875 * $1 }
      #expect(maxRelativeError(moved.values, expected) < (element == .float32 ? 5e-7 : 1e-14), "\(set) n=\(n)")
      let same = x.copy()
      table.move_toward(x.pointer, 0.001, same.pointer, n)
      #expect(same.hasSameBits(as: x))
    }
    let bad = GuardedArray([.nan, .infinity, -.infinity], element)
    table.clamp(-1, 1, bad.pointer, 3)
    #expect(bad.values[0].isNaN && bad.values[1] == 1 && bad.values[2] == -1)
  }
}
