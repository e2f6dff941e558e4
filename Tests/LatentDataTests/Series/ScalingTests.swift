import Foundation
import Latent
import Testing

@testable import LatentData

@Suite struct ScalingTests {
  private static let values: [Double] = [3, 1, .nan, 4, 1, 5, 9, 2, 6]

  /// Figures of numpy: mean, std(ddof=1), min, max - min, median, and the distance between the quartiles.
  @Test(arguments: [
    (Scaling.Kind.standard, 3.875, 2.7483761439387144), (.minmax, 1, 8), (.robust, 3.5, 3.5), (.none, 0, 1),
  ])
  func isThatOfTheValuesThatAreThere(_ kind: Scaling.Kind, offset: Double, scale: Double) {
    let scaling = Scaling(kind, columns: [Self.values])
    #expect(abs(scaling.offsets[0] - offset) < 1e-14)
    #expect(abs(scaling.scales[0] - scale) < 1e-14)
  }

  @Test func whatIsTheSameEverywhereOnlyMoves() {
    for kind in Scaling.Kind.allCases {
      #expect(Scaling(kind, columns: [[7, 7, 7], [.nan], []]).scales == [1, 1, 1])
    }
  }

  @Test func isUndone() {
    let scaling = Scaling(.standard, offsets: [10, -1], scales: [4, 0.5])
    let x = Tensor([10, -1, 14, -0.5, 6, -2], shape: [3, 2], element: .float64)
    #expect(scaling.scaled(x).values == [0, 0, 1, 1, -1, -2])
    #expect(scaling.undone(scaling.scaled(x)).values == x.values)
    // The features of a step beside each other, as a decoder gives them.
    #expect(scaling.undone(Tensor([0, 0, 1, 1], shape: [1, 4])).values == [10, -1, 14, -0.5])
    #expect(scaling.undone(scaling.scaled(3, feature: 1), feature: 1) == 3)
  }

  @Test func travelsAsJSON() throws {
    let scaling = Scaling(.robust, offsets: [1.1, -2], scales: [0.3, 5])
    #expect(try JSONDecoder().decode(Scaling.self, from: JSONEncoder().encode(scaling)) == scaling)
    for damaged in [#"{"kind":"robust","offsets":[1],"scales":[0]}"#, #"{"kind":"robust","offsets":[1],"scales":[]}"#] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(Scaling.self, from: Data(damaged.utf8)) }
    }
  }

  @Test func tensorsAreScaledByFeature() {
    let data = TensorDataset([Tensor([1, 10, 3, 30, 5, 50, 7, 70], shape: [2, 2, 2], element: .float64)])
    let scaled = data.scaled(by: Scaling(.minmax, of: data))
    #expect(
      scaled.batch([1], in: BatchContext(element: .float64)).values.values.map { ($0 * 6).rounded() } == [4, 4, 6, 6])
    #expect(scaled.columns() == data.columns())
    #expect(scaled[1..<2].scaling == scaled.scaling)
  }
}
