import CLatentKernels
import LatentKernels
import TestSupport
import Testing

/// The loops of the GRU, normalisation, dropout and sequences: every instruction set and element type gives
/// what the baseline's float64 does, to rounding, and stays inside its arrays. What that is, the layers' tests judge.
@Suite struct LayerKernelTests {
  static let sets = InstructionSet.withOwnLoops
  static let widths = [1, 3, 7, 8, 15, 16, 17, 33, 64, 67, 131]

  /// The arrays of a call, by turns: the same numbers, exact in float32, for both tables.
  private final class Arrays {
    let element: ElementType
    private var sample: SampleValues
    private(set) var all: [GuardedArray] = []

    init(_ element: ElementType, seed: Int) {
      self.element = element
      sample = SampleValues(seed: seed)
    }

    func callAsFunction(_ count: Int, _ range: ClosedRange<Double> = -1...1) -> UnsafeMutableRawPointer {
      let array = GuardedArray(sample.numbers(count, range).map { Double(Float($0)) }, element)
      all.append(array)
      return array.pointer
    }
  }

  /// Runs a loop from one table and from the baseline's float64; compares every array, those that are only read too.
  private func check(
    _ name: String, _ set: InstructionSet, _ element: ElementType, _ body: (latent_ops, Arrays) -> Void
  ) {
    let (arrays, expected) = (Arrays(element, seed: 3), Arrays(.float64, seed: 3))
    body(Operations.table(for: element, set: set).pointee, arrays)
    body(Operations.table(for: .float64, set: .baseline).pointee, expected)
    for (index, (array, right)) in zip(arrays.all, expected.all).enumerated() {
      let error = maxRelativeError(array.values, right.values)
      #expect(error < (element == .float32 ? 1e-5 : 1e-12), "\(name), array \(index), \(set) \(element)")
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func gru(_ set: InstructionSet, _ element: ElementType) {
    for hidden in Self.widths {
      for batch in [1, 3] {
        let state = batch * hidden
        check("gru_gates H=\(hidden)", set, element) { table, new in
          table.gru_gates(new(3 * state, -3...3), new(state), new(6 * hidden), new(state), new(state), batch, hidden)
        }
        check("gru_gates_backward H=\(hidden)", set, element) { table, new in
          table.gru_gates_backward(
            new(3 * state, 0.1...0.9), new(state), new(state), new(state), new(state), new(6 * hidden), batch, hidden)
        }
        check("gru_gates_backward in place H=\(hidden)", set, element) { table, new in
          let dh = new(state)
          table.gru_gates_backward(
            new(3 * state, 0.1...0.9), new(state), new(state), dh, dh, new(6 * hidden), batch, hidden)
        }
        check("gru_reset H=\(hidden)", set, element) { table, new in
          table.gru_reset(new(3 * state, -3...3), new(state), new(3 * hidden), new(state), batch, hidden)
        }
        check("gru_output H=\(hidden)", set, element) { table, new in
          table.gru_output(new(3 * state), new(3 * hidden), new(state), new(state), batch, hidden)
        }
        check("gru_output_backward H=\(hidden)", set, element) { table, new in
          let dh = new(state)
          table.gru_output_backward(new(3 * state, 0.1...0.9), new(state), dh, dh, new(3 * hidden), batch, hidden)
        }
        check("gru_reset_backward H=\(hidden)", set, element) { table, new in
          table.gru_reset_backward(
            new(3 * state, 0.1...0.9), new(state), new(state), new(state), new(3 * hidden), batch, hidden)
        }
      }
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func normalization(_ set: InstructionSet, _ element: ElementType) {
    for columns in Self.widths where columns > 1 {
      let (rows, all) = (5, 5 * columns)
      check("layer_norm C=\(columns)", set, element) { table, new in
        table.layer_norm(new(all), new(columns), new(columns), 1e-3, new(2 * rows), new(all), rows, columns)
      }
      check("layer_norm_backward C=\(columns)", set, element) { table, new in
        table.layer_norm_backward(
          new(all), new(columns), new(2 * rows, 0.5...2), new(all), new(columns), new(columns), new(all), rows, columns)
      }
      for groups in [1, columns] {
        let places = 3
        var scratch = [Double](repeating: 0, count: 2 * columns)
        check("group_norm C=\(columns) G=\(groups)", set, element) { table, new in
          table.group_norm(
            new(places * all), new(columns), new(columns), 1e-3, new(2 * rows * groups), new(places * all),
            &scratch, rows, places, columns, groups)
        }
        check("group_norm_backward C=\(columns) G=\(groups)", set, element) { table, new in
          table.group_norm_backward(
            new(places * all), new(columns), new(2 * rows * groups, 0.5...2), new(places * all), new(columns),
            new(columns), new(places * all), &scratch, rows, places, columns,
            groups)
        }
      }
      check("column_moments C=\(columns)", set, element) { table, new in
        table.column_moments(new(all), rows, columns, new(columns), new(columns))
      }
      check("batch_norm C=\(columns)", set, element) { table, new in
        table.batch_norm(
          new(all), new(columns), new(columns, 0.5...2), new(columns), new(columns), 1e-3, new(all), rows, columns)
      }
      check("batch_norm_sums C=\(columns)", set, element) { table, new in
        table.batch_norm_sums(
          new(all), new(columns), new(columns, 0.5...2), 1e-3, new(all), new(columns), new(columns), rows, columns)
      }
      for isOwn in [false, true] {
        check("batch_norm_backward C=\(columns)", set, element) { table, new in
          table.batch_norm_backward(
            new(all), new(columns), new(columns, 0.5...2), new(columns), 1e-3, new(all), isOwn ? new(columns) : nil,
            isOwn ? new(columns) : nil, 3.0 * Double(rows), new(all), rows, columns)
        }
      }
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func dropoutAndSequences(_ set: InstructionSet, _ element: ElementType) {
    for columns in Self.widths + [256, 257] {
      check("dropout C=\(columns)", set, element) { table, new in
        table.dropout(77, [3, 9, 1 << 50], 1 << 30, 4.0 / 3, new(3 * columns), new(3 * columns), 3, columns)
      }
      for lengths in [nil, [1, 3, 2, 3]] {
        check("reverse_time C=\(columns)", set, element) { table, new in
          table.reverse_time(new(12 * columns), new(12 * columns), lengths, 4, 3, columns)
        }
      }
      // Sequences of 3, 3, 2 and 1 steps, sorted.
      check("to_step_rows C=\(columns)", set, element) { table, new in
        table.operands.to_step_rows(
          new(12 * columns), new(9 * (columns + 3)), [1, 3, 2, 0], [0, 4, 7, 9], 3, columns, columns + 3)
      }
      for states in [Int32(0), 1] {
        check("from_step_rows C=\(columns)", set, element) { table, new in
          table.operands.from_step_rows(
            new(13 * (columns + 3)), new(12 * columns), [1, 3, 2, 0], [3, 3, 2, 1], [0, 4, 7, 9], 4, 3, columns,
            columns + 3, states)
        }
      }
    }
  }
}
