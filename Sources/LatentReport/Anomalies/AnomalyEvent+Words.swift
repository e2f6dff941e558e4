import LatentAnomalies

extension AnomalyEvent {
  /// Features that have a tenth of it and more, or the first one: `load 62%, temperature 38%`.
  ///
  /// - Parameter columns: the features' names: [D]
  package func words(_ columns: [String]) -> String {
    features.enumerated().filter { $0.offset == 0 || $0.element.share >= 0.1 }.map {
      "\(columns[$0.element.feature]) \(Format.fixed(100 * $0.element.share, 0))%"
    }.joined(separator: ", ")
  }
}
