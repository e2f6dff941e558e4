import Latent
import LatentTraining

/// How well the labels of images can be told from their latent means: what a code is worth to somebody who has few labels.
///
/// The even images are known with their labels and the odd ones are asked, so that one collection of images is enough.
public struct LabelAccuracy: Sendable, Equatable {
  /// The share of right answers of the 5 nearest neighbours' majority.
  public let nearestNeighbours: Double
  /// The share of right answers of a linear classifier (Alain & Bengio 2016).
  public let linearProbe: Double
  /// The share of right answers of who always says the most frequent label.
  public let mostFrequent: Double
  /// Images that were asked about.
  public let asked: Int

  /// Neighbours that vote.
  public static let neighbours = 5

  /// - Parameters:
  ///   - means: [N, Z]
  ///   - labels: of each image
  ///   - sum: the processes that share the images, all of which call this; each gets the same
  /// - Returns: nil for less than ten images, for one label, and for means that are not finite
  public init?(means: Tensor, labels: [UInt8], sharedBy sum: any GradientSum = TreeSum()) {
    require(
      means.shape.count == 2 && means.shape[0] == labels.count,
      "LabelAccuracy: means \(means.shape), \(labels.count) labels; they must be [B, Z] and B")
    guard labels.count >= 10, Set(labels).count > 1, means.storage.isFinite() else { return nil }
    let (even, odd) = (stride(from: 0, to: labels.count, by: 2), stride(from: 1, to: labels.count, by: 2))
    let means = means.converted(to: .float64)
    let known = LabelledPoints(means.rows(even.map(\.self)), even.map { labels[$0] })
    let asked = LabelledPoints(means.rows(odd.map(\.self)), odd.map { labels[$0] })
    self.asked = asked.labels.count
    nearestNeighbours = asked.share(of: known.nearestLabels(to: asked.points, count: Self.neighbours, sharedBy: sum))
    linearProbe = asked.share(of: known.linearLabels(of: asked.points))
    let most = known.mostFrequent
    mostFrequent = asked.share(of: asked.labels.map { _ in most })
  }
}

/// Points with their labels: [N, D], float64.
struct LabelledPoints {
  let points: Tensor
  let labels: [UInt8]

  init(_ points: Tensor, _ labels: [UInt8]) { (self.points, self.labels) = (points, labels) }

  /// How many of the answers are right.
  func share(of answers: [UInt8]) -> Double {
    Double(zip(answers, labels).count { $0 == $1 }) / Double(max(labels.count, 1))
  }

  /// The smallest where there are several.
  var mostFrequent: UInt8 { Self.majority(labels[...]) }

  /// The label that most have; of those that are as frequent, the one that comes first.
  static func majority(_ labels: ArraySlice<UInt8>) -> UInt8 {
    var counts = [Int](repeating: 0, count: 256)
    for label in labels { counts[Int(label)] += 1 }
    let most = counts.max() ?? 0
    return labels.first { counts[Int($0)] == most } ?? 0
  }
}
