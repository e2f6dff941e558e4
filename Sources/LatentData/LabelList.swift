import LatentFiles

/// Labels in words, for messages: `from 17 to 30`, or `1 (Trouser), 3 (Dress) and 7 (Sneaker)`.
package struct LabelList: CustomStringConvertible {
  package let description: String

  /// Runs of labels that are named, where there are many.
  private static let most = 8

  /// - Parameters:
  ///   - labels: ascending, at least one
  ///   - names: what labels stand for, by their numbers, where that is known
  package init(_ labels: [UInt8], names: [String]? = nil) {
    func name(_ label: UInt8) -> String {
      names.flatMap { Int(label) < $0.count ? "\(label) (\($0[Int(label)]))" : nil } ?? "\(label)"
    }
    var runs: [ClosedRange<UInt8>] = []
    for label in labels {
      if let last = runs.last, Int(last.upperBound) + 1 == Int(label) {
        runs[runs.count - 1] = last.lowerBound...label
      } else {
        runs.append(label...label)
      }
    }
    if let run = runs.first, runs.count == 1, run.count > 1 {
      description = "from \(name(run.lowerBound)) to \(name(run.upperBound))"
      return
    }
    var texts = runs.flatMap { run in
      run.count > 2 ? ["\(name(run.lowerBound)) to \(name(run.upperBound))"] : run.map(name)
    }
    if texts.count > Self.most { texts.replaceSubrange(Self.most - 2..<texts.count - 1, with: ["..."]) }
    description = texts.count > 1 ? texts.dropLast().joined(separator: ", ") + " and " + texts.last! : texts.joined()
  }
}
