import LatentFiles

/// The files of pages that are no Swift, as they are in the binary, and what all pages have in common.
enum PageFile {
  static let style = text(PackageResources.page_css)
  static let playground = text(PackageResources.playground_html)
  static let program = [
    PackageResources.elements_js, PackageResources.decoder_js, PackageResources.times_js, PackageResources.axes_js,
    PackageResources.curves_js, PackageResources.map_js, PackageResources.series_js, PackageResources.playground_js,
    PackageResources.page_js,
  ].map(text).joined(separator: "\n")

  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// What all pages have around their sections.
extension PageFile {
  /// A part of a page: its content in HTML, and what stands above it as text.
  typealias Section = (id: String, title: String, lead: String, content: String)

  /// - Parameters:
  ///   - head: below the lead
  ///   - sections: in their order, with links to them; what has no content is left out
  ///   - footer: above the origin
  ///   - data: elements that the program reads
  static func document(
    title: String, lead: String, head: String, sections: [Section], footer: String = "", origin: String,
    style: String, data: String, program: String
  ) -> String {
    let sections = sections.filter { !$0.content.isEmpty }
    let links = sections.map { "<a href=\"#\($0.id)\">\(SVGText.escaped($0.title))</a>" }.joined()
    let content = sections.map { section in
      let lead = section.lead.isEmpty ? "" : "<p class=\"lead\">\(SVGText.escaped(section.lead))</p>\n"
      return """
        <section id="\(section.id)" aria-labelledby="\(section.id)-title">
        <h2 id="\(section.id)-title">\(SVGText.escaped(section.title))</h2>
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
      <title>\(SVGText.escaped(title))</title>
      <link rel="icon" href="data:,">
      <style>
      \(style)</style>
      </head>
      <body>
      <header><div>
      <p class="eyebrow">Latent</p>
      <h1>\(SVGText.escaped(title))</h1>
      <p class="lead">\(SVGText.escaped(lead))</p>
      \(head)</div></header>
      <nav aria-label="Sections"><div>\(links)</div></nav>
      <main>
      \(content)</main>
      <footer><div>
      \(footer)<p>\(SVGText.escaped(origin))</p>
      </div></footer>
      \(data)<script type="module">
      \(program)</script>
      </body>
      </html>

      """
  }

  /// Data for a page's program. No text in it can end the element.
  static func script(_ id: String, _ value: JSON) -> String {
    let text = value.text.replacing("<", with: "\\u003c")
    return "<script type=\"application/json\" id=\"\(id)\">\n\(text)</script>\n"
  }
}
