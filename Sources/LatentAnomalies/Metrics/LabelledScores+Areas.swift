extension LabelledScores {
  /// The area under the curve of the true over the false positive rate: the chance that an anomalous row has a higher score
  /// than a normal one, where equal scores count half (`roc_auc_score` of scikit-learn; Fawcett, An introduction to ROC
  /// analysis, 2006). nil where all rows are of one kind.
  public var rocArea: Double? {
    guard hasBothKinds else { return nil }
    let (anomalies, others) = (Double(labels.anomalies), Double(labels.count - labels.anomalies))
    var area = 0.0
    var last = (truePositives: 0, falsePositives: 0)
    forEachScore { truePositives, falsePositives in
      area +=
        Double(falsePositives - last.falsePositives) * Double(truePositives + last.truePositives) / 2
      last = (truePositives, falsePositives)
    }
    return area / anomalies / others
  }

  /// The area under the curve of precision over recall, as the sum of steps: average precision (`average_precision_score` of
  /// scikit-learn; Davis and Goadrich, The relationship between Precision-Recall and ROC curves, ICML 2006). Of random scores
  /// it is the share of anomalous rows. nil where there are none.
  public var precisionRecallArea: Double? {
    guard labels.anomalies > 0 else { return nil }
    var (sum, last) = (0.0, 0)
    forEachScore { truePositives, falsePositives in
      if truePositives > last {
        sum += Double(truePositives - last) * Double(truePositives) / Double(truePositives + falsePositives)
        last = truePositives
      }
    }
    return sum / Double(labels.anomalies)
  }

  /// The greatest F1 of rows that any threshold gives: what a threshold chosen with a look at the labels would have had. nil
  /// where there are no anomalies.
  public var bestF1: Double? {
    guard labels.anomalies > 0 else { return nil }
    var best = 0.0
    forEachScore { truePositives, falsePositives in
      best = max(best, 2 * Double(truePositives) / Double(truePositives + falsePositives + labels.anomalies))
    }
    return best
  }

  /// Tells for each different score, from the greatest on, how many anomalous and how many other rows have it or a higher one.
  private func forEachScore(_ body: (_ truePositives: Int, _ falsePositives: Int) -> Void) {
    descending.withUnsafeBufferPointer { rows in
      var (truePositives, row) = (0, 0)
      while row < rows.count {
        let score = rows[row].score
        while row < rows.count, rows[row].score == score {
          if rows[row].isAnomaly { truePositives += 1 }
          row += 1
        }
        body(truePositives, row - truePositives)
      }
    }
  }
}
