import CLatentKernels
import Testing

@testable import LatentKernels

@Suite struct InstructionSetTests {
  @Test func namesAreTheEnvironmentsValues() throws {
    for set in InstructionSet.allCases {
      #expect(try InstructionSet.named(set.description, best: .amx) == set)
    }
    #expect(try InstructionSet.named(nil, best: .avx2) == .avx2)
    #expect(try InstructionSet.named("baseline", best: .baseline) == .baseline)
  }

  @Test(arguments: ["", "AVX2", "sse2", "avx2 "])
  func unknownNames(_ name: String) {
    let error = #expect(throws: InstructionSetError.self) { try InstructionSet.named(name, best: .avx512) }
    #expect(error == .unknown(name))
    #expect(
      error?.description
        == "LATENT_INSTRUCTION_SET is '\(name)': set it to one of baseline, avx2, avx512, avx512-bf16, amx, or unset it"
    )
  }

  @Test func setsAboveTheProcessors() {
    let error = #expect(throws: InstructionSetError.self) { try InstructionSet.named("avx512", best: .avx2) }
    #expect(error == .unavailable(.avx512, best: .avx2))
    #expect(error?.description.contains("LATENT_INSTRUCTION_SET is 'avx512'") == true)
    #expect(error?.description.contains("avx2 at most") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func availableSetsHaveTablesOfTheirOwn() {
    #expect(InstructionSet.available.first == .baseline)
    #expect(InstructionSet.available.last == .best)
    #expect(InstructionSet.available.contains(.selected))
    var tables: Set<UnsafePointer<latent_ops>> = []
    for set in InstructionSet.available {
      for element in ElementType.computing { tables.insert(Operations.table(for: element, set: set)) }
    }
    #expect(tables.count == 2 * InstructionSet.withOwnLoops.count)
    // AMX has products in tiles alone, AVX512_BF16 those of pairs.
    let available = InstructionSet.available
    #expect(Set(available.map { Operations.mixedTable(set: $0) }).count == available.count { $0 != .amx })
    #expect(Set(available.map { Operations.products(.pairs, set: $0) }).count == available.count { $0 != .amx })
    #expect(Set(available.map { Operations.products(.tiles, set: $0) }).count == available.count { $0 != .avx512BF16 })
    #expect(available.allSatisfy { Operations.products(.full, set: $0) == nil })
    #expect(Operations.table(for: .float64) == Operations.table(for: .float64, set: .selected))
  }

  @Test func elementTypes() {
    #expect(ElementType.float32.size == MemoryLayout<Float>.size)
    #expect(ElementType.float64.size == MemoryLayout<Double>.size)
    #expect(ElementType.bfloat16.size == MemoryLayout<UInt16>.size)
    #expect(ElementType.computing.map(\.description) == ["float32", "float64"])
  }
}
