import Latent

/// Whether results have the same bits with every instruction set that fuses multiply-adds.
public enum InstructionSets {
  /// Those of this machine to compare.
  public static let compared = InstructionSet.withOwnLoops.filter(\.fusesMultiplyAdd)
  /// And those whose products of bfloat16 are their own.
  public static let mixed = InstructionSet.available.filter(\.fusesMultiplyAdd)

  /// A line where what `results` gives with one set differs in a bit from what it gives with the first. To be called where
  /// nothing else runs: in an exit test only.
  public static func differences(_ name: String, among sets: [InstructionSet] = compared, _ results: () -> [[Double]])
    -> [String]
  {
    var (first, lines): ([[Double]]?, [String]) = (nil, [])
    for set in sets {
      set.use()
      let found = results()
      guard let expected = first else {
        first = found
        continue
      }
      let pairs = zip(found.joined(), expected.joined())
      let count = pairs.count { $0.bitPattern != $1.bitPattern && !($0.isNaN && $1.isNaN) }
      if count > 0 || found.map(\.count) != expected.map(\.count) {
        lines.append("\(name): \(count) of \(pairs.count { _ in true }) numbers differ with \(set)")
      }
    }
    return lines
  }
}

extension ConformingCase {
  /// Where results or gradients have other bits with another instruction set, in both element types, with products of bfloat16
  /// too, and at all sizes.
  public func instructionSetFailures() -> [String] {
    ([small] + sizes).flatMap { sizes in
      let trial = makeTrial(sizes)
      let values = trial.values()
      let ways: [(ElementType, Precision)] = [
        (.float32, .full), (.float64, .full), (.float32, .pairs), (.float32, .tiles),
      ]
      return ways.flatMap { element, precision in
        InstructionSets.differences(
          "\(name), \(sizes), \(element), \(precision)",
          among: precision.isMixed ? InstructionSets.mixed : InstructionSets.compared
        ) {
          let step = Subject(trial, values, element).step(pass, precision: precision)
          return step.outputs + step.gradients.sorted { $0.key < $1.key }.map(\.value)
        }
      }
    }
  }
}
