import CLatentKernels

/// Attention of several heads, each on its own columns of q [B, T, N d], k [B, S, N d] and v [B, S, N e] (Vaswani et al. 2017):
///
///     y = P v   P = softmax(scale q k^T)   dv = P^T dy   dP = dy v^T
///     dz = scale P (dP - row sums of dy y)   dq = dz k   dk = dz^T q
///
/// A block of rows of P exists at a time, in the cache: it is computed again on the way back, from the largest score and the sum
/// of each row (Dao et al. 2022, "FlashAttention"). Where it is causal, place t sees places 0...t + S - T, and what is beyond a
/// block's last place is left out. A mask is what scores begin with.
public struct AttentionHeads: Sendable {
  /// B, T, S, N, d and e.
  public let batch: Int, queries: Int, keys: Int, heads: Int, width: Int, valueWidth: Int
  /// What scores are multiplied by before the softmax.
  public let scale: Double
  /// Whether place t sees places 0...t + S - T only.
  public let isCausal: Bool
  /// What is added to q k^T; nil where nothing is.
  public let mask: Mask?
  /// What products multiply.
  public let precision: Precision

  /// Numbers [B, N, T, S] by strides, of which those of the last axis lie one after the other.
  public struct Mask: Sendable {
    fileprivate let numbers: Storage
    fileprivate let strides: (example: Int, head: Int, row: Int)

    /// - Parameter strides: elements from one example, head and row to the next; 0 where they are the same for all
    public init(_ numbers: Storage, strides: (example: Int, head: Int, row: Int)) {
      (self.numbers, self.strides) = (numbers, strides)
    }
  }

  public init(
    batch: Int, queries: Int, keys: Int, heads: Int, width: Int, valueWidth: Int, scale: Double, isCausal: Bool,
    mask: Mask? = nil, precision: Precision
  ) {
    require(!isCausal || queries <= keys, "AttentionHeads: \(queries) places see no more than \(keys)")
    self.mask = mask
    (self.batch, self.queries, self.keys, self.heads) = (batch, queries, keys, heads)
    (self.width, self.valueWidth, self.scale) = (width, valueWidth, scale)
    (self.isCausal, self.precision) = (isCausal, precision)
  }

  /// Elements of what the way back needs of the rows: [B, N, T, 2].
  public var statisticsCount: Int { batch * heads * queries * 2 }

  /// Writes y [B, T, N e], and the rows' statistics.
  public func forward(
    _ q: Storage, _ k: Storage, _ v: Storage, into y: Storage, statistics: Storage, workspace: Workspace?
  ) {
    check([q], queries * width)
    check([k], keys * width)
    check([v], keys * valueWidth)
    check([y], queries * valueWidth)
    let element = q.element
    Storage.reserve(
      [scoresSize(element), packedSize(width, keys, element), packedSize(keys, valueWidth, element)],
      workspace: workspace)
    forEachHead { head in
      let scores = Storage(scoresSize(element), workspace: workspace)
      let turnedKeys = packed(head.keys(k), transposed: true, workspace)
      let values = packed(head.values(v), transposed: false, workspace)
      for rows in blocks {
        let weights = weights(head, rows, q, turnedKeys, scores, statistics, areKnown: false)
        values.multiplied(by: weights, into: head.outputs(y, rows))
      }
    }
  }

  /// Where the gradients go, each nil where nobody needs it, and whether they are added there.
  public typealias Destination = (storage: Storage, isAccumulating: Bool)

  /// Writes dq, dk and dv, given y and dy.
  public func backward(
    _ q: Storage, _ k: Storage, _ v: Storage, y: Storage, dy: Storage, statistics: Storage, dq: Destination?,
    dk: Destination?, dv: Destination?, workspace: Workspace?
  ) {
    let element = q.element
    let needsSlopes = dq != nil || dk != nil
    Storage.reserve(
      [scoresSize(element), packedSize(width, keys, element)]
        + (needsSlopes ? [scoresSize(element), packedSize(valueWidth, keys, element)] : [])
        + (dq != nil ? [packedSize(keys, width, element)] : []), workspace: workspace)
    forEachHead { head in
      let scores = Storage(scoresSize(element), workspace: workspace)
      let turnedKeys = packed(head.keys(k), transposed: true, workspace)
      let slopes = needsSlopes ? Storage(scoresSize(element), workspace: workspace) : nil
      let turnedValues = needsSlopes ? packed(head.values(v), transposed: true, workspace) : nil
      let keyRows = dq.map { _ in packed(head.keys(k), transposed: false, workspace) }
      // The last block sees all places: it is the one that writes where nothing is added.
      for (index, rows) in blocks.reversed().enumerated() {
        let seen = seen(by: rows)
        let weights = weights(head, rows, q, turnedKeys, scores, statistics, areKnown: true)
        let upstream = head.outputs(dy, rows)
        if let dv {
          multiply(
            weights, upstream, transposingA: true, into: head.values(dv.storage, 0..<seen),
            accumulating: dv.isAccumulating || index > 0, precision: precision)
        }
        guard let slopes, let turnedValues else { continue }
        let dz = Matrix(slopes, rows: rows.count, columns: seen)
        turnedValues.multiplied(by: upstream, columns: seen, into: dz)
        dz.storage.operations.attention.backward(
          weights.pointer, dz.mutablePointer, rows.count, seen, scale, head.outputs(y, rows).pointer, upstream.pointer,
          valueWidth,
          heads * valueWidth)
        if let dq, let keyRows {
          keyRows.multiplied(by: dz, into: head.queries(dq.storage, rows), accumulating: dq.isAccumulating)
        }
        if let dk {
          multiply(
            dz, head.queries(q, rows), transposingA: true, into: head.keys(dk.storage, 0..<seen),
            accumulating: dk.isAccumulating || index > 0, precision: precision)
        }
      }
    }
  }

