import LatentCommand
import LatentData

/// How images are written, and texts.
enum ImageFormat: String, CaseIterable {
  case npy, png, txt

  /// Images in a picture, where nobody says how many.
  static let mostShown = 100

  /// What to do with them.
  func sayNext() {
    switch self {
    case .npy: NextStep.say("numpy.load reads the file in Python")
    case .png: NextStep.say("look at the picture")
    case .txt: NextStep.say("read it: a line is a text")
    }
  }

  /// - Throws: ``Failure`` where such examples are not written so
  func check(_ example: ExampleShape, to path: String) throws(Failure) {
    var isText = false
    if case .text = example { isText = true }
    switch self {
    case .png where isText: throw Failure("-o '\(path)': texts are not drawn: give .txt or .npy", code: Failure.usage)
    case .txt where !isText:
      throw Failure("-o '\(path)': \(example.plural) are no texts: give .npy or .png", code: Failure.usage)
    case .npy, .png, .txt: return
    }
  }
}

/// How what is expected of examples is written: of series, row by row in a table too.
enum ReconstructionFormat: String, CaseIterable {
  case npy, png, txt, csv

  /// As other results are; nil of tables.
  var image: ImageFormat? { ImageFormat(rawValue: rawValue) }

  /// What to do with the file.
  func sayNext() {
    switch self {
    case .npy, .png, .txt: image!.sayNext()
    case .csv: NextStep.say("read it into a spreadsheet, or with pandas.read_csv in Python")
    }
  }
}
