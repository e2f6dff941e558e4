/// How images are written.
enum ImageFormat: String, CaseIterable {
  case npy, png

  /// Images in a picture, where nobody says how many.
  static let mostShown = 100
}