  /// P of some rows of a head, in the memory of `scores`.
  private func weights(
    _ head: Head, _ rows: Range<Int>, _ q: Storage, _ turnedKeys: PackedMatrix, _ scores: Storage,
    _ statistics: Storage, areKnown: Bool
  ) -> Matrix {
    let seen = seen(by: rows)
    let block = Matrix(scores, rows: rows.count, columns: seen)
    if let mask {
      let (example, number) = head.index.quotientAndRemainder(dividingBy: heads)
      let strides = mask.strides
      scores.assign(
        mask.numbers, strides: [strides.row, 1],
        from: example * strides.example + number * strides.head + rows.lowerBound * strides.row,
        toStrides: [seen, 1], shape: [rows.count, seen])
    }
    turnedKeys.multiplied(by: head.queries(q, rows), columns: seen, into: block, accumulating: mask != nil)
    scores.operations.attention.weights(
      block.mutablePointer, rows.count, seen, scale, keys - queries + rows.lowerBound + 1, isCausal ? 1 : 0,
      areKnown ? 1 : 0,
      statistics.mutablePointer(at: 2 * (head.index * queries + rows.lowerBound)))
    return block
  }

  /// What the blocks of rows of a head multiply by, each by the places that it sees.
  private func packed(_ matrix: Matrix, transposed: Bool, _ workspace: Workspace?) -> PackedMatrix {
    PackedMatrix(matrix, transposed: transposed, precision: precision, workspace: workspace)
  }

  private func packedSize(_ rows: Int, _ columns: Int, _ element: ElementType) -> Storage.Size {
    PackedMatrix.size(rows: precision.packedRows(rows), columns: columns, element: element, precision: precision)
  }

  private func scoresSize(_ element: ElementType) -> Storage.Size { (rowsOfBlock * keys, element) }

  /// Places that the last of the rows sees.
  private func seen(by rows: Range<Int>) -> Int { isCausal ? keys - queries + rows.upperBound : keys }

  /// Rows whose weights stay in the cache: 64 kB of them, but no fewer than products take at a time, and at most 64.
  private var rowsOfBlock: Int { min(max(precision == .tiles ? 32 : 24, (1 << 14) / max(1, keys)), 64) }

  private var blocks: [Range<Int>] {
    stride(from: 0, to: queries, by: rowsOfBlock).map { $0..<min($0 + rowsOfBlock, queries) }
  }

  private func forEachHead(_ body: @Sendable (Head) -> Void) {
    let work = queries * keys * (width + valueWidth)
    Threads.cut(batch * heads, least: (1 << 19) / max(1, work) + 1) {
      for index in $0 { body(Head(index: index, sizes: self)) }
    }
  }

  private func check(_ storages: [Storage], _ elements: Int) {
    require(
      storages.allSatisfy { $0.count == batch * heads * elements },
      "AttentionHeads: \(storages.map(\.count)) elements for \(self)")
  }

  /// One head of one example.
  private struct Head {
    let index: Int
    let sizes: AttentionHeads

    func queries(_ storage: Storage, _ rows: Range<Int>) -> Matrix { part(storage, rows, sizes.queries, sizes.width) }
    func keys(_ storage: Storage, _ rows: Range<Int>? = nil) -> Matrix {
      part(storage, rows ?? 0..<sizes.keys, sizes.keys, sizes.width)
    }
    func values(_ storage: Storage, _ rows: Range<Int>? = nil) -> Matrix {
      part(storage, rows ?? 0..<sizes.keys, sizes.keys, sizes.valueWidth)
    }
    func outputs(_ storage: Storage, _ rows: Range<Int>) -> Matrix {
      part(storage, rows, sizes.queries, sizes.valueWidth)
    }

    private func part(_ storage: Storage, _ rows: Range<Int>, _ count: Int, _ width: Int) -> Matrix {
      let (example, head) = index.quotientAndRemainder(dividingBy: sizes.heads)
      let stride = sizes.heads * width
      let first = (example * count + rows.lowerBound) * stride + head * width
      return Matrix(storage[first..<storage.count], rows: rows.count, columns: width, stride: stride)
    }
  }
}
