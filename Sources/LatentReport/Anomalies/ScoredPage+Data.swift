import LatentFiles

/// What the page's program reads.
extension ScoredPage {
  /// Lists of numbers are base64, each in an element of its own; everything else is JSON.
  var dataHTML: String {
    let (scores, features) = (timeline.scores, timeline.features)
    let data: JSON = [
      "rows": .integer(timeline.rows), "threshold": .number(threshold), "minLength": .integer(minLength),
      "cooldown": .integer(cooldown), "features": .array(timeline.columns.map { .string($0) }),
      "scoreSize": .integer(scores.size), "featureSize": .integer(features.size),
      "time": timeline.timeFormat.map { Self.json($0.pattern) } ?? .null,
      "ends": .array([.string(timeline.ends.first), .string(timeline.ends.last)]),
      "events": events.map { events in
        .array(
          events.flatMap { [$0.rows.lowerBound, $0.rows.upperBound, $0.peak].map { .integer($0) } })
      } ?? .null,
      "labelled": timeline.labelledBins.map { runs in
        .array(runs.flatMap { [.integer($0.lowerBound), .integer($0.upperBound)] })
      } ?? .null,
    ]
    var text = PageFile.script("scored-data", data)
    func add(_ id: String, _ base64: String) {
      text += "<script type=\"text/plain\" id=\"\(id)\">\(base64)</script>\n"
    }
    add("scores", Base64.encode(scores.scores))
    if timeline.timeFormat != nil { add("times", Base64.encode(scores.times)) }
    for feature in timeline.columns.indices {
      for part in FeatureBins.Part.allCases where features.size > 1 || !part.isHighestOfBin {
        add("\(part)-\(feature)", Base64.encode(features.column(part, of: feature)))
      }
    }
    return text
  }

  private static func json(_ pattern: TimeFormat.Pattern) -> JSON {
    [
      "unit": .string("\(pattern.unit)"), "text": .string(pattern.text), "digits": .integer(pattern.digits),
      "offset": .integer(pattern.offset),
    ]
  }
}

extension FeatureBins.Part {
  /// Whether it is another part too in bins of one row.
  fileprivate var isHighestOfBin: Bool { self == .valueHigh || self == .expectedHigh }
}
