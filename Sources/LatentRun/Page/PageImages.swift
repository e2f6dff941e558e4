import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// The images that a page shows: the test part of the run's data, else what the run itself had.
package struct PageImages {
  package let dataset: (any Dataset)?
  /// What they are, for people.
  let title: String
  let notes: [String]

  /// - Parameters:
  ///   - exhibit: the run's, to fall back on; nil where that is not at hand
  package init(_ source: DataSource?, for saved: SavedModel, else exhibit: Exhibit? = nil) {
    do {
      guard let source else { throw RunError("the data are a program's own") }
      let examples = try saved.examples(of: source, .test, limit: Playground.mostImages)
      (dataset, title, notes) = (examples, "Test \(examples.shape.plural)", [])
    } catch {
      let reason = "\(error)"
      guard let exhibit else {
        (dataset, title) = (nil, "")
        notes = [
          saved.example.naming("There are no images to encode")
            + ", and no layer table: \(reason). Give such with --data."
        ]
        return
      }
      dataset = exhibit.shown.prefix(Playground.mostImages)
      title = (exhibit.isValidation ? "Validation " : "Training ") + saved.example.plural
      notes = ["\(title) are shown, since there are no test \(saved.example.plural) that fit: \(reason)."]
    }
  }
}
