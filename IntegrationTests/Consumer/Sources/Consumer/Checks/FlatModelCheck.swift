import Latent
import LatentAnomalies
import LatentData
import LatentTraining

/// A model of one's own scores rows, all at once and as they come; its alarms are measured.
func checkFlatModel() throws {
  var values = (0..<200).map { Double($0 % 5) }
  values[150] = 40
  let scorer = AnomalyScorer(FlatModel())
  let rows = scorer.scores(of: Series(columns: ["load"], values: values), on: DataParallel(threads: 2, shards: 1))
  let expected = (7..<200).map { row -> Double in
    let mean = values[row - 7...row].reduce(0, +) / 8
    return (values[row] - mean) * (values[row] - mean)
  }
  check(Array(rows.scores[7...]), expected, "scores of a model of one's own")
  var live = LiveScorer(scorer)
  let followed = values.map { live.append([$0]).scores[0] }
  check(zip(followed, rows.scores).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "rows that come one by one")
  let threshold = try Threshold(.medianDeviations(50), scores: rows.scores)
  var events = AnomalyEvents(above: threshold.value)
  let found = events.add(rows) + events.finish()
  check(found.map(\.peak) == [150], "events \(found)")
  let labels = DetectionLabels(values.map { $0 > 10 })
  check(DetectionMetrics(rows.scores, labels).precisionRecallArea == 1, "the area under precision and recall")
}
