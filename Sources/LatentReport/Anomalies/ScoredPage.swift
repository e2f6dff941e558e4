import LatentAnomalies
import LatentFiles

/// The page of a scored series: one HTML file that needs no network, with the series, what was expected of it, its scores, and
/// a threshold that readers move to see which alarms there would be.
///
///     var page = ScoredPage(timeline, threshold: 12.5)
///     page.title = "plant.csv"
///     page.settings = [("score", "probability")]
///     let html = page.html()
public struct ScoredPage: Sendable {
  /// Figures of one or several methods beside each other.
  public struct Evaluation: Sendable, Equatable {
    /// One figure.
    public struct Row: Sendable, Equatable {
      /// "AUC-PR"
      public let name: String
      /// One for each method.
      public let values: [String]
      /// What it says, in a few words; empty where the name says all.
      public let explanation: String

      public init(_ name: String, _ values: [String], _ explanation: String = "") {
        (self.name, self.values, self.explanation) = (name, values, explanation)
      }
    }

    /// Above the table.
    public let title: String
    /// The methods; empty where there is one that needs no name.
    public let methods: [String]
    /// In the order in which people read them.
    public let rows: [Row]

    public init(_ title: String, methods: [String] = [], rows: [Row]) {
      (self.title, self.methods, self.rows) = (title, methods, rows)
    }
  }

  let timeline: ScoredTimeline
  /// Rows that score above it are alarms, until readers move it.
  public var threshold: Double
  /// The fewest rows of an event, as `AnomalyEvents` has it.
  public var minLength = 1
  /// The number of rows without alarm that end an event.
  public var cooldown = 1
  /// The events that were found, ascending; nil for those that the page finds itself. They are shown until a reader changes
  /// the rule: those of a long series, which the page has in bins only, or of a threshold that moves with the rows.
  public var events: [AnomalyEvent]?
  /// At the top; the series' name at first.
  public var title: String
  /// A sentence below the title.
  public var lead = ""
  /// How good the scores are, where labels are known.
  public var evaluation: [Evaluation] = []
  /// How the scores were made: names and values.
  public var settings: [(name: String, value: String)] = []
  /// What readers should know: a sentence each.
  public var notes: [String] = []
  /// What made the page: "vae-train 0.9".
  public var origin = ""

  /// A page with the series' name as its title, and no more than the series and its alarms.
  public init(_ timeline: ScoredTimeline, threshold: Double) {
    (self.timeline, self.threshold, title) = (timeline, threshold, timeline.name)
  }
}

/// The page as text.
extension ScoredPage {
  /// The page.
  public func html() -> String {
    let sections: [PageFile.Section] = [
      ("series", "Series", seriesLead, ScoredPageFile.controls),
      ("alarms", "Alarms", "", ScoredPageFile.alarms),
      ("evaluation", "Evaluation", "", evaluationHTML),
      ("settings", "Settings", "", settingsHTML),
      ("notes", "Notes", "", notesHTML),
    ]
    return PageFile.document(
      title: title, lead: lead, head: ScoredPageFile.figures, sections: sections, origin: origin,
      style: PageFile.style + ScoredPageFile.style, data: dataHTML, program: ScoredPageFile.program)
  }

  /// What the numbers of the page stand for, where that is not plain.
  private var seriesLead: String {
    let size = timeline.rowsPerScore
    let rows = "\(Format.grouped(Double(timeline.rows))) rows"
    guard size > 1 else { return "" }
    return
      "\(rows) are too many for a page: it shows bins of \(Format.grouped(Double(size))) rows, from their least to their "
      + "greatest value, and each bin's highest score. "
      + (events == nil ? "Alarms are counted by bins." : "Where the threshold is moved, alarms are counted by bins.")
  }

  private var evaluationHTML: String {
    evaluation.map { table in
      let head = table.methods.map { "<th scope=\"col\">\(SVGText.escaped($0))</th>" }.joined()
      let rows = table.rows.map { row in
        let explanation = row.explanation.isEmpty ? "" : "<small>\(SVGText.escaped(row.explanation))</small>"
        let cells = row.values.map { "<td>\(SVGText.escaped($0))</td>" }.joined()
        return "<tr><th scope=\"row\">\(SVGText.escaped(row.name))\(explanation)</th>\(cells)</tr>\n"
      }
      return """
        <div class="card evaluation"><div class="scroll"><table><caption>\(SVGText.escaped(table.title))</caption>
        \(head.isEmpty ? "" : "<thead><tr><th scope=\"col\">Measure</th>\(head)</tr></thead>\n")<tbody>
        \(rows.joined())</tbody></table></div></div>

        """
    }.joined()
  }

  private var settingsHTML: String {
    guard !settings.isEmpty else { return "" }
    let rows = settings.map {
      "<tr><th scope=\"row\">\(SVGText.escaped($0.name))</th><td>\(SVGText.escaped($0.value))</td></tr>\n"
    }
    return "<div class=\"card\"><table>\n\(rows.joined())</table></div>\n"
  }

  private var notesHTML: String {
    notes.isEmpty ? "" : "<ul class=\"notes\">\(notes.map { "<li>\(SVGText.escaped($0))</li>" }.joined())</ul>\n"
  }
}

/// The files of the page that are no Swift, as they are in the binary.
enum ScoredPageFile {
  static let style = PageFile.text(PackageResources.scored_css)
  static let figures = PageFile.text(PackageResources.figures_html)
  static let controls = PageFile.text(PackageResources.series_html)
  static let alarms = PageFile.text(PackageResources.alarms_html)
  static let program = [
    PackageResources.elements_js, PackageResources.levels_js, PackageResources.times_js, PackageResources.alarms_js,
    PackageResources.panels_js, PackageResources.view_js, PackageResources.scored_js,
  ].map(PageFile.text).joined(separator: "\n")
}
