import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@testable import LatentInterchange

struct ParityTests {
  @Test func imagesOfAnotherSizeAreTheNearestPixels() throws {
    let digits = ImageDataset.synthetic(count: 10, part: .test)
    let plan = testPlan(.lstm, height: 14, width: 56, classes: 3)
    let parity = try ParityImages(for: plan, element: .float64, trainedOn: "no such set")
    #expect(parity.images.shape == [10, 14, 56])
    let reshaped = digits.reshaped(height: 14, width: 56).firstBatch(10, element: .float64).values
    #expect(parity.images.hasSameBits(as: reshaped))
    #expect(parity.labels == digits.labels?.map { $0 % 3 })

    let other = try ParityImages(for: testPlan(.mlp, height: 7, width: 56), element: .float32, trainedOn: nil)
    #expect(other.labels == nil)
    for image in 0..<10 {
      let pixels = digits.image(image)
      for row in 0..<7 {
        for column in 0..<56 {
          let value = other.images.floats[(image * 7 + row) * 56 + column]
          #expect(value == Float(pixels[row * 4 * 28 + column / 2]) * Float(1.0 / 255))
        }
      }
    }
  }

  @Test func aDifferenceIsSeenWhereverItIs() {
    func outputs(_ changes: [Int: Double]) -> ParityOutputs {
      func tensor(_ place: Int) -> Tensor { Tensor([1, changes[place] ?? 2], shape: [1, 2], element: .float64) }
      return ParityOutputs(mean: tensor(0), logVariance: tensor(1), reconstruction: tensor(2))
    }
    #expect(outputs([:]).largestDifference(to: outputs([:])) == 0)
    for place in 0..<3 {
      #expect(outputs([:]).largestDifference(to: outputs([place: 2.5])) == 0.5)
      #expect(outputs([place: .nan]).largestDifference(to: outputs([:])).isNaN)
      #expect(outputs([place: .nan]).largestDifference(to: outputs([place: .nan])) == 0)
    }
    #expect(outputs([0: 5, 1: .nan]).largestDifference(to: outputs([2: 9])).isNaN)
  }

  /// A certificate does not call a model the same that is not.
  @Test func bitsAreCompared() {
    let tensor = Tensor([0, 1], shape: [2])
    #expect(tensor.hasSameBits(as: Tensor([0, 1], shape: [2])))
    #expect(!tensor.hasSameBits(as: Tensor([-0.0, 1], shape: [2])))
    #expect(!tensor.hasSameBits(as: Tensor([0, 1], shape: [1, 2])))
    #expect(!tensor.hasSameBits(as: Tensor([0, 1], shape: [2], element: .float64)))
  }

  /// Every parameter that a file has is made by the program that reads it: names as they are in the text.
  @Test(arguments: TableTests.forms)
  func programsNameEveryLayer(_ plan: ModelPlan) throws {
    let saved = TableTests.model(plan)
    for format in InterchangeFormat.allCases {
      let text = try PythonProgram(format, of: saved, path: "a \"b\"", parity: "c").text
      #expect(text.contains("\"a \\\"b\\\"\"") && text.contains("load_file(\"c\")"))
      if format == .onnx { continue }
      for layer in plan.layers.all where layer.place.count > 1 {
        let name = layer.pythonName
        #expect(text.contains(format == .torch ? "self.\(name) = nn." : "name=\"\(name)\""), "\(format) \(name)")
      }
    }
  }
}
