import Latent
import LatentFiles
import LatentMeasures
import LatentTraining

/// Everything on a run's page: one file that needs no network, for people to read and play with.
package struct RunReport: Sendable {
  /// A number that comes first.
  package struct Figure: Sendable, Equatable {
    package let name: String
    package let value: String
    /// What it is of, in a few words.
    package let detail: String

    package init(_ name: String, _ value: String, _ detail: String = "") {
      (self.name, self.value, self.detail) = (name, value, detail)
    }
  }

  /// Settings that belong together.
  package struct Settings: Sendable, Equatable {
    package let title: String
    package let pairs: [(name: String, value: String)]

    package init(_ title: String, _ pairs: [(name: String, value: String)]) {
      (self.title, self.pairs) = (title, pairs)
    }

    package static func == (a: Settings, b: Settings) -> Bool {
      a.title == b.title && a.pairs.elementsEqual(b.pairs, by: ==)
    }
  }

  /// A picture with what people who do not see it are told, or a text in its place.
  package struct Image: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
      case png([UInt8])
      case text(String)

      /// The bytes that it takes in a page, or somewhat fewer.
      var count: Int {
        switch self {
        case .png(let bytes): Base64.count(bytes: bytes.count)
        case .text(let text): text.utf8.count * 3 / 2
        }
      }
    }

    package let title: String
    package let caption: String
    package let alternative: String
    package let content: Content

    package init(_ title: String, caption: String, alternative: String, _ content: Content) {
      (self.title, self.caption, self.alternative, self.content) = (title, caption, alternative, content)
    }
  }

  /// Something that was found out about the run.
  package struct Finding: Sendable, Equatable {
    package enum Severity: String, Sendable {
      /// All is well.
      case good
      /// Worth knowing.
      case note
      case warning, problem
    }

    package let severity: Severity
    package let sentence: String
    /// What to do about it; empty where there is nothing to do.
    package let advice: String

    package init(_ severity: Severity, _ sentence: String, advice: String = "") {
      (self.severity, self.sentence, self.advice) = (severity, sentence, advice)
    }
  }

  package var title: String
  /// A sentence below the title.
  package var lead = ""
  package var figures: [Figure] = []
  package var findings: [Finding] = []
  package var history = History()
  /// What the losses are in: "nats per image".
  package var lossUnit = "nats per image"
  package var totalTitle = "Total (−ELBO)"
  package var pictures: [Image] = []
  package var measures: [MeasureTable] = []
  package var layers: LayerTable?
  /// What the model is made of.
  package var summary: ModelSummary?
  package var settings: [Settings] = []
  package var playground: Playground?
  /// What was left out, and why: a sentence each.
  package var notes: [String] = []
  /// What made the page: "vae-train 0.9".
  package var origin = ""
  /// The program's own, after the curves.
  package var sections: [PageSection] = []
  /// Those of the sections' pictures and charts.
  package var sectionFiles: [PageSectionFile] = []
  /// What the page is to do without.
  package var leavesOut: Set<PagePart> = []

  package init(title: String) { self.title = title }
}
