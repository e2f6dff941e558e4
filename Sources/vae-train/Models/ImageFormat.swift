import LatentCommand

/// How images are written.
enum ImageFormat: String, CaseIterable {
  case npy, png

  /// Images in a picture, where nobody says how many.
  static let mostShown = 100

  /// What to do with them.
  func sayNext() { NextStep.say(self == .png ? "look at the picture" : "numpy.load reads the file in Python") }
}
