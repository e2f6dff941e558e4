/// The version of this package, as its tags and its CHANGELOG count it.
public enum LatentVersion {
  /// Semantic version: major, minor, patch.
  public static let current = "0.1.0"
}
