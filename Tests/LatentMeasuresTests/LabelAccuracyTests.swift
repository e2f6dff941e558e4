import Latent
import LatentMeasures
import Testing

@Suite struct LabelAccuracyTests {
  /// Against scikit-learn 1.7: `KNeighborsClassifier(5)` and `LogisticRegression` with the same penalty on scaled points.
  @Test func sameAsScikitLearn() throws {
    let points = scaled(fractions([400, 3], key: 3), by: 4, plus: -2)
    let (z, noise) = (points.values, fractions([400], key: 4).values)
    let labels = (0..<400).map { n -> UInt8 in
      let side = z[3 * n] + 0.5 * z[3 * n + 1] + 0.6 * (noise[n] - 0.5) > 0
      return (side ? 1 : 0) + (z[3 * n + 2] > 0.8 ? 1 : 0)
    }
    let found = try #require(LabelAccuracy(means: points, labels: labels))
    // Where two labels have as many of the five, scikit-learn takes the smaller one.
    #expect(abs(found.nearestNeighbours - 0.915) < 0.0051)
    #expect(abs(found.linearProbe - 0.825) <= 0.005)
    #expect(found.asked == 200)
    let single = try #require(LabelAccuracy(means: points.converted(to: .float32), labels: labels))
    #expect(abs(single.nearestNeighbours - found.nearestNeighbours) < 0.0051)
  }

  @Test func labelsThatAreNotInTheCode() throws {
    let labels = fractions([2000], key: 9).values.map { UInt8($0 * 4) }
    let found = try #require(LabelAccuracy(means: fractions([2000, 2], key: 8), labels: labels))
    #expect((0.2..<0.32).contains(found.nearestNeighbours) && (0.2..<0.32).contains(found.linearProbe))
    #expect((0.2..<0.32).contains(found.mostFrequent))
  }

  @Test func groupsFarApart() throws {
    let labels = (0..<90).map { UInt8($0 / 2 % 3 * 100) }
    let means = Tensor(labels.map { Double($0) }, shape: [90, 1])
    let found = try #require(LabelAccuracy(means: means, labels: labels))
    #expect(found.nearestNeighbours == 1 && found.linearProbe == 1)
  }

  @Test func whereThereIsNothingToTell() {
    let means = fractions([20, 2], key: 1)
    #expect(LabelAccuracy(means: means, labels: [UInt8](repeating: 7, count: 20)) == nil)
    #expect(LabelAccuracy(means: means[rows: 0..<4], labels: [0, 1, 0, 1]) == nil)
    let broken = Tensor([Double](repeating: .nan, count: 40), shape: [20, 2])
    #expect(LabelAccuracy(means: broken, labels: (0..<20).map { UInt8($0 % 2) }) == nil)
    let constant = Tensor(zeros: [20, 2])
    #expect(LabelAccuracy(means: constant, labels: (0..<20).map { UInt8($0 / 2 % 2) })?.linearProbe == 0.5)
  }
}
