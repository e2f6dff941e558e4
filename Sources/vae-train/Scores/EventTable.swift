import LatentAnomalies
import LatentData
import LatentFiles
import LatentReport

/// Events for people and for programs.
struct EventTable {
  /// An event and the series that it is of.
  let events: [(series: Series, event: AnomalyEvent)]
  /// Whether there are several series, whose names are told.
  let hasSeries: Bool
  /// The features' names: [D]
  let columns: [String]

  private func label(_ series: Series, _ row: Int) -> String {
    series.times == nil ? "\(row)" : series.label(of: row)
  }

  /// `series,start,end,peak,rows,score,features`
  var csv: String {
    let many = hasSeries
    var text = CSVText.line((many ? ["series"] : []) + ["start", "end", "peak", "rows", "score", "features"]) + "\n"
    for (series, event) in events {
      text +=
        CSVText.line(
          (many ? [series.name] : []) + [
            label(series, event.rows.lowerBound), label(series, event.rows.upperBound - 1), label(series, event.peak),
            "\(event.rows.count)", "\(Float(event.score))", event.words(columns),
          ]) + "\n"
    }
    return text
  }

  /// A list of objects.
  var json: JSON {
    .array(
      events.map { series, event in
        [
          "series": .string(series.name), "start": .string(label(series, event.rows.lowerBound)),
          "end": .string(label(series, event.rows.upperBound - 1)), "peak": .string(label(series, event.peak)),
          "rows": .integer(event.rows.count), "score": .number(Double(Float(event.score))),
          "features": .array(
            event.features.map { ["name": .string(columns[$0.feature]), "share": .number($0.share)] as JSON }),
        ]
      })
  }

  /// A line for each of the events with the highest scores, at most `count`, in time.
  func lines(most count: Int) -> [String] {
    let chosen = events.indices.sorted { events[$0].event.score > events[$1].event.score }.prefix(count).sorted()
    let rows = chosen.map { index -> [String] in
      let (series, event) = events[index]
      let (start, end) = (label(series, event.rows.lowerBound), label(series, event.rows.upperBound - 1))
      let count = event.rows.count
      return (hasSeries ? [series.name] : []) + [
        start, count > 1 ? "to \(end)" : "", "\(count) \(count == 1 ? "row" : "rows")",
        "score \(Float(event.score))", columns.count > 1 ? event.words(columns) : "",
      ]
    }
    let names = ["start", "", "rows", "peak", columns.count > 1 ? "features" : ""]
    return MeasureText.aligned([(hasSeries ? ["series"] : []) + names] + rows)
  }
}
