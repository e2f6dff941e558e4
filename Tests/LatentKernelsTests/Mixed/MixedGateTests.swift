import CLatentKernels
import LatentKernels
import TestSupport
import Testing

/// The LSTM's gates where products are of bfloat16, of every instruction set: against plain loops in double precision, and the
/// same bits wherever multiply-adds are fused.
@Suite struct MixedGateTests {
  static let sets = InstructionSet.available
  private static let hidden = [1, 3, 15, 16, 17, 33, 67, 530]

  /// What one step left, the operands as 16 bits.
  private struct Step {
    let plain: LSTMKernelTests.Step, loops: latent_operand_ops
    let kept: GuardedArray, cell: GuardedArray, h: GuardedArray
    var count: Int { plain.batch * plain.hidden }

    init(_ set: InstructionSet, batch: Int, hidden: Int, scale: Double, hasPrevious: Bool) {
      plain = LSTMKernelTests.Step(.float32, batch: batch, hidden: hidden, scale: scale)
      loops = Operations.mixedTable(set: set).pointee.operands
      kept = GuardedArray(count: batch * 2 * hidden, .float32)  // two operands in each
      cell = GuardedArray(count: batch * hidden, .float32)
      h = GuardedArray(count: (batch * hidden + 1) / 2, .float32)
      loops.lstm_gates(
        plain.z.pointer, kept.pointer, plain.bias.pointer, hasPrevious ? plain.previous.pointer : nil, cell.pointer,
        h.pointer, hidden, batch, hidden)
    }

    func operands(_ array: GuardedArray, _ count: Int) -> [UInt16] {
      let place = array.pointer.assumingMemoryBound(to: UInt16.self)
      return (0..<count).map { place[$0] }
    }

    static func widened(_ operands: [UInt16]) -> [Double] {
      operands.map { Double(Float(bitPattern: UInt32($0) << 16)) }
    }

    /// The gates as the way back reads them.
    func gates() -> [Double] {
      let gates = GuardedArray(count: 4 * count, .float32)
      loops.lstm_kept_gates(kept.pointer, gates.pointer, plain.batch, plain.hidden)
      return gates.values
    }
  }

  @Test(arguments: sets)
  func forward(_ set: InstructionSet) {
    for hidden in Self.hidden {
      for (batch, scale, hasPrevious) in [(1, 3.0, true), (3, 3.0, false), (2, 60.0, true)] {
        let step = Step(set, batch: batch, hidden: hidden, scale: scale, hasPrevious: hasPrevious)
        let expected = step.plain.forward(hasPrevious: hasPrevious)
        let name = "\(set) B=\(batch) H=\(hidden) scale \(scale)"
        // Gates within half a step of what 16 bits hold, or a whole one where they are 1, and the functions' own 3e-7. A sum
        // z + b of 60 has a last place of 4e-6, of which a gate is wrong by a quarter at most.
        let own = 3e-7 + (scale > 10 ? 1e-6 : 0)
        for (index, (kept, gate)) in zip(step.gates(), expected.gates).enumerated() {
          let size = index / hidden % 4 == 2 ? 0x1p-15 : 0x1p-16
          let bound = (gate > 1 - size ? size : size / 2) + own
          if abs(kept - gate) > bound { Issue.record("gate \(gate) kept as \(kept), \(name)") }
        }
        // Two products of gates with numbers of at most 2 and 1.
        #expect(zip(step.cell.values, expected.cell).allSatisfy { abs($0 - $1) < 4 * own }, "cell, \(name)")
        // bfloat16 rounds by up to 2^-8 of the number.
        let h = Step.widened(step.operands(step.h, step.count))
        #expect(zip(h, expected.h).allSatisfy { abs($0 - $1) < 6 * own + 0x1p-8 * abs($1) }, "h, \(name)")
      }
    }
  }

