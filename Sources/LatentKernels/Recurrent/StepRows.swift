import CLatentKernels

/// Where the steps of B sequences lie in memory, time-major: the rows of the first step, then those of the second, ...
///
/// Sequences of unequal length are sorted, the longest first, and nothing is kept of what lies beyond their ends (the
/// packed sequences of cuDNN and PyTorch). So those that reach step t are its first rows, a step is a smaller batch than
/// the one before, and whatever holds one row for each sequence keeps, in the rows of those that have ended, what it held.
public struct StepRows: Sendable {
  /// B
  public let batch: Int
  /// T
  public let time: Int
  private let unequal: Unequal?

  /// What sorting by length gives.
  private struct Unequal {
    let order: [Int]  // the sequence in each row
    let rank: [Int]  // the row of each sequence
    let lengths: [Int]  // by row
    let starts: [Int]  // [T + 1]
  }

  /// - Parameters:
  ///   - lengths: of each sequence, from 1 to T; T where left out
  ///   - operation: who asks, for the message that stops a programmer whose lengths do not fit
  public init(batch: Int, time: Int, lengths: [Int]? = nil, for operation: String) {
    self.batch = batch
    self.time = time
    if let lengths { StepRows.check(lengths, batch: batch, time: time, for: operation) }
    guard let lengths, lengths.contains(where: { $0 < time }) else {
      unequal = nil
      return
    }
    let order = (0..<batch).sorted { (lengths[$0], $1) > (lengths[$1], $0) }
    var (rank, counts, starts) = (order, [Int](repeating: 0, count: time), [0])
    for (row, sequence) in order.enumerated() { rank[sequence] = row }
    for length in lengths { counts[length - 1] += 1 }  // those that end with a step
    var reaching = batch
    for t in 0..<time {
      starts.append(starts[t] + reaching)
      reaching -= counts[t]
    }
    unequal = Unequal(order: order, rank: rank, lengths: order.map { lengths[$0] }, starts: starts)
  }

  /// Stops where `lengths` are not those of B sequences of at most T steps.
  static func check(_ lengths: [Int], batch: Int, time: Int, for operation: String) {
    require(
      lengths.count == batch && lengths.allSatisfy { 1 <= $0 && $0 <= time },
      "\(operation): lengths \(lengths) for [B, T] = [\(batch), \(time)]; there must be B of them, from 1 to T")
  }

  /// Whether some sequences are shorter than T.
  var areUnequal: Bool { unequal != nil }

  /// The first row of step t; for t = T, the number of all rows.
  func start(_ t: Int) -> Int { unequal?.starts[t] ?? t * batch }

  /// The sequences that reach step t: the first rows of whatever holds one for each.
  func count(_ t: Int) -> Int { t == time ? 0 : unequal.map { $0.starts[t + 1] - $0.starts[t] } ?? batch }

  /// The rows of all steps: T B, or the sum of the lengths.
  var total: Int { start(time) }

  /// The rows to take memory for: as many for any lengths, so that a step of training takes what the one before gave back.
  var capacity: Int { time * batch }

  /// The sequences whose last step is t.
  func ending(_ t: Int) -> Range<Int> { count(t + 1)..<count(t) }

  /// Calls `body` with the sequences that step t leads on to the next one, and with those that it ends, and with the rows
  /// that their states go to: those of the next step, or the B rows behind all steps.
  func forEachPart(of t: Int, _ body: (_ sequences: Range<Int>, _ stateRow: Int) -> Void) {
    let ending = ending(t)
    if ending.lowerBound > 0 { body(0..<ending.lowerBound, start(t + 1)) }
    if !ending.isEmpty { body(ending, total + ending.lowerBound) }
  }

  /// Copies x [B, T, C] to rows at the start of `rows`, `stride` elements apart.
  func copy(_ x: Storage, toRowsOf rows: Storage, columns: Int, stride: Int) {
    let loops = rows.operandLoops
    if let unequal {
      loops.to_step_rows(x.pointer, rows.mutablePointer, unequal.order, unequal.starts, time, columns, stride)
    } else {
      loops.to_time_major(x.pointer, rows.mutablePointer, batch, time, columns, stride)
    }
  }

  /// Copies rows at the start of `rows`, `stride` elements apart, to y [B, T, C], with zeros beyond the sequences' ends.
  func copyRows(of rows: Storage, stride: Int, to y: Storage, columns: Int) {
    let loops = rows.operandLoops
    if let unequal {
      loops.from_step_rows(
        rows.pointer, y.mutablePointer, unequal.order, unequal.lengths, unequal.starts, batch, time, columns, stride, 0)
    } else {
      loops.to_batch_major(rows.pointer, y.mutablePointer, batch, time, columns, stride)
    }
  }

  /// The same for states, of which there are those before each step and, in B rows behind these, the last ones: copies
  /// the state after each step.
  func copyStates(of rows: Storage, stride: Int, to y: Storage, columns: Int) {
    let loops = rows.operandLoops
    if let unequal {
      loops.from_step_rows(
        rows.pointer, y.mutablePointer, unequal.order, unequal.lengths, unequal.starts, batch, time, columns, stride, 1)
    } else {
      loops.to_batch_major(rows.pointer(at: batch * stride), y.mutablePointer, batch, time, columns, stride)
    }
  }

  /// Copies x [B, C], in the order of the rows, to rows at the start of `rows`, and back to y.
  func copyState(_ x: Storage, toRowsOf rows: Storage, columns: Int, stride: Int) {
    rows.operandLoops.to_time_major(x.pointer, rows.mutablePointer, batch, 1, columns, stride)
  }

  func copyState(ofRows rows: Storage, stride: Int, to y: Storage, columns: Int) {
    rows.operandLoops.to_batch_major(rows.pointer, y.mutablePointer, batch, 1, columns, stride)
  }

  /// x [B, C] in the order of the rows: x itself where all are equally long.
  func sorted(_ x: Storage, workspace: Workspace?) -> Storage {
    guard let unequal else { return x }
    let y = Storage(count: x.count, element: x.element, workspace: workspace)
    y.assignRows(unequal.order, of: x, columns: x.count / batch)
    return y
  }

  /// Lets `write` write y [B, C] in the order of the rows, and puts it in that of the sequences.
  func unsorting(into y: Storage, workspace: Workspace?, _ write: (Storage) -> Void) {
    guard let unequal else { return write(y) }
    let x = Storage(count: y.count, element: y.element, workspace: workspace)
    write(x)
    y.assignRows(unequal.rank, of: x, columns: y.count / batch)
  }
}
