import LatentCommand

/// How images are written.
enum ImageFormat: String, CaseIterable {
  case npy, png

  /// Images in a picture, where nobody says how many.
  static let mostShown = 100

  /// What to do with them.
  func sayNext() { NextStep.say(self == .png ? "look at the picture" : "numpy.load reads the file in Python") }
}

/// How what is expected of examples is written: of series, row by row in a table too.
enum ReconstructionFormat: String, CaseIterable {
  case npy, png, csv

  /// What to do with the file.
  func sayNext() {
    switch self {
    case .npy: ImageFormat.npy.sayNext()
    case .png: ImageFormat.png.sayNext()
    case .csv: NextStep.say("read it into a spreadsheet, or with pandas.read_csv in Python")
    }
  }
}
