import Latent
import TestSupport
import Testing

/// What variables can do, tensors can.
@Suite struct TensorInterfaceTests {
  private static let primitives =
    ["Latent/Primitives"]
    + ["Attention", "Axes", "Draws", "Fourier", "Functions", "LinearAlgebra", "Losses", "Pooling", "Shapes"].map {
      "Latent/Primitives/\($0)"
    }

  /// What says nothing of a tensor: there is no gradient to cut off, no other shard, and nothing that trains.
  private static let exceptions: Set = [
    "Variable.detached()", "Variable.batchMean()", "LSTMState.detached(on:)",
    "batchNorm(Variable, gamma:, beta:, statistics:, epsilon:)",
  ]

  /// Recurrent layers give states of their own.
  private func isRecurrent(_ symbol: String) -> Bool { symbol.hasPrefix("lstm(") || symbol.hasPrefix("gru(") }

  @Test func everyOperationOfVariablesIsOneOfTensors() throws {
    let variables = try Self.primitives.flatMap { try PublicInterface.symbols(in: $0) }
    let folders = ["Latent/Tensor", "Latent/Tensor/Operations", "Latent/LinearAlgebra"]
    let tensors = Set(try folders.flatMap { try PublicInterface.symbols(in: $0, giving: ["Tensor"]) })
    let missing = variables.filter { symbol in
      !Self.exceptions.contains(symbol) && !isRecurrent(symbol)
        && !tensors.contains(symbol.replacing("Variable", with: "Tensor"))
    }
    #expect(missing == [] && variables.count > 100)
    #expect(Self.exceptions.subtracting(variables) == [])
    // And what is called by the name of an operation of variables is one.
    let names = Set(variables.map { String($0.prefix { $0 != "(" }).replacing("Variable", with: "Tensor") })
    let own = [
      "Tensor.rows", "Tensor.converted", "Tensor.arange", "Tensor.linspace", "Tensor.identity", "Tensor.normal",
      "Tensor.uniform", "Tensor.zeros", "Tensor.ones", "Tensor.full",
    ]
    let more = tensors.filter { symbol in
      let name = String(symbol.prefix { $0 != "(" })
      return !names.contains(name) && !own.contains(name) && !name.hasPrefix("LinearAlgebra.")
    }
    #expect(more == [])
  }

  /// The symbols of tensors are read as those of variables are.
  @Test func readsSources() {
    let source = """
      extension Tensor {
        /// A comment.
        public func sum(axes: [Int]? = nil) -> Tensor { computed(self) { $0.sum(axes: axes) } }
        public static func + (a: Tensor, number: Double) -> Tensor { a }
        public func topK(_ count: Int) -> (values: Tensor, places: Tensor) { (self, self) }
        public func split(_ sizes: [Int]) -> [Tensor] { [] }
        public func count() -> Int { 0 }
      }
      public func matmul(
        _ a: Tensor, _ b: Tensor
      ) -> Tensor { a }
      """
    #expect(
      PublicInterface.symbols(of: source, giving: ["Tensor"]) == [
        "Tensor.sum(axes:)", "Tensor.+(Tensor, Double)", "Tensor.topK(Int)", "Tensor.split([Int])",
        "matmul(Tensor, Tensor)",
      ])
  }
}
