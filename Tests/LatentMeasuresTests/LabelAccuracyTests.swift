import Latent
import LatentMeasures
import Testing

@Suite struct LabelAccuracyTests {
  /// Against scikit-learn 1.9: `KNeighborsClassifier(5)` and `LogisticRegression` with the same penalty on scaled points.
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
    #expect(found.linearProbe == 0.825)
    #expect(found.asked == 200)
    let single = try #require(LabelAccuracy(means: points.converted(to: .float32), labels: labels))
    #expect(abs(single.nearestNeighbours - found.nearestNeighbours) < 0.0051)
  }

  /// Against `LogisticRegression(C=1 / (2e-4 * N), tol=1e-10)` of scikit-learn 1.9 on scaled points: ten groups in 12 dimensions
  /// that lie over each other, and columns of which two are nearly the same and one is small.
  @Test func probesOfScikitLearn() throws {
    let (u, centres) = (fractions([600, 12], key: 11).values, fractions([10, 12], key: 12).values)
    let groups = (0..<600).map { UInt8($0 / 2 % 10) }
    let means = u.indices.map { u[$0] + 0.8 * centres[Int(groups[$0 / 12]) * 12 + $0 % 12] }
    let found = try #require(LabelAccuracy(means: Tensor(means, shape: [600, 12], element: .float64), labels: groups))
    #expect(abs(found.linearProbe - 0.8066666666666666) < 1e-12)

    var x = fractions([120, 6], key: 21).values
    let labels = (0..<120).map { UInt8($0 / 2 % 3) }
    for row in 0..<120 {
      let second = x[6 * row + 1]
      x[6 * row] += 0.3 * Double(labels[row])
      x[6 * row + 1] = x[6 * row] + 0.01 * second
      x[6 * row + 2] *= 1e-3
    }
    let other = try #require(LabelAccuracy(means: Tensor(x, shape: [120, 6], element: .float64), labels: labels))
    #expect(abs(other.linearProbe - 0.5833333333333334) < 1e-12)
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
