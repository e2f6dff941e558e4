import LatentFiles

/// The page as text.
extension RunReport {
  /// Bytes that a page stays below.
  package static let mostBytes = 3_000_000

  /// The page. What would make it larger than ``mostBytes``, a program's own sections before other pictures, is left out,
  /// with a note.
  package func html() -> String {
    var notes = notes
    var pictures: [Image] = []
    let data = has(.playground) ? playground.map { script("playground-data", $0.json) } ?? "" : ""
    var none = 0
    let empty = OwnSections([], files: [], room: &none)
    let rest = body(pictures: [], own: empty, notes: notes, data: data).utf8.count
    var room = Self.mostBytes - rest - 4096
    let own = OwnSections(sections, files: sectionFiles, room: &room)
    notes += own.notes
    for picture in has(.pictures) ? self.pictures : [] {
      let size = picture.content.count + 1024
      if size <= room {
        room -= size
        pictures.append(picture)
      } else {
        notes.append("The picture “\(picture.title)” is too large for this page; it is a file in the run's folder.")
      }
    }
    return body(pictures: pictures, own: own, notes: notes, data: data)
  }

  /// Whether the page is to have it.
  private func has(_ part: PagePart) -> Bool { !leavesOut.contains(part) }

  private func body(pictures: [Image], own: OwnSections, notes: [String], data: String) -> String {
    let before: [(PagePart, PageFile.Section)] = [
      (.findings, ("findings", "Findings", "", findingsHTML)),
      (
        .playground,
        (
          "playground", "Playground",
          playground == nil
            ? "" : "The trained decoder runs in this page. Move through its latent space and watch what it draws.",
          playground == nil ? "" : PageFile.playground
        )
      ),
      (
        .curves,
        (
          "curves", "Curves",
          "Losses after each epoch. Point at a chart, or move in it with the arrow keys, for its values.",
          curvesHTML
        )
      ),
    ]
    let after: [(PagePart, PageFile.Section)] = [
      (
        .pictures,
        (
          "pictures", "Pictures", "",
          pictures.isEmpty ? "" : "<div class=\"pictures\">\(pictures.map(\.html).joined())</div>"
        )
      ),
      (.measures, ("measures", "Measures", "", measuresHTML)),
      (.layers, ("layers", "Layers", "", layersHTML)),
      (.settings, ("settings", "Settings", "", settingsHTML)),
      (
        .notes,
        (
          "notes", "Notes", "",
          notes.isEmpty ? "" : "<ul class=\"notes\">\(notes.map { "<li>\(escaped($0))</li>" }.joined())</ul>\n"
        )
      ),
    ]
    func kept(_ parts: [(PagePart, PageFile.Section)]) -> [PageFile.Section] {
      parts.filter { has($0.0) }.map(\.1)
    }
    let data = data + (has(.curves) ? curvesData : "") + own.data
    return PageFile.document(
      title: title, lead: lead, head: figuresHTML, sections: kept(before) + own.sections + kept(after),
      footer: "<p id=\"agreement\"></p>\n<p id=\"speed\"></p>\n", origin: origin,
      style: PageFile.style + CurveChart.pageStyle, data: data, program: data.isEmpty ? "" : PageFile.program)
  }

  func escaped(_ text: String) -> String { SVGText.escaped(text) }

  /// Data for the page's program.
  func script(_ id: String, _ value: JSON) -> String { PageFile.script(id, value) }
}
