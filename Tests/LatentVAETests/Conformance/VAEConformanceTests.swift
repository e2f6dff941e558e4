import Foundation
import LatentVAE
import TestSupport
import Testing

/// Every encoder, decoder and likelihood, and the whole model, through every check.
@Suite struct VAEConformanceTests {
  static let cases: [ConformingCase] = encoderCases + decoderCases + likelihoodCases + autoencoderCases

  @Test(arguments: ConformanceCheck.allCases, cases)
  func conforms(_ check: ConformanceCheck, _ one: ConformingCase) {
    for failure in check.failures(of: one) { Issue.record("\(one.name), \(check): \(failure)") }
  }

  /// All in one child process, where nothing else runs while the loops are exchanged.
  @Test(.enabled(if: InstructionSets.compared.count > 1))
  func sameBitsWithAllInstructionSets() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for failure in VAEConformanceTests.cases.flatMap({ $0.instructionSetFailures() }) {
        FileHandle.standardError.write(Data((failure + "\n").utf8))
      }
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }

  @Test func emptyBatchesStop() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for failure in VAEConformanceTests.cases.compactMap({ $0.emptyBatchFailure() }) {
        FileHandle.standardError.write(Data((failure + "\n").utf8))
      }
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }

  /// A new encoder, decoder or likelihood without a case fails here.
  @Test func everythingHasACase() throws {
    // It draws the noise that the other `loss` is given: the trainer's tests have it. What decoders make of known examples
    // is in `TeacherForcingTests`, of examples that they choose in `TextModelTests`, what encoders make of missing values in `MaskChannelTests`.
    let elsewhere = [
      "VariationalAutoencoder.loss(ExampleBatch, tape:)", "Decoder(Variable, of:)", "AnyDecoder(Variable, of:)",
      "Decoder(Variable, choosing:)", "AnyDecoder(Variable, choosing:)",
      "Encoder(Variable, observed:, condition:)", "AnyEncoder(Variable, observed:, condition:)",
    ]
    let gaps = try PublicInterface.gaps(
      between: ["LatentVAE", "LatentVAE/Encoders", "LatentVAE/Decoders", "LatentVAE/Likelihoods", "LatentVAE/Plan"],
      and: Self.cases, coveredElsewhere: elsewhere)
    #expect(gaps == [])
  }
}
