import Latent
import LatentData
import LatentVAE
import Testing

/// What likelihoods can't take is found in data, wherever it is.
@Suite struct SupportTests {
  private typealias Support = LikelihoodKind.Support

  private static func data(_ values: [Double], missing: Int? = nil, _ element: ElementType = .float64) -> TensorDataset
  {
    let shape = [values.count / 4, 4]
    let observed = missing.map { place in Tensor(values.indices.map { $0 == place ? 0 : 1 }, shape: shape) }
    return TensorDataset([Tensor(values, shape: shape, element: element)], observed: observed)
  }

  @Test func everySupport() {
    let cases: [(Support, inside: [Double], outside: [Double])] = [
      (.binary, [0, 1, 0.3], [-0.001, 1.001, .nan]), (.unitInterval, [0, 1, 0.3], [-0.001, 2, .infinity]),
      (.counts, [0, 1, 7, 3e6], [-1, 0.5, 3.01, .infinity, .nan]), (.classes(4), [0, 1, 2, 3], [4, -1, 1.5, .nan]),
      (.bytes, [0, 1, 128.0 / 255], [0.5, -1.0 / 255, 256.0 / 255]),
      (.real, [-.infinity, .nan, -1e30, 0.5], []),
    ]
    for (support, inside, outside) in cases {
      for element in ElementType.computing {
        let values = (0..<4000).map { inside[$0 % inside.count] }
        #expect(support.firstOutside(of: Self.data(values, element), element: element) == nil, "\(support)")
        for bad in outside {
          var changed = values
          changed[2719] = bad
          changed[3000] = bad
          let found = support.firstOutside(of: Self.data(changed, element), element: element)
          #expect(found?.example == 679 && found?.place == 3, "\(support) \(bad)")
          #expect(found.map { $0.value == bad || bad.isNaN || abs($0.value - bad) < 1e-6 } == true)
        }
      }
      #expect(!support.description.isEmpty)
    }
  }

  /// What is missing is 0 for a model and no fault; many examples are looked at a few at a time.
  @Test func missingValuesAndManyExamples() {
    #expect(Support.classes(2).firstOutside(of: Self.data([1, 0, 0, 1], missing: 2)) == nil)
    var values = [Double](repeating: 1, count: 4 * 70_000)
    values[4 * 69_999 + 1] = 2
    let found = Support.unitInterval.firstOutside(of: Self.data(values))
    #expect(found?.example == 69_999 && found?.place == 1 && found?.value == 2)
  }

  /// Bytes are in 0...1, and no whole numbers unless they are black or white.
  @Test func images() {
    let grey = ImageDataset(name: "grey", height: 1, width: 2, pixels: [0, 255, 255, 100])
    for support in [Support.binary, .unitInterval, .bytes, .real] { #expect(support.firstOutside(of: grey) == nil) }
    let found = Support.counts.firstOutside(of: AnyDataset(grey))
    #expect(found?.example == 1 && found?.place == 1)
    #expect(Support.classes(2).firstOutside(of: grey.binarized(.threshold)) == nil)
  }
}
