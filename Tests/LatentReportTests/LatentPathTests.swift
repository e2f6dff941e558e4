import Foundation
import Latent
import LatentFiles
import LatentReport
import Testing

@Suite struct LatentPathTests {
  private func points(_ path: LatentPath, _ a: [Double], _ b: [Double], _ t: [Double]) -> [Double] {
    path.points(
      from: Tensor(a, shape: [a.count], element: .float64), to: Tensor(b, shape: [b.count], element: .float64), at: t
    ).values
  }

  @Test(arguments: LatentPath.allCases)
  func endsAreTheEnds(_ path: LatentPath) {
    let (a, b) = ([1.0, -2, 0.5], [0.25, 3, -1])
    let found = points(path, a, b, [0, 1])
    #expect(zip(found, a + b).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func linearIsStraightAndSphericalKeepsTheLength() {
    #expect(points(.linear, [0, 4], [4, 0], [0.25]) == [1, 3])
    // A quarter of a circle of radius 2, a third of the way: 30 degrees.
    let arc = points(.spherical, [2, 0], [0, 2], [1.0 / 3])
    #expect(abs(arc[0] - 2 * cos(Double.pi / 6)) < 1e-12 && abs(arc[1] - 1) < 1e-12)
    for t in stride(from: 0, through: 1, by: 0.1) {
      let point = points(.spherical, [3, 1, -2], [-1, 2, 3], [t])
      #expect(abs(point.reduce(0) { $0 + $1 * $1 } - 14) < 1e-9, "all have the length of both ends")
    }
  }

  /// Where there is no one arc, the way is straight.
  @Test func withoutAnAngle() {
    #expect(points(.spherical, [1, 1], [2, 2], [0.5]) == [1.5, 1.5])
    #expect(points(.spherical, [1, 0], [-1, 0], [0.25]) == [0.5, 0])
    #expect(points(.spherical, [0, 0], [2, 0], [0.5]) == [1, 0])
    #expect(points(.spherical, [2], [3], [0.5]) == [2.5])
  }
}
