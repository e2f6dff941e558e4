/// The rows of a profile that a recurrent layer's time goes to.
public struct RecurrentRows {
  let lane: ProfileLane
  let inputProduct: ProfileLane.Row
  let products: ProfileLane.Row
  let gates: ProfileLane.Row
  let weightGradient: ProfileLane.Row
  let inputGradient: ProfileLane.Row
  let copies: ProfileLane.Row

  /// - Parameter layer: the layer's path, such as `encoder.lstm`
  public init(_ lane: ProfileLane, layer: String) {
    self.lane = lane
    inputProduct = lane.row(layer, "input product")
    products = lane.row(layer, "recurrent products")
    gates = lane.row(layer, "gates")
    weightGradient = lane.row(layer, "weight gradient")
    inputGradient = lane.row(layer, "input gradient")
    copies = lane.row(layer, "packing and copies")
  }

  func mark(_ row: KeyPath<RecurrentRows, ProfileLane.Row>, _ pass: ProfileLane.Pass, _ work: Work? = nil) {
    lane.mark(self[keyPath: row], pass, work)
  }

  func mark(
    _ row: KeyPath<RecurrentRows, ProfileLane.Row>, _ pass: ProfileLane.Pass, product: (m: Int, n: Int, k: Int),
    _ element: ElementType
  ) {
    mark(row, pass, Work(product: .init(m: product.m, n: product.n, k: product.k), element: element))
  }

  /// Two products A^T B one after the other, the larger first.
  func markWeightGradient(
    _ first: (m: Int, n: Int, k: Int), _ second: (m: Int, n: Int, k: Int), _ element: ElementType
  ) {
    func work(_ size: (m: Int, n: Int, k: Int)) -> Work {
      Work(product: .init(m: size.m, n: size.n, k: size.k, isLeftTransposed: true), element: element)
    }
    mark(\.weightGradient, .backward, work(first) + work(second))
  }
}

extension Work {
  /// A pass over cells, of so many exp, sigmoid or tanh, other operations, and values read or written, a cell.
  init(cells: Int, _ element: ElementType, transcendental: Double, arithmetic: Double, values: Int) {
    self.init(
      flops: Double(cells) * (transcendental * Work.transcendental + arithmetic),
      bytes: Double(cells * values * element.size))
  }
}
