extension GRUSequence {
  /// The rows of a profile that a GRU's time goes to.
  public struct Rows {
    let lane: ProfileLane
    let inputProduct: ProfileLane.Row
    let products: ProfileLane.Row
    let gates: ProfileLane.Row
    let weightGradient: ProfileLane.Row
    let inputGradient: ProfileLane.Row
    let copies: ProfileLane.Row

    /// - Parameter layer: the layer's path, such as `encoder.gru`
    public init(_ lane: ProfileLane, layer: String) {
      self.lane = lane
      inputProduct = lane.row(layer, "input product")
      products = lane.row(layer, "recurrent products")
      gates = lane.row(layer, "gates")
      weightGradient = lane.row(layer, "weight gradient")
      inputGradient = lane.row(layer, "input gradient")
      copies = lane.row(layer, "packing and copies")
    }

    func mark(_ row: KeyPath<Rows, ProfileLane.Row>, _ pass: ProfileLane.Pass, _ work: Work? = nil) {
      lane.mark(self[keyPath: row], pass, work)
    }

    func mark(
      _ row: KeyPath<Rows, ProfileLane.Row>, _ pass: ProfileLane.Pass, product: (m: Int, n: Int, k: Int),
      _ element: ElementType
    ) {
      mark(row, pass, Work(product: .init(m: product.m, n: product.n, k: product.k), element: element))
    }

    func markWeightGradient(_ sizes: Sizes, _ element: ElementType) {
      let (columns, rows) = (3 * sizes.hidden, sizes.time * sizes.batch)
      let kernel = Work.Product(m: sizes.input, n: columns, k: rows, isLeftTransposed: true)
      let recurrent = Work.Product(m: sizes.hidden, n: columns, k: rows - sizes.batch, isLeftTransposed: true)
      mark(
        \.weightGradient, .backward,
        Work(product: kernel, element: element) + Work(product: recurrent, element: element))
    }

    // Three of sigmoid or tanh a cell forward, and the arithmetic around them. Forward reads three gates, the inner
    // product and a state and writes the same; backward reads those and dh and writes three gates, the inner and dh.
    static func gatesForward(cells: Int, _ element: ElementType) -> Work {
      Work(
        flops: Double(cells) * (3 * Work.transcendental + 10), bytes: Double(cells * 10 * element.size))
    }

    static func gatesBackward(cells: Int, _ element: ElementType) -> Work {
      Work(flops: Double(cells * 24), bytes: Double(cells * 11 * element.size))
    }
  }
}
