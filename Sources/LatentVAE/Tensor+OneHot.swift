import Latent

extension Tensor {
  /// A vector for each label, with 1 at the label's place among those of the classes and 0 elsewhere: [labels.count, C].
  ///
  /// - Parameters:
  ///   - labels: each one of `classLabels`
  ///   - classLabels: the label of each class: [C]
  package init(oneHot labels: [UInt8], of classLabels: [UInt8], element: ElementType) {
    var places = [Int](repeating: -1, count: 256)
    for (place, label) in classLabels.enumerated() { places[Int(label)] = place }
    let rows = labels.map { places[Int($0)] }
    if let unknown = rows.firstIndex(of: -1) {
      fatalError("one-hot: the label \(labels[unknown]) is none of the classes \(classLabels)")
    }
    self.init(oneHot: rows, classes: classLabels.count, element: element)
  }
}
