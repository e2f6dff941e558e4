import LatentFiles

/// The page as text.
extension RunReport {
  /// Bytes that a page stays below.
  package static let mostBytes = 3_000_000

  /// The page. Pictures that would make it larger than ``mostBytes`` are left out, with a note.
  package func html() -> String {
    var notes = notes
    var pictures: [Image] = []
    let data = playground.map { script("playground-data", $0.json) } ?? ""
    let rest = body(pictures: [], notes: notes, data: data).utf8.count
    var room = Self.mostBytes - rest - 4096
    for picture in self.pictures {
      let size = picture.content.count + 1024
      if size <= room {
        room -= size
        pictures.append(picture)
      } else {
        notes.append("The picture “\(picture.title)” is too large for this page; it is a file in the run's folder.")
      }
    }
    return body(pictures: pictures, notes: notes, data: data)
  }

  private func body(pictures: [Image], notes: [String], data: String) -> String {
    let sections: [(id: String, title: String, lead: String, content: String)] = [
      ("findings", "Findings", "", findingsHTML),
      (
        "playground", "Playground",
        playground == nil
          ? "" : "The trained decoder runs in this page. Move through its latent space and watch what it draws.",
        playground == nil ? "" : PageFile.playground
      ),
      (
        "curves", "Curves",
        "Losses after each epoch. Point at a chart, or move in it with the arrow keys, for its values.",
        curvesHTML
      ),
      (
        "pictures", "Pictures", "",
        pictures.isEmpty ? "" : "<div class=\"pictures\">\(pictures.map(\.html).joined())</div>"
      ),
      ("measures", "Measures", "", measuresHTML),
      ("layers", "Layers", layers?.caption ?? "", layers?.html ?? ""),
      ("settings", "Settings", "", settingsHTML),
      (
        "notes", "Notes", "",
        notes.isEmpty ? "" : "<ul class=\"notes\">\(notes.map { "<li>\(escaped($0))</li>" }.joined())</ul>\n"
      ),
    ].filter { !$0.content.isEmpty }
    let links = sections.map { "<a href=\"#\($0.id)\">\($0.title)</a>" }.joined()
    let content = sections.map { section in
      let lead = section.lead.isEmpty ? "" : "<p class=\"lead\">\(escaped(section.lead))</p>\n"
      return """
        <section id="\(section.id)" aria-labelledby="\(section.id)-title">
        <h2 id="\(section.id)-title">\(section.title)</h2>
        \(lead)\(section.content)</section>

        """
    }.joined()
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; \
      script-src 'unsafe-inline'">
      <title>\(escaped(title))</title>
      <link rel="icon" href="data:,">
      <style>
      \(PageFile.style)</style>
      </head>
      <body>
      <header><div>
      <p class="eyebrow">Latent</p>
      <h1>\(escaped(title))</h1>
      <p class="lead">\(escaped(lead))</p>
      \(figuresHTML)</div></header>
      <nav aria-label="Sections"><div>\(links)</div></nav>
      <main>
      \(content)</main>
      <footer><div>
      <p id="agreement"></p>
      <p id="speed"></p>
      <p>\(escaped(origin))</p>
      </div></footer>
      \(data)\(curvesData)<script type="module">
      \(playground == nil && history.epochs.isEmpty ? "" : PageFile.program)</script>
      </body>
      </html>

      """
  }

  func escaped(_ text: String) -> String { SVGText.escaped(text) }

  /// Data for the page's program. No text in it can end the element.
  func script(_ id: String, _ value: JSON) -> String {
    let text = value.text.replacing("<", with: "\\u003c")
    return "<script type=\"application/json\" id=\"\(id)\">\n\(text)</script>\n"
  }
}

/// The files of the page that are no Swift, as they are in the binary.
enum PageFile {
  static let style = text(PackageResources.page_css)
  static let playground = text(PackageResources.playground_html)
  static let program = [
    PackageResources.decoder_js, PackageResources.curves_js, PackageResources.map_js, PackageResources.series_js,
    PackageResources.playground_js, PackageResources.page_js,
  ].map(text).joined(separator: "\n")

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
