import FuzzTargets
import Testing

/// Every reader on the corpus, and on some thousand changes of it; `scripts/fuzz` runs millions.
@Suite struct FuzzTests {
  static let inputs = 2000

  @Test(arguments: FuzzTarget.all.map(\.name)) func corpusAndMutations(name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let inputs = try target.seeds() + FuzzCorpus.files(of: target).map(\.bytes)
    try #require(!inputs.isEmpty)
    for input in inputs { target.run(input) }
    var mutator = FuzzMutator(seed: 1, words: target.words, longest: min(target.longest, 1 << 13))
    for _ in 0..<Self.inputs { target.run(mutator.next(from: inputs)) }
  }

  @Test func targetsHaveNamesOfTheirOwn() {
    #expect(Set(FuzzTarget.all.map(\.name)).count == FuzzTarget.all.count)
    #expect(FuzzTarget.named("none") == nil)
  }

  @Test func mutationsAreRepeatable() {
    let inputs = [Array("{'a': 12}".utf8), []]
    func some(_ seed: UInt64) -> [[UInt8]] {
      var mutator = FuzzMutator(seed: seed, words: ["word"], longest: 20)
      return (0..<500).map { _ in mutator.next(from: inputs) }
    }
    #expect(some(1) == some(1))
    #expect(some(1) != some(2))
    #expect(Set(some(1)).count > 300)
    #expect(some(1).allSatisfy { $0.count <= 20 })
  }
}
