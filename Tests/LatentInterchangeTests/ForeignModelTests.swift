import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@testable import LatentInterchange

/// Models that PyTorch and Keras made, beside what these compute from them.
struct ForeignModelTests {
  @Test(arguments: TestModel.allCases, ["torch", "keras"])
  func computesTheSame(_ architecture: TestModel, _ program: String) throws {
    let golden = try Golden.load("interchange_\(program)_\(architecture.rawValue)")
    func tensor(_ name: String) -> Tensor {
      Tensor(golden[name], shape: golden.shape(of: name), element: .float64)
    }
    let names = golden.names.filter { !$0.hasPrefix("parity.") }
    let table: any WeightTable = program == "torch" ? TorchTable() : KerasTable()
    let saved = try table.imported(
      WeightFile(
        Dictionary(uniqueKeysWithValues: names.map { ($0, tensor($0)) }), metadata: golden.metadata, name: "golden"))
    let height = golden.shape(of: "parity.images")[1]
    let usual = architecture.plan(height: height, width: 12)
    let plan = try #require(saved.plan)
    #expect(plan.encoder.map(\.name) == usual.encoder.map(\.name))
    #expect(plan.decoder.map(\.name) == usual.decoder.map(\.name))
    #expect((saved.example.steps, saved.example.features) == (height, 12))
    let hasLabels = golden.names.contains("parity.labels")
    let labels = hasLabels ? self.labels(golden["parity.labels"], saved.classLabels.count) : nil
    let (mean, logVariance) = saved.model.encode(tensor("parity.images"), labels: labels)
    for (ours, name) in [
      (mean, "mean"), (logVariance, "log_variance"),
      (saved.model.decode(mean, labels: labels), "reconstruction"),
    ] {
      let theirs = golden["parity.\(name)"]
      #expect(ours.count == theirs.count)
      let difference = zip(ours.values, theirs).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference < 1e-12, "\(name) differs by \(difference)")
    }
    #expect(saved.likelihood == (names.contains { $0.hasPrefix("likelihood") } ? .gaussian : .bernoulli))
  }

  private func labels(_ oneHot: [Double], _ classes: Int) -> [UInt8] {
    stride(from: 0, to: oneHot.count, by: classes).map { row in UInt8((0..<classes).first { oneHot[row + $0] == 1 }!) }
  }

  /// Exported again, a model has the names, shapes and numbers that the other program gave it.
  @Test(arguments: TestModel.allCases, ["torch", "keras"])
  func goesBackAsItCame(_ architecture: TestModel, _ program: String) throws {
    let golden = try Golden.load("interchange_\(program)_\(architecture.rawValue)")
    let table: any WeightTable = program == "torch" ? TorchTable() : KerasTable()
    let names = golden.names.filter { !$0.hasPrefix("parity.") }
    let came = Dictionary(
      uniqueKeysWithValues: names.map { (table.canonical($0), Tensor(golden[$0], shape: golden.shape(of: $0))) })
    let saved = try table.imported(WeightFile(came, metadata: golden.metadata, name: "golden"))
    let goes = table.exported(saved.model, try #require(saved.plan))
    #expect(Set(goes.map(\.name)) == Set(came.keys))
    for (name, value) in goes {
      let original = try #require(came[name])
      #expect(value.shape == original.shape)
      // PyTorch's two biases of an LSTM come back as their sum and zeros.
      if name.contains("lstm.bias_") { continue }
      #expect(value.hasSameBits(as: original), "\(name)")
    }
  }
}