  @Test(arguments: sets)
  func backward(_ set: InstructionSet) {
    for hidden in Self.hidden {
      for hasPrevious in [true, false] {
        let step = Step(set, batch: 3, hidden: hidden, scale: 2, hasPrevious: hasPrevious)
        let (plain, name) = (step.plain, "\(set) H=\(hidden) previous \(hasPrevious)")
        let expected = plain.backward(gates: step.gates(), cell: step.cell.values, hasPrevious: hasPrevious)
        let (dc, bias) = (plain.dc.copy(), plain.biasGradient.copy())
        step.loops.lstm_gates_backward(
          step.kept.pointer, hasPrevious ? plain.previous.pointer : nil, step.cell.pointer, plain.dh.pointer,
          dc.pointer, bias.pointer, 3, hidden)
        let dz = Step.widened(step.operands(step.kept, 4 * step.count))
        #expect(zip(dz, expected.dz).allSatisfy { abs($0 - $1) < 2e-6 + 0x1p-8 * abs($1) }, "dz, \(name)")
        #expect(maxRelativeError(dc.values, expected.dc) < 2e-6, "dc, \(name)")
        #expect(maxRelativeError(bias.values, expected.bias) < 2e-6, "bias, \(name)")
      }
    }
  }

  /// Far out, gates are 0 or nearly 1 and nothing is NaN; NaN goes through to the cell and the state.
  @Test(arguments: sets)
  func extremes(_ set: InstructionSet) {
    let loops = Operations.mixedTable(set: set).pointee.operands
    let hidden = 17
    func step(_ z: [Double]) -> (cell: [Double], h: [Double], gates: [Double]) {
      let z = GuardedArray(z.flatMap { [Double](repeating: $0, count: hidden) }, .float32)
      let zero = GuardedArray(count: 4 * hidden, .float32, filledWith: 0)
      let previous = GuardedArray(count: hidden, .float32, filledWith: 0.5)
      let (kept, cell) = (GuardedArray(count: 2 * hidden, .float32), GuardedArray(count: hidden, .float32))
      let (h, gates) = (GuardedArray(count: hidden, .float32), GuardedArray(count: 4 * hidden, .float32))
      loops.lstm_gates(
        z.pointer, kept.pointer, zero.pointer, previous.pointer, cell.pointer, h.pointer, hidden, 1, hidden)
      loops.lstm_kept_gates(kept.pointer, gates.pointer, 1, hidden)
      let states = h.pointer.assumingMemoryBound(to: UInt16.self)
      return (cell.values, Step.widened((0..<hidden).map { states[$0] }), gates.values)
    }
    for far in [40.0, 1e4, .greatestFiniteMagnitude, .infinity] {
      let open = step([far, far, -far, far])
      for (index, kept) in open.gates.enumerated() {
        #expect(abs(kept - (index / hidden == 2 ? -1 : 1)) <= 0x1p-16)
      }
      let shut = step([-far, -far, far, -far])
      #expect(shut.cell.allSatisfy { abs($0) < 1e-8 } && shut.h.allSatisfy { abs($0) < 1e-8 })
      #expect(shut.gates[..<(2 * hidden)].allSatisfy { $0 == 0 })
    }
    for place in 0..<4 {
      var z = [0.5, 0.5, 0.5, 0.5]
      z[place] = .nan
      #expect(step(z).h.filter { !$0.isNaN }.isEmpty, "z of gate \(place)")
    }
  }

  @Test func sameBits() {
    func bits(_ set: InstructionSet) -> [[UInt16]] {
      let step = Step(set, batch: 3, hidden: 67, scale: 4, hasPrevious: true)
      let forward = step.operands(step.h, step.count) + step.operands(step.kept, 4 * step.count)
      let (dc, bias) = (step.plain.dc.copy(), step.plain.biasGradient.copy())
      step.loops.lstm_gates_backward(
        step.kept.pointer, step.plain.previous.pointer, step.cell.pointer, step.plain.dh.pointer, dc.pointer,
        bias.pointer, 3, 67)
      return [forward, step.operands(step.kept, 4 * step.count), step.operands(dc, 2 * step.count)]
    }
    let sets = InstructionSets.mixed
    for set in sets.dropFirst() { #expect(bits(set) == bits(sets[0]), "\(set) and \(sets[0])") }
  }
}
