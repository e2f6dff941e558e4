import LatentFiles
import LatentMeasures
import LatentTraining

/// The parts of the page.
extension RunReport {
  var figuresHTML: String {
    guard !figures.isEmpty else { return "" }
    let items = figures.map { figure in
      let detail = figure.detail.isEmpty ? "" : "<small>\(escaped(figure.detail))</small>"
      return "<div class=\"card\"><dt>\(escaped(figure.name))</dt><dd>\(escaped(figure.value))\(detail)</dd></div>\n"
    }
    return "<dl class=\"figures\">\n\(items.joined())</dl>\n"
  }

  var findingsHTML: String {
    guard !findings.isEmpty else { return "" }
    let items = findings.map { finding in
      let advice = finding.advice.isEmpty ? "" : "<p class=\"advice\">\(escaped(finding.advice))</p>"
      return """
        <li class="card \(finding.severity)"><span class="mark" role="img" aria-label="\(finding.severity)"></span>\
        <p>\(escaped(finding.sentence))</p>\(advice)</li>

        """
    }
    return "<ul class=\"findings\">\n\(items.joined())</ul>\n"
  }

  var curvesHTML: String {
    history.epochs.isEmpty
      ? "" : "<div id=\"charts\" class=\"charts\"></div>\n<noscript>\n\(chart.svg())</noscript>\n"
  }

  /// The same curves for readers without JavaScript.
  var chart: CurveChart { CurveChart(history, title: "Losses", unit: lossUnit, total: totalTitle) }

  var curvesData: String {
    guard !history.epochs.isEmpty else { return "" }
    return script("curves-data", chart.json(epochs: history.epochs.map(\.epoch)))
  }

  var measuresHTML: String {
    guard !measures.isEmpty else { return "" }
    return "<div class=\"tables\">\n\(measures.map(\.html).joined())</div>\n"
  }

  /// What the model is made of, and where the time of its steps goes.
  var layersHTML: String { (summary?.html ?? "") + (layers?.html ?? "") }

  var settingsHTML: String {
    guard !settings.isEmpty else { return "" }
    let tables = settings.map { group in
      let rows = group.pairs.map { name, value in
        // What is long gets the whole width, below its name.
        value.count > 36
          ? "<tr><td colspan=\"2\">\(escaped(name))<small>\(escaped(value))</small></td></tr>\n"
          : "<tr><th scope=\"row\">\(escaped(name))</th><td>\(escaped(value))</td></tr>\n"
      }
      return "<div class=\"card\"><table><caption>\(escaped(group.title))</caption>\n\(rows.joined())</table></div>\n"
    }
    return "<div class=\"tables\">\n\(tables.joined())</div>\n"
  }
}

extension MeasureTable {
  var html: String {
    let rows = rows.map { row in
      let explanation = row.explanation.isEmpty ? "" : "<small>\(SVGText.escaped(row.explanation))</small>"
      let name = SVGText.escaped(row.name)
      return "<tr><th scope=\"row\">\(name)\(explanation)</th><td>\(SVGText.escaped(row.value))</td></tr>\n"
    }
    return
      "<div class=\"card measure\"><table><caption>\(SVGText.escaped(title))</caption>\n\(rows.joined())</table></div>\n"
  }
}

extension RunReport.Image {
  var html: String {
    let (title, text, caption) = (SVGText.escaped(title), SVGText.escaped(alternative), SVGText.escaped(caption))
    let head = "<figure class=\"card\"><figcaption><h3>\(title)</h3><p>\(caption)</p></figcaption>"
    switch content {
    case .text(let text):
      // Escaping makes ends of lines spaces.
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { SVGText.escaped(String($0)) }
      return "\(head)<pre tabindex=\"0\">\(lines.joined(separator: "\n"))</pre></figure>\n"
    case .png(let png):
      // A PNG's size is in its first block.
      func number(_ start: Int) -> Int { png[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
      let size = png.count > 24 ? " width=\"\(number(16))\" height=\"\(number(20))\"" : ""
      return "\(head)<img alt=\"\(text)\"\(size) src=\"data:image/png;base64,\(Base64.encode(png))\"></figure>\n"
    }
  }
}
