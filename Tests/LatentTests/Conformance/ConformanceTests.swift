import Foundation
import Latent
import TestSupport
import Testing

/// Every layer and every primitive through every check. A new one is added to one of the lists below.
@Suite struct ConformanceTests {
  static let cases: [ConformingCase] =
    arithmeticCases + elementwiseCases + reductionCases + shapingCases + productCases + convolutionCases
    + normalizationCases + samplingCases + lossCases + recurrentCases + layerCases

  @Test(arguments: ConformanceCheck.allCases, cases)
  func conforms(_ check: ConformanceCheck, _ one: ConformingCase) {
    let t0 = DispatchTime.now().uptimeNanoseconds
    defer {
      FileHandle.standardError.write(
        Data("TIME \((DispatchTime.now().uptimeNanoseconds - t0) / 1000) \(check) | \(one.name)\n".utf8))
    }
    for failure in check.failures(of: one) { Issue.record("\(one.name), \(check): \(failure)") }
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
    let symbols = try ["Layers", "Primitives"].flatMap { try PublicInterface.symbols(in: "Latent/\($0)") }
    #expect(symbols.count > 80)
    let covered = Self.cases.flatMap(\.covers)
    for symbol in symbols where !covered.contains(symbol) { Issue.record("no conforming case covers \(symbol)") }
    for symbol in covered where !symbols.contains(symbol) {
      Issue.record("a case covers \(symbol), which is not there")
    }
    #expect(Set(Self.cases.map(\.name)).count == Self.cases.count, "two cases of one name")
  }
}
