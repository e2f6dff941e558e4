extension LSTMSequence {
  /// The rows of a profile that an LSTM's time goes to.
  public struct Rows {
    let lane: ProfileLane
    let products: ProfileLane.Row
    let gates: ProfileLane.Row
    let weightGradient: ProfileLane.Row
    let inputGradient: ProfileLane.Row
    let copies: ProfileLane.Row

    /// - Parameter layer: the layer's path, such as `encoder.lstm`
    public init(_ lane: ProfileLane, layer: String) {
      self.lane = lane
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
      let columns = 4 * sizes.hidden
      let all = Work.Product(
        m: sizes.hidden + sizes.input, n: columns, k: (sizes.time - 1) * sizes.batch, isLeftTransposed: true)
      let first = Work.Product(m: sizes.input, n: columns, k: sizes.batch, isLeftTransposed: true)
      mark(\.weightGradient, .backward, Work(product: all, element: element) + Work(product: first, element: element))
    }

    // Five of exp, sigmoid or tanh a cell forward and one backward, and the arithmetic around them. Forward reads four
    // gates and a cell and writes four gates, a cell and a state; backward reads four gates, two cells, dh and dc and
    // writes four gates and dc.
    static func gatesForward(cells: Int, _ element: ElementType) -> Work {
      work(cells, element, transcendental: 5, arithmetic: 8, values: 11)
    }

    static func gatesBackward(cells: Int, _ element: ElementType) -> Work {
      work(cells, element, transcendental: 1, arithmetic: 26, values: 13)
    }

    private static func work(
      _ cells: Int, _ element: ElementType, transcendental: Double, arithmetic: Double, values: Int
    ) -> Work {
      Work(
        flops: Double(cells) * (transcendental * Work.transcendental + arithmetic),
        bytes: Double(cells * values * element.size))
    }
  }
}
