import Latent

/// What must hold of every layer and every primitive. Each check gives a line for everything that is wrong: sizes,
/// element type, parameter and numbers.
public enum ConformanceCheck: String, CaseIterable, Sendable, CustomStringConvertible {
  /// Shapes, element types, values and gradients are those of the plain implementation, with and without recording, at
  /// odd sizes and in both element types; operands stay as they are.
  case plainAgreement
  /// Gradients are the central differences at every coordinate of every operand and parameter, in float64.
  case centralDifferences
  /// With products of bfloat16, values and gradients are near the plain implementation's.
  case mixedPrecision
  /// Values and gradients are those that Keras computed.
  case keras
  /// What is used twice gets the sum of both uses' gradients.
  case repeatedUse
  /// An operand that stands in two places gets the sum of both places' gradients.
  case sharedOperands
  /// Each operand's gradient is the same where no other operand's is wanted.
  case singleOperands
  /// Where a parameter is frozen, or all of a layer's are, the others' gradients have the same bits.
  case frozenParameters
  /// Where a layer's parameters are not asked for, the operands' gradients have the same bits.
  case operandsAlone
  /// Where only one of several results is used, its part of the gradients is found: all parts add up to the whole.
  case singleResults
  /// The same bits on 1, 2 and 3 threads, and from several threads at once.
  case threads
  /// After the first step no step takes memory, and what lay in it before does not matter.
  case memory
  /// Each example is computed as if it were alone.
  case batchOfOne
  /// Nothing comes of no examples, where that does not stop.
  case emptyBatch
  /// `visit(_:)` shows every parameter and buffer of the layer, and every parameter gets a gradient.
  case parameters
  /// Second derivatives are the differences of the gradients, in float64.
  case secondDerivatives
  /// A tape that is not walked back is freed: no backward pass holds it.
  case tapeIsFreed

  public var description: String { rawValue }

  /// Everything that is wrong with a case.
  public func failures(of one: ConformingCase) -> [String] {
    if one.exceptions.contains(self) { return [] }
    let hidden = one.checkVisit()
    if !hidden.isEmpty { return hidden }  // which the others would stop at
    return switch self {
    case .plainAgreement: one.checkPlainAgreement()
    case .centralDifferences: one.checkCentralDifferences()
    case .mixedPrecision: one.checkMixedPrecision()
    case .keras: one.checkKeras()
    case .repeatedUse: one.checkRepeatedUse()
    case .sharedOperands: one.checkSharedOperands()
    case .singleOperands: one.checkSingleOperands()
    case .frozenParameters: one.checkFrozenParameters()
    case .operandsAlone: one.checkOperandsAlone()
    case .singleResults: one.checkSingleResults()
    case .threads: one.checkThreads()
    case .memory: one.checkMemory()
    case .batchOfOne: one.checkBatchOfOne()
    case .emptyBatch: one.checkEmptyBatch()
    case .parameters: one.checkParameters()
    case .secondDerivatives: one.checkSecondDerivatives()
    case .tapeIsFreed: one.checkTapeIsFreed()
    }
  }
}

/// Where numbers differ from what they should be by more than `tolerance` of the largest of these, or of `size` where
/// that is more; nil where they don't.
func difference(
  _ found: [Double], _ expected: [Double], _ tolerance: Double, size: Double = 0
) -> String? {
  guard found.count == expected.count else { return "\(found.count) numbers, not \(expected.count)" }
  let largest = expected.reduce(size) { max($0, abs($1)) }
  var (worst, error) = (0, 0.0)
  for (place, (a, b)) in zip(found, expected).enumerated() where a != b {
    let distance = abs(a - b)
    if !(distance <= error) { (worst, error) = (place, distance.isNaN ? .infinity : distance) }
    if error == .infinity { break }
  }
  if error <= tolerance * largest { return nil }
  return "element \(worst) is \(found[worst]), not \(expected[worst]); error \(error / largest), allowed \(tolerance)"
}

/// The same for gradients by name. One that is small beside the others is held to the others' rounding.
func differences(
  _ found: [String: [Double]], _ expected: [String: [Double]], _ tolerance: Double, floor: Double = 1e-3
) -> [String] {
  let largest = expected.values.joined().reduce(0) { max($0, abs($1)) }
  return expected.keys.sorted().compactMap { name in
    difference(found[name] ?? [], expected[name]!, tolerance, size: floor * largest).map { "d/d\(name): \($0)" }
  }
}
