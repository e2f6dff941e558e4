import Foundation
import Latent
import TestSupport
import Testing

/// Every layer and every primitive through every check. A new one is added to one of the lists below.
@Suite struct ConformanceTests {
  static let cases: [ConformingCase] =
    arithmeticCases + elementwiseCases + functionCases + axisCases + fourierCases + arrangementCases
    + linearAlgebraCases + drawCases
    + reductionCases + shapingCases + productCases + convolutionCases
    + normalizationCases + samplingCases + lossCases + recurrentCases + recurrentLayerCases + layerCases
    + imageLayerCases + sequenceLayerCases + attentionLayerCases + transformerCases + convolutionFormCases
    + steppedLayerCases + biasFreeCases + reparametrizedCases

  @Test(arguments: ConformanceCheck.allCases, cases)
  func conforms(_ check: ConformanceCheck, _ one: ConformingCase) {
    for failure in check.failures(of: one) { Issue.record("\(one.name), \(check): \(failure)") }
  }

  /// All in one child process, where nothing else runs while the loops are exchanged.
  @Test(.enabled(if: InstructionSets.compared.count > 1))
  func sameBitsWithAllInstructionSets() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for failure in ConformanceTests.cases.flatMap({ $0.instructionSetFailures() }) {
        FileHandle.standardError.write(Data((failure + "\n").utf8))
      }
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }

  /// Everything that multiplies matrices does it with the tape's precision, but for convolutions of images with few channels.
  @Test func productsHaveThePrecision() {
    let names = Self.cases.filter(\.hasProducts).map(\.name)
    for part in ["Dense", "LSTM", "GRU", "Conv2D", "Conv2DTranspose", "matmul", "MultiHeadAttention", "Bidirectional"] {
      #expect(names.contains { $0.localizedCaseInsensitiveContains(part) }, "\(part): \(names)")
    }
    let others = Self.cases.map(\.name).filter { !names.contains($0) }
    let unlikely = others.filter { $0.localizedCaseInsensitiveContains("Dense") || $0.contains("Conv") }
    #expect(
      Set(unlikely) == [
        "Conv1D", "Conv1D, causal", "Conv2D without a bias", "Conv2DTranspose, explicit zeros", "Conv3D, dilation",
        "SpectralNorm of Conv2D", "SpectralNorm of Conv2DTranspose", "WeightNorm of Conv1D", "WeightNorm of Conv3D",
      ], "all that are here of images with fewer than four channels")
  }

  /// All in one child process, which takes as long as a single one does.
  @Test func emptyBatchesStop() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for failure in ConformanceTests.cases.compactMap({ $0.emptyBatchFailure() }) {
        FileHandle.standardError.write(Data((failure + "\n").utf8))
      }
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }

  /// A public layer or primitive without a case fails here, and so does a case for what there is no longer.
  @Test func everythingHasACase() throws {
    let elsewhere = ["LSTMState.detached(on:)"]  // onto another tape: `StackedLSTMTests`
    let folders = [
      "Attention", "Axes", "Draws", "Fourier", "Functions", "LinearAlgebra", "Losses", "Pooling", "Shapes",
    ]
    let layers = ["Attention", "Images", "Norms", "Recurrent", "Sequences"].map { "Latent/Layers/\($0)" }
    let gaps = try PublicInterface.gaps(
      between: ["Latent/Layers", "Latent/Primitives"] + layers + folders.map { "Latent/Primitives/\($0)" },
      and: Self.cases,
      coveredElsewhere: elsewhere)
    #expect(gaps == [])
  }

  /// The files that Keras's layers made are all met by a case. Those of whole models and of other frameworks have tests
  /// of their own.
  @Test func everyGoldenIsMet() throws {
    let used = Set(Self.cases.flatMap(\.goldenNames))
    let models = ["vae_", "torch_", "jax_", "interchange_"]
    let layers = try Golden.allNames().filter { name in !models.contains { name.hasPrefix($0) } }
    #expect(layers.count >= 30 && used.symmetricDifference(layers).isEmpty, "\(used.symmetricDifference(layers))")
  }
}
