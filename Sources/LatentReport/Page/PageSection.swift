import LatentFiles
import LatentKernels

/// A section of a run's page that a program makes of its own: pictures, charts, tables and texts.
///
///     PageSection(
///       "Samples", lead: "Drawn after training.",
///       [.picture("Digits", picture, alternative: "Ten rows of digits"), .table("Scores", [("AUC", "0.98")])])
public struct PageSection: Sendable {
  /// Above it, and among the page's links.
  public var title: String
  /// A sentence below the title; empty for none.
  public var lead: String
  /// What is in it, in order.
  public var parts: [Part]

  public init(_ title: String, lead: String = "", _ parts: [Part]) {
    (self.title, self.lead, self.parts) = (title, lead, parts)
  }

  /// Something in a section.
  public struct Part: Sendable {
    enum Content: Sendable {
      case picture(Picture, name: String, caption: String, alternative: String)
      case chart(CurveChart)
      case measures(MeasureTable)
      case table(title: String, columns: [String], rows: [[String]])
      case text(String)
    }

    let content: Content

    /// A picture. It is also a file in the run's folder, `pictures/NAME.png`.
    ///
    /// - Parameters:
    ///   - name: above it
    ///   - caption: a sentence below its name
    ///   - alternative: what people who do not see it are told
    public static func picture(
      _ name: String, _ picture: Picture, caption: String = "", alternative: String
    ) -> Part {
      Part(content: .picture(picture, name: name, caption: caption, alternative: alternative))
    }

    /// A chart, whose values readers see by pointer or arrow keys. It is also a file in the run's folder,
    /// `pictures/TITLE.svg`.
    public static func chart(_ chart: CurveChart) -> Part { Part(content: .chart(chart)) }

    /// Names and values.
    public static func table(_ title: String, _ rows: [(name: String, value: String)]) -> Part {
      table(MeasureTable(title, rows.map { MeasureTable.Row($0.name, $0.value) }))
    }

    /// Names and values, with explanations.
    public static func table(_ measures: MeasureTable) -> Part { Part(content: .measures(measures)) }

    /// Rows of several columns.
    ///
    /// - Parameters:
    ///   - columns: the names of the columns, that of the rows' names first
    ///   - rows: each as long as `columns`
    public static func table(_ title: String, columns: [String], rows: [[String]]) -> Part {
      require(
        rows.allSatisfy { $0.count == columns.count },
        "PageSection.table: \(title) has \(columns.count) columns, and rows of \(Set(rows.map(\.count)).sorted())")
      return Part(content: .table(title: title, columns: columns, rows: rows))
    }

    /// Words; an empty line begins a new paragraph.
    public static func text(_ text: String) -> Part { Part(content: .text(text)) }
  }
}

/// A section of a run's page that every run of its kind has, as far as there is something in it.
public enum PagePart: String, Sendable, CaseIterable {
  case findings, playground, curves, pictures, measures, layers, settings, notes
}

/// A file beside the page.
package struct PageSectionFile: Sendable, Equatable {
  /// In the folder of such files.
  package let name: String
  package let bytes: [UInt8]
}

extension [PageSection] {
  /// Pictures and charts as files, in order, with names that differ.
  ///
  /// - Throws: `FileError` for a picture that can't be one
  package func files() throws(FileError) -> [PageSectionFile] {
    var files: [PageSectionFile] = []
    for part in flatMap(\.parts) {
      switch part.content {
      case .picture(let picture, let name, _, _):
        files.append(PageSectionFile(name: files.free(name, "png"), bytes: try PNG.encode(picture)))
      case .chart(let chart):
        let name = chart.title.isEmpty ? chart.panels.first?.title ?? "" : chart.title
        files.append(PageSectionFile(name: files.free(name, "svg"), bytes: [UInt8](chart.svg().utf8)))
      case .measures, .table, .text: break
      }
    }
    return files
  }
}

extension [PageSectionFile] {
  /// A name for a file that none has, also where upper and lower case are the same: letters and digits of `text`, and a number
  /// where these are taken.
  fileprivate func free(_ text: String, _ ending: String) -> String {
    let words = text.prefix(80).split { !($0.isLetter || $0.isNumber || $0 == "_") }.joined(separator: "-")
    let stem = words.isEmpty ? "picture" : words
    let taken = Set(map { $0.name.lowercased() })
    var (name, number) = ("\(stem).\(ending)", 1)
    while taken.contains(name.lowercased()) {
      number += 1
      name = "\(stem)-\(number).\(ending)"
    }
    return name
  }
}
