import LatentFiles

/// A program's sections as they stand on a page.
struct OwnSections {
  private(set) var sections: [PageFile.Section] = []
  /// What does not fit: a sentence each.
  private(set) var notes: [String] = []
  private var charts: [JSON] = []

  /// - Parameters:
  ///   - files: those of the sections' pictures and charts, in their order
  ///   - room: bytes that the page has left; what is used goes from it
  init(_ sections: [PageSection], files: [PageSectionFile], room: inout Int) {
    var files = files[...]
    for (number, section) in sections.enumerated() {
      var pieces: [(kind: Kind, html: String)] = []
      room -= 4 * (section.title.utf8.count + section.lead.utf8.count) + 512
      for part in section.parts {
        let file = part.hasFile ? files.popFirst() : nil
        let (kind, html, data) = part.html(file, chart: charts.count)
        let size = html.utf8.count + (data?.text.utf8.count ?? 0) + 64
        guard size <= room else {
          notes.append(part.tooLarge(file))
          room -= 2 * notes.last!.utf8.count + 64
          continue
        }
        room -= size
        pieces.append((kind, html))
        if let data { charts.append(data) }
      }
      let content = Self.grouped(pieces)
      if content.isEmpty && section.lead.isEmpty { continue }
      self.sections.append(
        ("own-\(number + 1)", section.title, section.lead, "<div class=\"own\">\n\(content)</div>\n"))
    }
  }

  /// For the page's program.
  var data: String {
    charts.isEmpty ? "" : PageFile.script("own-data", ["charts": .array(charts)])
  }

  /// What of a kind stands side by side.
  enum Kind: Equatable {
    case picture, measures, other
  }

  private static func grouped(_ pieces: [(kind: Kind, html: String)]) -> String {
    var (html, start) = ("", 0)
    while start < pieces.count {
      let kind = pieces[start].kind
      let end = kind == .other ? start + 1 : pieces[start...].firstIndex { $0.kind != kind } ?? pieces.count
      let content = pieces[start..<end].map(\.html).joined()
      switch kind {
      case .picture: html += "<div class=\"pictures\">\n\(content)</div>\n"
      case .measures: html += "<div class=\"tables\">\n\(content)</div>\n"
      case .other: html += content
      }
      start = end
    }
    return html
  }
}

extension PageSection.Part {
  fileprivate var hasFile: Bool {
    switch content {
    case .picture, .chart: true
    case .measures, .table, .text: false
    }
  }

  /// - Parameters:
  ///   - file: of a picture
  ///   - chart: the number of a chart in the page
  fileprivate func html(
    _ file: PageSectionFile?, chart number: Int
  ) -> (kind: OwnSections.Kind, html: String, data: JSON?) {
    switch content {
    case .picture(_, let name, let caption, let alternative):
      let image = RunReport.Image(name, caption: caption, alternative: alternative, .png(file?.bytes ?? []))
      return (.picture, image.html, nil)
    case .chart(let chart):
      let title = chart.title.isEmpty ? "" : "<h3>\(SVGText.escaped(chart.title))</h3>\n"
      let html = """
        <div class="group">
        \(title)<div class="charts" id="own-chart-\(number)"></div>
        <noscript>
        \(String(decoding: file?.bytes ?? [], as: UTF8.self))</noscript></div>

        """
      return (.other, html, chart.json)
    case .measures(let table): return (.measures, table.html, nil)
    case .table(let title, let columns, let rows): return (.other, Self.table(title, columns, rows), nil)
    case .text(let text):
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { SVGText.escaped(String($0)) }
      let paragraphs = lines.split { $0.allSatisfy(\.isWhitespace) }.map { $0.joined(separator: "\n") }
      return (.other, paragraphs.map { "<p>\($0)</p>\n" }.joined(), nil)
    }
  }

  private static func table(_ title: String, _ columns: [String], _ rows: [[String]]) -> String {
    let head = columns.map { "<th scope=\"col\">\(SVGText.escaped($0))</th>" }.joined()
    let lines = rows.map { row in
      let cells = row.dropFirst().map { "<td>\(SVGText.escaped($0))</td>" }.joined()
      return "<tr><th scope=\"row\">\(SVGText.escaped(row.first ?? ""))</th>\(cells)</tr>\n"
    }
    return """
      <div class="card"><div class="scroll"><table><caption>\(SVGText.escaped(title))</caption>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(lines.joined())</tbody></table></div></div>

      """
  }

  /// Why it is not on the page.
  fileprivate func tooLarge(_ file: PageSectionFile?) -> String {
    let place = file.map { "; it is the file pictures/\($0.name) in the run's folder" } ?? ""
    switch content {
    case .picture(_, let name, _, _): return "The picture “\(name)” is too large for this page\(place)."
    case .chart(let chart): return "The chart “\(chart.title)” is too large for this page\(place)."
    case .measures(let table): return "The table “\(table.title)” is too large for this page."
    case .table(let title, _, _): return "The table “\(title)” is too large for this page."
    case .text: return "A text is too large for this page."
    }
  }
}
