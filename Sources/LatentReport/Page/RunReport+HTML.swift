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
    let sections: [PageFile.Section] = [
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
    ]
    return PageFile.document(
      title: title, lead: lead, head: figuresHTML, sections: sections,
      footer: "<p id=\"agreement\"></p>\n<p id=\"speed\"></p>\n", origin: origin, style: PageFile.style,
      data: data + curvesData, program: playground == nil && history.epochs.isEmpty ? "" : PageFile.program)
  }

  func escaped(_ text: String) -> String { SVGText.escaped(text) }

  /// Data for the page's program.
  func script(_ id: String, _ value: JSON) -> String { PageFile.script(id, value) }
}
