import Latent

/// How often examples of each class are taken for each class, and what follows: precision, recall and F1.
public struct ConfusionMatrix: Sendable, Equatable {
  /// C
  public let classes: Int
  /// Row by row: of the examples of class i, those that are taken for class j, at i C + j.
  private let counts: [Int]

  /// - Parameters:
  ///   - labels: the class that each example has: [N], 0..<C
  ///   - predictions: the class that each is taken for: [N], 0..<C
  public init(classes: Int, labels: [Int], predictions: [Int]) {
    require(
      labels.count == predictions.count,
      "ConfusionMatrix: \(labels.count) labels, \(predictions.count) predictions; there must be as many of both")
    var counts = [Int](repeating: 0, count: classes * classes)
    for (label, prediction) in zip(labels, predictions) {
      require(
        (0..<classes).contains(label) && (0..<classes).contains(prediction),
        "ConfusionMatrix: the label \(label), taken for \(prediction); \(classes) classes"
          + ", and both must be one of them, from 0")
      counts[label * classes + prediction] += 1
    }
    (self.classes, self.counts) = (classes, counts)
  }

  /// The examples of a class that are taken for another, or for what they are.
  public subscript(label: Int, prediction: Int) -> Int { counts[label * classes + prediction] }

  /// The examples of a class.
  public func examples(of label: Int) -> Int { (0..<classes).reduce(0) { $0 + self[label, $1] } }

  /// The examples that are taken for a class.
  public func predictions(of label: Int) -> Int { (0..<classes).reduce(0) { $0 + self[$1, label] } }

  /// The share of those that are taken for a class which are of it; 0 where none is.
  public func precision(of label: Int) -> Double { share(self[label, label], of: predictions(of: label)) }

  /// The share of a class's examples that are taken for it; 0 where it has none.
  public func recall(of label: Int) -> Double { share(self[label, label], of: examples(of: label)) }

  /// The harmonic mean of precision and recall; 0 where no example is or is taken for the class.
  public func f1(of label: Int) -> Double {
    share(2 * self[label, label], of: examples(of: label) + predictions(of: label))
  }

  /// Of class 1 where there are two classes; else the mean over the classes that any example is of, or is taken for, as
  /// scikit-learn's `average="macro"`.
  public var precision: Double { mean(precision) }

  /// As ``precision``.
  public var recall: Double { mean(recall) }

  /// As ``precision``.
  public var f1: Double { mean(f1) }

  private func mean(_ measure: (Int) -> Double) -> Double {
    if classes == 2 { return measure(1) }
    let known = (0..<classes).filter { examples(of: $0) + predictions(of: $0) > 0 }
    return known.isEmpty ? .nan : known.reduce(0) { $0 + measure($1) } / Double(known.count)
  }

  private func share(_ part: Int, of all: Int) -> Double { all == 0 ? 0 : Double(part) / Double(all) }
}

extension ConfusionMatrix: CustomStringConvertible {
  /// A table: a line for each class of examples, a column for each that they are taken for.
  public var description: String {
    let lines = (0..<classes).map { label in ["\(label)"] + (0..<classes).map { "\(self[label, $0])" } }
    let table = [[""] + (0..<classes).map { "\($0)" }] + lines
    let width = table.joined().map(\.count).max() ?? 0
    return table.map { $0.map { String(repeating: " ", count: width - $0.count) + $0 }.joined(separator: "  ") }
      .joined(separator: "\n")
  }
}
