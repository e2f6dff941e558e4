import LatentFiles

/// What `curves.js` reads.
extension CurveChart {
  /// - Parameter epochs: the numbers of the values of series without places of their own
  func json(epochs: [Int]) -> JSON {
    ["epochs": .array(epochs.map { .integer($0) }), "panels": .array(withLooks.panels.map(\.json))]
  }

  /// The same, with epochs from 1 on.
  var json: JSON {
    let counts = panels.flatMap(\.series).map { $0.x == nil ? $0.values.count : 0 }
    return json(epochs: Array(1..<(counts.max() ?? 0) + 1))
  }

  /// Each colour as the page has it: what is of a colour has its name for a class.
  static var pageStyle: String {
    func rules(_ scheme: KeyPath<(light: String, dark: String), String>) -> String {
      Color.allCases.map { ".\($0) { --curve: \($0.values[keyPath: scheme]); }\n" }.joined()
    }
    return rules(\.light) + "@media screen and (prefers-color-scheme: dark) {\n\(rules(\.dark))}\n"
  }
}

extension CurveChart.Panel {
  fileprivate var json: JSON {
    [
      "title": .string(title), "unit": .string(yTitle), "xTitle": .string(xTitle),
      "xAxis": .string(xAxis.name), "yAxis": .string(yAxis == .logarithmic ? "logarithmic" : "linear"),
      "time": xAxis.format,
      "spans": .array(
        spans.map { span in
          [
            "name": .string(span.name), "look": .string("\(span.color ?? .grey)"),
            "from": .number(span.x.lowerBound), "to": .number(span.x.upperBound),
          ]
        }),
      "series": .array(series.map { $0.thinned.json }),
    ]
  }
}

extension CurveChart.XAxis {
  fileprivate var name: String {
    switch self {
    case .linear: "linear"
    case .logarithmic: "logarithmic"
    case .time: "time"
    }
  }

  /// How times are written, for `times.js`.
  fileprivate var format: JSON {
    guard case .time(let format) = self else { return .null }
    let pattern = format.pattern
    return [
      "unit": .string("\(pattern.unit)"), "text": .string(pattern.text), "digits": .integer(pattern.digits),
      "offset": .integer(pattern.offset),
    ]
  }
}

extension CurveChart.Series {
  fileprivate var json: JSON {
    [
      "name": .string(name), "look": .string("\(look.color)" + (look.isDashed ? " dashed" : "")),
      "mark": .string(mark?.rawValue ?? ""), "x": x.map(Self.numbers) ?? .null, "values": Self.numbers(values),
      "low": band.map { Self.numbers($0.low) } ?? .null, "high": band.map { Self.numbers($0.high) } ?? .null,
    ]
  }

  /// A list of numbers, or base64 of float64 where they are many.
  private static func numbers(_ values: [Double]) -> JSON {
    values.count <= 400 ? .array(values.map { .number($0) }) : .string(Base64.encode(values))
  }
}
