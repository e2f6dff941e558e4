import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentVAE
import TestSupport
import Testing

@Suite struct ModelHealthTests {
  private static func health(_ model: AnyVariationalAutoencoder) -> ModelHealth {
    ModelHealth(of: model, on: ImageDataset.synthetic(count: 150)) { _ = $0.loss($1, tape: $2) }
  }

  private static func model(
    _ architecture: TestModel, _ change: (String, inout Tensor) -> Void
  ) -> AnyVariationalAutoencoder {
    let sizes = TestModel.Sizes(hidden: 6, latent: 2, decoder: architecture == .conv ? nil : 10)
    var model = architecture.plan(sizes: sizes, height: 28, width: 28).makeModel(key: RandomKey(seed: 1))
    model.updateParameters { change($0, &$1.value) }
    return model
  }

  private static func setting(_ values: [Double], of tensor: inout Tensor) {
    tensor = Tensor(values, shape: tensor.shape, element: tensor.element)
  }

  @Test func deadUnitsAreCounted() {
    let model = Self.model(.mlp) { path, value in
      if path == "decoder.hidden.bias" { Self.setting((0..<10).map { $0 < 3 ? -1e6 : 1e6 }, of: &value) }
      if path == "encoder.hidden.bias" { Self.setting((0..<6).map { $0 < 5 ? 1000 : -1e6 }, of: &value) }
    }
    let found = Self.health(model)
    #expect(found.rectifiers.map(\.layer) == ["encoder.hidden", "decoder.hidden"])
    #expect(found.rectifiers.map(\.units) == [6, 10])
    #expect(found.rectifiers[0].dead == 1)
    #expect(found.rectifiers[1].dead == 3)
    #expect(found.gates.isEmpty && found.nonFinite.isEmpty && found.denormalWeights == 0)
    #expect(found.deadShare == 0.25)
  }

  @Test func channelsOfConvolutions() {
    let model = Self.model(.conv) { path, value in
      if path == "encoder.second.bias" { Self.setting((0..<64).map { $0 % 2 == 0 ? -1e6 : 1 }, of: &value) }
    }
    let found = Self.health(model)
    #expect(
      found.rectifiers.map(\.layer) == [
        "encoder.first", "encoder.second", "encoder.hidden", "decoder.hidden", "decoder.first", "decoder.second",
      ])
    #expect(found.rectifiers[1].units == 64 && found.rectifiers[1].dead == 32)
  }

  /// The bias of one gate of four puts a third of the sigmoids out of the way: i, f and o, but not g.
  @Test(
    arguments: [
      (TestModel.lstm, 0, 1.0 / 3), (.lstm, 1, 1.0 / 3), (.lstm, 2, 0), (.lstm, 3, 1.0 / 3), (.gru, 0, 0.5),
      (.gru, 1, 0.5), (.gru, 2, 0),
    ])
  func saturatedGates(_ architecture: TestModel, gate: Int, share: Double) {
    let model = Self.model(architecture) { path, value in
      guard path.hasSuffix("\(architecture.rawValue).bias") else { return }
      var values = [Double](repeating: 0, count: value.count)
      for unit in 0..<6 { values[gate * 6 + unit] = 1000 }
      Self.setting(values, of: &value)
    }
    let found = Self.health(model)
    #expect(found.gates.map(\.layer) == ["encoder.\(architecture.rawValue)"])
    #expect(abs(found.gates[0].saturated - share) < 1e-6)
  }

  @Test func allRecurrentLayersAreSeen() {
    #expect(Self.health(Self.model(.bilstm) { _, _ in }).gates.count == 2)
    #expect(Self.health(Self.model(.lstmLSTM) { _, _ in }).gates.map(\.layer) == ["encoder.lstm", "decoder.lstm"])
  }

  @Test func oddWeights() {
    let model = Self.model(.lstm) { path, value in
      if path == "decoder.hidden.bias" {
        Self.setting([1e-40, -1e-45, 0, 1.2e-38, -.infinity, 0, 0, 0, 0, 0], of: &value)
      }
    }
    let found = Self.health(model)
    #expect(found.nonFinite == ["decoder.hidden.bias"])
    #expect(abs(found.denormalWeights * Double(model.parameterCount) - 2) < 1e-9)
  }
}
