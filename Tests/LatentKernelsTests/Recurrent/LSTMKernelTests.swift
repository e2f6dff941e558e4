import CLatentKernels
import LatentKernels
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#endif

/// One time step's gates of every instruction set against plain loops in double precision, and the change of layout.
@Suite struct LSTMKernelTests {
  static let sets = InstructionSet.withOwnLoops
  static let hidden = [1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 67]

  /// One step's arrays, as the element type holds them.
  struct Step {
    let batch: Int, hidden: Int
    let z, bias, previous, dh, dc, biasGradient: GuardedArray

    init(_ element: ElementType, batch: Int, hidden: Int, scale: Double) {
      (self.batch, self.hidden) = (batch, hidden)
      var sample = SampleValues(seed: batch * 100 + hidden)
      func array(_ count: Int, _ scale: Double) -> GuardedArray {
        GuardedArray(sample.numbers(count, -scale...scale), element)
      }
      z = array(batch * 4 * hidden, scale)
      bias = array(4 * hidden, 1)
      previous = array(batch * hidden, 2)
      dh = array(batch * hidden, 1)
      dc = array(batch * hidden, 1)
      biasGradient = array(4 * hidden, 1)
    }

    /// Gates [B, 4H], cells and hidden states [B, H] by the formulas.
    func forward(hasPrevious: Bool) -> (gates: [Double], cell: [Double], h: [Double]) {
      let (z, bias, previous) = (z.values, bias.values, previous.values)
      var (gates, cell, h) = (z, previous, previous)
      for b in 0..<batch {
        for u in 0..<hidden {
          func sum(_ gate: Int) -> Double { z[(b * 4 + gate) * hidden + u] + bias[gate * hidden + u] }
          let (i, f, g, o) = (Plain.sigmoid(sum(0)), Plain.sigmoid(sum(1)), tanh(sum(2)), Plain.sigmoid(sum(3)))
          for (gate, value) in [i, f, g, o].enumerated() { gates[(b * 4 + gate) * hidden + u] = value }
          cell[b * hidden + u] = (hasPrevious ? f * previous[b * hidden + u] : 0) + i * g
          h[b * hidden + u] = o * tanh(cell[b * hidden + u])
        }
      }
      return (gates, cell, h)
    }

