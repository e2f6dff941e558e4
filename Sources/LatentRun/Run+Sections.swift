import Latent
import LatentFiles
import LatentReport

/// What a program puts on its run's page.
struct OwnSectionMaker {
  /// Of the model that it takes.
  let type: any Module.Type
  /// Nil of another model.
  let make: (any Module) throws -> [PageSection]?
}

extension Run {
  /// Puts sections of the program's own on the run's page, below its curves. They are made of the trained model when the page is
  /// written: at the end of the run, and also where it ends early or with an error. One that is interrupted writes its page once
  /// it has gone on. Their pictures and charts are also files in
  /// the folder `pictures` of the run.
  ///
  ///     run.sections { (model: Flow) in
  ///       [PageSection("Samples", [.picture("Faces", grid(of: model.samples(64)), alternative: "64 faces")])]
  ///     }
  ///
  /// Called again, it adds further ones. Of processes that train together, the first alone makes them.
  ///
  /// - Parameter make: given the model with the weights that `model.safetensors` has, of the type that is trained. Where it
  ///   throws, the page says why these sections are not there.
  public func sections<M: Module>(_ make: @escaping (M) throws -> [PageSection]) {
    ownSections.append(OwnSectionMaker(type: M.self) { model in try (model as? M).map(make) })
  }

  /// Stops where sections are made of another model than the run trains.
  func checkSections<M: Module>(of type: M.Type) {
    for maker in ownSections {
      require(
        maker.type == type, "Run.sections: they are made of a \(maker.type), and the run trains a \(type)")
    }
  }

  /// The sections with their files, which are written, and what was left out.
  func makeSections(of model: some Module) -> (sections: [PageSection], files: [PageSectionFile], notes: [String]) {
    guard !ownSections.isEmpty else { return ([], [], []) }
    var (sections, written, notes): ([PageSection], [PageSectionFile], [String]) = ([], [], [])
    for maker in ownSections {
      do {
        let made = try maker.make(model) ?? []
        written = try (sections + made).files()
        sections += made
      } catch {
        notes.append("Sections of the program are left out: \(error)")
      }
    }
    files.write(pictures: written)
    files.notes += notes
    return (sections, written, notes)
  }
}
