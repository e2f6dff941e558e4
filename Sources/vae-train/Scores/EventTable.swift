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

  /// `series,start,end,peak,rows,score,features`
  var csv: String {
    var text =
      CSVText.line((hasSeries ? ["series"] : []) + ["start", "end", "peak", "rows", "score", "features"]) + "\n"
    for (series, event) in events {
      text +=
        CSVText.line(
          (hasSeries ? [series.name] : []) + [
            series.cell(of: event.rows.lowerBound), series.cell(of: event.rows.upperBound - 1),
            series.cell(of: event.peak),
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
          "series": .string(series.name), "start": .string(series.cell(of: event.rows.lowerBound)),
          "end": .string(series.cell(of: event.rows.upperBound - 1)), "peak": .string(series.cell(of: event.peak)),
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
      let (start, end) = (series.cell(of: event.rows.lowerBound), series.cell(of: event.rows.upperBound - 1))
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