    /// dz [B, 4H], dc' [B, H] and the bias's gradient [4H], for these gates and cells.
    func backward(
      gates: [Double], cell: [Double], hasPrevious: Bool
    ) -> (dz: [Double], dc: [Double], bias: [Double]) {
      let (previous, dh) = (previous.values, dh.values)
      var (dz, dc, bias) = (gates, dc.values, biasGradient.values)
      for b in 0..<batch {
        for u in 0..<hidden {
          let (at, from) = (b * hidden + u, b * 4 * hidden + u)
          let (i, f) = (gates[from], gates[from + hidden])
          let (g, o) = (gates[from + 2 * hidden], gates[from + 3 * hidden])
          let t = tanh(cell[at])
          let d = dc[at] + dh[at] * o * (1 - t * t)
          let terms = [
            d * g * i * (1 - i), hasPrevious ? d * previous[at] * f * (1 - f) : 0, d * i * (1 - g * g),
            dh[at] * t * o * (1 - o),
          ]
          for (gate, value) in terms.enumerated() {
            dz[from + gate * hidden] = value
            bias[gate * hidden + u] += value
          }
          dc[at] = d * f
        }
      }
      return (dz, dc, bias)
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func gatesForward(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    // Float32: a sum z + b of 60 has a last place of 4e-6, which the derivative of a small gate passes on in full.
    for hidden in Self.hidden {
      for (batch, gap, scale) in [(1, 0, 3.0), (3, 5, 3.0), (2, 1, 60.0)] {
        let step = Step(element, batch: batch, hidden: hidden, scale: scale)
        let tolerance = (element == .float32 ? 5e-7 : 1e-14) * max(1, scale / 10)
        for hasPrevious in [true, false] {
          let gates = step.z.copy()
          let cell = GuardedArray(count: batch * hidden, element)
          let h = GuardedArray(count: (batch - 1) * (hidden + gap) + hidden, element)
          table.operands.lstm_gates(
            gates.pointer, gates.pointer, step.bias.pointer, hasPrevious ? step.previous.pointer : nil, cell.pointer,
            h.pointer,
            hidden + gap, batch, hidden)
          let expected = step.forward(hasPrevious: hasPrevious)
          let rows = h.values
          let starts = (0..<batch).map { (row: Int) -> Int in row * (hidden + gap) }
          let states = starts.flatMap { rows[$0..<$0 + hidden] }
          let between = starts.dropLast().flatMap { rows[$0 + hidden..<$0 + hidden + gap] }
          let name = "\(set) \(element) B=\(batch) H=\(hidden) scale \(scale) previous \(hasPrevious)"
          #expect(maxRelativeError(gates.values, expected.gates) < tolerance, "gates, \(name)")
          #expect(maxRelativeError(cell.values, expected.cell) < tolerance, "cell, \(name)")
          #expect(maxRelativeError(states, expected.h) < tolerance, "h, \(name)")
          #expect(between.allSatisfy { $0 == -77 }, "h wrote between its rows, \(name)")
        }
      }
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func gatesBackward(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    let tolerance = element == .float32 ? 2e-6 : 1e-13
    for hidden in Self.hidden {
      for batch in [1, 3] {
        let step = Step(element, batch: batch, hidden: hidden, scale: 2)
        for hasPrevious in [true, false] {
          let forward = step.forward(hasPrevious: hasPrevious)
          let gates = GuardedArray(forward.gates, element)
          let cell = GuardedArray(forward.cell, element)
          let expected = step.backward(gates: gates.values, cell: cell.values, hasPrevious: hasPrevious)
          let (dc, bias) = (step.dc.copy(), step.biasGradient.copy())
          table.operands.lstm_gates_backward(
            gates.pointer, hasPrevious ? step.previous.pointer : nil, cell.pointer, step.dh.pointer, dc.pointer,
            bias.pointer, batch, hidden)
          let name = "\(set) \(element) B=\(batch) H=\(hidden) previous \(hasPrevious)"
          for gate in 0..<4 {  // each by itself: one gate's gradients may be much smaller than another's
            func part(_ values: [Double]) -> [Double] {
              (0..<batch).flatMap { (example: Int) -> ArraySlice<Double> in
                let start = (example * 4 + gate) * hidden
                return values[start..<start + hidden]
              }
            }
            #expect(maxRelativeError(part(gates.values), part(expected.dz)) < tolerance, "dz of gate \(gate), \(name)")
          }
          #expect(maxRelativeError(dc.values, expected.dc) < tolerance, "dc, \(name)")
          #expect(maxRelativeError(bias.values, expected.bias) < tolerance, "bias, \(name)")
        }
      }
    }
  }

  /// Far out, gates are exactly 0 or 1, gradients exactly 0, and nothing is NaN.
  @Test(arguments: sets, ElementType.computing)
  func saturatedGates(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    let hidden = 17
    let signs: [(Double, Double, Double, Double)] = [(1, 1, 1, 1), (-1, 1, -1, 1), (1, -1, -1, 1), (1, 1, 1, -1)]
    for sign in signs {
      let z = [sign.0, sign.1, sign.2, sign.3].flatMap { [Double](repeating: 1e4 * $0, count: hidden) }
      let gates = GuardedArray(z, element)
      let zero = GuardedArray(count: 4 * hidden, element, filledWith: 0)
      let previous = GuardedArray(count: hidden, element, filledWith: 0.5)
      let (cell, h) = (GuardedArray(count: hidden, element), GuardedArray(count: hidden, element))
      table.operands.lstm_gates(
        gates.pointer, gates.pointer, zero.pointer, previous.pointer, cell.pointer, h.pointer, hidden, 1, hidden)
      let (i, f, g, o) = (max(sign.0, 0), max(sign.1, 0), sign.2, max(sign.3, 0))
      let c = f * 0.5 + i * g
      #expect(cell.values == [Double](repeating: c, count: hidden))
      #expect(h.values.allSatisfy { abs($0 - o * tanh(c)) < 1e-7 })
      let dh = GuardedArray(count: hidden, element, filledWith: 1)
      let dc = GuardedArray(count: hidden, element, filledWith: 1)
      table.operands.lstm_gates_backward(
        gates.pointer, previous.pointer, cell.pointer, dh.pointer, dc.pointer, zero.pointer, 1, hidden)
      #expect(gates.values.allSatisfy { $0 == 0 })
      #expect(zero.values.allSatisfy { $0 == 0 })
      #expect(dc.values.allSatisfy { abs($0 - f * (1 + o * (1 - tanh(c) * tanh(c)))) < 1e-6 })
    }
  }

  /// [B, T, C] to [T, B, C] with rows `stride` apart and back again, nothing touched in between.
  @Test(arguments: sets, ElementType.computing)
  func layouts(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    for (batch, time, columns, gap) in [(1, 1, 1, 0), (3, 5, 7, 4), (5, 3, 17, 0), (2, 4, 33, 15), (7, 1, 2, 1)] {
      let values = (0..<batch * time * columns).map(Double.init)
      let x = GuardedArray(values, element)
      let stride = columns + gap
      let timeMajor = GuardedArray(count: (time * batch - 1) * stride + columns, element)
      table.operands.to_time_major(x.pointer, timeMajor.pointer, batch, time, columns, stride)
      var expected = [Double](repeating: -77, count: timeMajor.count)
      for t in 0..<time {
        for b in 0..<batch {
          for c in 0..<columns { expected[(t * batch + b) * stride + c] = values[(b * time + t) * columns + c] }
        }
      }
      #expect(timeMajor.values == expected)
      let back = GuardedArray(count: values.count, element)
      table.operands.to_batch_major(timeMajor.pointer, back.pointer, batch, time, columns, stride)
      #expect(back.values == values)
    }
  }
}
