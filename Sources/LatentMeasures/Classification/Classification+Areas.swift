import Latent

extension Classification {
  /// The area under the curve of the true over the false positive rate of a class against all others: the chance that one of
  /// its examples gets a higher probability of it than another example, where equal ones count half (`roc_auc_score` of
  /// scikit-learn; Fawcett, An introduction to ROC analysis, 2006). Nil without probabilities, without an example of the
  /// class or of others, and where a probability is no number.
  public func rocArea(of label: Int) -> Double? {
    guard let probabilities, (0..<classes).contains(label) else { return nil }
    let column = stride(from: label, to: labels.count * classes, by: classes)
    let values = probabilities.values
    let scores = column.map { values[$0] }
    let positives = labels.count { $0 == label }
    let negatives = labels.count - positives
    guard positives > 0, negatives > 0, scores.allSatisfy(\.isFinite) else { return nil }
    // The sum of the positives' ranks, equal scores sharing the mean of theirs (Mann & Whitney 1947).
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var (ranks, first) = (0.0, 0)
    while first < order.count {
      var (end, own) = (first, 0)
      while end < order.count, scores[order[end]] == scores[order[first]] {
        if labels[order[end]] == label { own += 1 }
        end += 1
      }
      ranks += Double(own) * Double(first + 1 + end) / 2
      first = end
    }
    let least = Double(positives) * Double(positives + 1) / 2
    return (ranks - least) / Double(positives) / Double(negatives)
  }

  /// That of class 1 where there are two classes; else the mean over the classes that have one, each against all others. Nil
  /// where none has.
  public var rocArea: Double? {
    if classes == 2 { return rocArea(of: 1) }
    let areas = (0..<classes).compactMap { rocArea(of: $0) }
    return areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count)
  }
}
