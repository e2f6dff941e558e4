import CLatentKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The instruction set that the element loops run with. Each holds what the ones before it hold.
///
/// The choice is made once, from the processor, and can be lowered with the environment variable
/// `LATENT_INSTRUCTION_SET` (`baseline`, `avx2`, `avx512`, `avx512-bf16` or `amx`), to compare results or speeds.
public enum InstructionSet: Int, Sendable, CaseIterable, Comparable, CustomStringConvertible {
  /// What every processor of the architecture has: SSE2 on x86-64, NEON on arm64.
  case baseline
  /// AVX2 and fused multiply-add.
  case avx2
  /// AVX-512 with its F, DQ, BW and VL parts.
  case avx512
  /// AVX-512 with products of bfloat16 (AVX512_BF16); all other loops are those of ``avx512``.
  case avx512BF16
  /// AVX-512 and tiles of bfloat16 (AMX_TILE, AMX_BF16); all but products in tiles are those of ``avx512BF16``.
  case amx

  /// The environment variable that lowers the choice.
  public static let environmentVariable = "LATENT_INSTRUCTION_SET"

  /// The highest instruction set that this processor can run and this build holds.
  public static let best = InstructionSet(rawValue: Int(latent_best_instruction_set().rawValue))!

  /// Every instruction set that this processor can run and this build holds, lowest first.
  public static var available: [InstructionSet] { allCases.filter { $0 <= best } }

  /// Those of them whose loops for float32 and float64 are their own.
  package static var withOwnLoops: [InstructionSet] { available.filter { $0 <= .avx512 } }

  /// Whether a multiplication and the addition after it are one operation with one rounding: with all sets but SSE2. Those
  /// that fuse give the same bits for everything that is trained.
  public var fusesMultiplyAdd: Bool {
    #if arch(x86_64)
      self >= .avx2
    #else
      true
    #endif
  }

  /// Has the whole process compute with this set from now on. For tests, where nothing else runs and nothing is packed.
  package func use() { latent_select(kernelValue) }

  /// The process-wide choice: what `LATENT_INSTRUCTION_SET` asks for, or `best` where it is unset. Read once.
  ///
  /// A value that cannot be followed stops the process, with a message that names the variable. A program calls
  /// ``fromEnvironment()`` first, to print the one line itself and to exit with code 64 (`EX_USAGE`).
  public static let selected: InstructionSet = {
    do throws(InstructionSetError) {
      return try fromEnvironment()
    } catch {
      fatalError(error.description)  // unlike precondition, this prints its message in release builds too
    }
  }()

  /// What the environment variable `LATENT_INSTRUCTION_SET` asks for now, or `best` where it is unset.
  ///
  /// - Throws: ``InstructionSetError`` for an unknown name, or for a set that this processor cannot run.
  public static func fromEnvironment() throws(InstructionSetError) -> InstructionSet {
    try named(getenv(environmentVariable).map { String(cString: $0) }, best: best)
  }

  /// The instruction set of a name, as `fromEnvironment()` chooses it on a processor whose highest is `best`.
  static func named(_ name: String?, best: InstructionSet) throws(InstructionSetError) -> InstructionSet {
    guard let name else { return best }
    guard let set = allCases.first(where: { $0.description == name }) else { throw .unknown(name) }
    guard set <= best else { throw .unavailable(set, best: best) }
    return set
  }

  /// `baseline`, `avx2`, `avx512`, `avx512-bf16` or `amx`.
  public var description: String {
    switch self {
    case .baseline: "baseline"
    case .avx2: "avx2"
    case .avx512: "avx512"
    case .avx512BF16: "avx512-bf16"
    case .amx: "amx"
    }
  }

  public static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.rawValue < b.rawValue }

  /// The same choice as the C kernels name it.
  var kernelValue: latent_instruction_set { latent_instruction_set(rawValue: UInt32(rawValue)) }
}

/// Why the environment variable `LATENT_INSTRUCTION_SET` cannot be followed.
public enum InstructionSetError: Error, Equatable, CustomStringConvertible {
  /// The value names no instruction set.
  case unknown(String)
  /// This processor or build cannot run the one that it names.
  case unavailable(InstructionSet, best: InstructionSet)

  /// One line that names the variable and says what to do.
  public var description: String {
    let variable = InstructionSet.environmentVariable
    switch self {
    case .unknown(let name):
      let names = InstructionSet.allCases.map(\.description).joined(separator: ", ")
      return "\(variable) is '\(name)': set it to one of \(names), or unset it"
    case .unavailable(let set, let best):
      return "\(variable) is '\(set)', but this processor or build runs \(best) at most: set it to \(best) or unset it"
    }
  }
}
