import Latent
import LatentVAE

/// An encoder of one's own: each row of the example goes through a highway layer; their mean has the features.
struct RowEncoder: Encoder {
  /// [D, D]
  var rows: Highway
  var heads: GaussianHeads

  init(rowSize: Int, latentSize: Int, key: RandomKey = RandomKey(seed: 0), element: ElementType = .float32) {
    rows = Highway(size: rowSize, key: key.child("rows"), element: element)
    heads = GaussianHeads(inputSize: rowSize, latentSize: latentSize, key: key.child("heads"), element: element)
  }

  var latentSize: Int { heads.latentSize }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("rows", &rows)
    visitor.visit("heads", &heads)
  }

  /// x [B, T, D] -> mean and log-variance [B, Z]
  func callAsFunction(_ x: Variable, condition: Variable?) -> (mean: Variable, logVariance: Variable) {
    let (batch, steps, size) = (x.shape[0], x.shape[1], x.shape[2])
    let all = rows(x.reshaped(to: [batch * steps, size])).reshaped(to: [batch, steps, size])
    return heads(all.mean(axes: [1]), condition: condition)
  }
}

/// A decoder of one's own: the place of an element is a sum over R of products of a row's number and a column's, and all
/// elements of a row have one scale.
struct OuterDecoder: Decoder {
  /// [Z, R T], [Z, R D] and [Z, T]
  var rows: Dense, columns: Dense, scales: Dense
  let rank: Int

  init(
    latentSize: Int, rows: Int, columns: Int, rank: Int = 4, key: RandomKey = RandomKey(seed: 1),
    element: ElementType = .float32
  ) {
    func dense(_ name: String, _ size: Int) -> Dense {
      Dense(inputSize: latentSize, outputSize: size, key: key.child(name), element: element)
    }
    (self.rows, self.columns) = (dense("rows", rank * rows), dense("columns", rank * columns))
    (scales, self.rank) = (dense("scales", rows), rank)
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("rows", &rows)
    visitor.visit("columns", &columns)
    visitor.visit("scales", &scales)
  }

  /// z [B, Z] -> [B, T D 2], place and log-scale of each element beside each other
  func callAsFunction(_ z: Variable) -> Variable {
    let (a, b, scale) = (rows(z), columns(z), scales(z))
    let (batch, steps) = (z.shape[0], scale.shape[1])
    let size = b.shape[1] / rank
    let places = (a.reshaped(to: [batch, rank, steps, 1]) * b.reshaped(to: [batch, rank, 1, size])).sum(axes: [1])
    let scales = scale.reshaped(to: [batch, steps, 1]).broadcast(to: [batch, steps, size])
    let pairs = [places, scales].map { $0.reshaped(to: [batch, steps * size, 1]) }
    return Variable.concatenated(pairs, axis: 2).reshaped(to: [batch, steps * size * 2])
  }
}
