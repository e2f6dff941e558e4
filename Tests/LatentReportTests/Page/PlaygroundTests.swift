import Foundation
import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@testable import LatentReport

/// What a page's playground is given. That the browser decodes as Swift does is checked in a browser: `scripts/check-report`.
@Suite struct PlaygroundTests {
  private static var workers: DataParallel { DataParallel(threads: 1, shards: 1) }

  private func playground(
    _ plan: ModelPlan, images: ImageDataset? = ImageDataset.synthetic(count: 60, part: .test)
  ) throws -> (playground: Playground, data: [String: Any]) {
    let playground = try Playground(
      RunReportTests.saved(plan), images: images, title: "Test images", on: Self.workers)
    let text = RunReport(title: "").script("playground-data", playground.json)
    return (playground, try PageReader(text: text).json("playground-data"))
  }

  @Test(arguments: TestModel.allCases)
  func decoders(architecture: TestModel) throws {
    let sizes = TestModel.Sizes(hidden: 6, latent: 5, decoder: architecture == .conv ? nil : 7)
    let plan = testPlan(architecture, sizes: sizes, height: 28, width: 28, classLabels: Array(0..<9) + [17])
    let (_, data) = try playground(plan, images: nil)
    #expect(data["classes"] as? [Int] == Array(0..<9) + [17])
    let model = plan.makeModel()
    // The decoder's weights and nothing else, in their order.
    let expected = model.tensors.filter { $0.path.hasPrefix("decoder.") }.flatMap { $0.value.floats }
    #expect(try PageReader.floats(data["weights"]) == expected)
    let check = try #require(data["check"] as? [String: Any])
    let labels = try #require(check["labels"] as? [Int])
    let points = try PageReader.floats(check["points"])
    let decoded = model.decode(
      Tensor(points.map(Double.init), shape: [labels.count, 5]), labels: labels.map(UInt8.init)
    ).floats
    #expect(try PageReader.floats(check["pixels"]) == decoded)
    #expect(labels.count == 4 && decoded.count == 4 * 784)
  }

  @Test func dimensionsByDivergence() throws {
    let plan = testPlan(.mlp, sizes: .init(hidden: 8, latent: 6, decoder: 8), height: 28, width: 28)
    let (playground, data) = try playground(plan)
    let images = ImageDataset.synthetic(count: 60, part: .test)
    let (mean, logVariance) = plan.makeModel().encode(images.firstBatch(60).values)
    let (m, v) = (mean.values, logVariance.values)
    for dimension in playground.dimensions {
      let places = (0..<60).map { $0 * 6 + dimension.index }
      let divergence = places.reduce(0) { $0 + (m[$1] * m[$1] + exp(v[$1]) - v[$1] - 1) / 2 } / 60
      #expect(abs(try #require(dimension.divergence) - divergence) < 1e-5)
      #expect(dimension.reach >= 3 && places.allSatisfy { abs(m[$0]) <= dimension.reach })
    }
    let found = playground.dimensions.map { $0.divergence ?? 0 }
    #expect(found == found.sorted(by: >))
    let written = try #require(data["dimensions"] as? [[String: Any]]).compactMap { $0["kl"] as? Double }
    #expect(written.count == 6 && zip(written, found).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func examplesTakeClassesInTurn() throws {
    let plan = testPlan(.mlp, sizes: .init(hidden: 8, latent: 3, decoder: 8), height: 28, width: 28)
    let images = ImageDataset.synthetic(count: 200, part: .test)
    let examples = try #require(try playground(plan, images: images).playground.examples)
    let labels = try #require(examples.labels)
    #expect(
      labels.count == 20 && Array(labels.prefix(10)) == Array(0..<10) && Array(labels.suffix(10)) == Array(0..<10))
    // Each picture goes with its own mean.
    let pixels = examples.pixels.map { Double($0) / 255 }
    let mean = plan.makeModel().encode(Tensor(pixels, shape: [20, 28, 28])).mean.floats
    #expect(zip(mean, examples.means).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func withoutImages() throws {
    let plan = testPlan(.mlp, sizes: .init(hidden: 8, latent: 3, decoder: 8), height: 28, width: 28)
    let (playground, data) = try playground(plan, images: nil)
    #expect(playground.examples == nil && playground.map == nil && data["map"] is NSNull)
    #expect(playground.dimensions.map(\.index) == [0, 1, 2])
  }

  @Test func weightsThatAreNotFinite() throws {
    var saved = RunReportTests.saved(
      testPlan(.mlp, sizes: .init(hidden: 4, latent: 2, decoder: 4), height: 28, width: 28))
    for bad in [Double.nan, .infinity] {
      saved.model.updateParameters { path, parameter in
        guard path == "encoder.mean.bias" else { return }
        parameter.value = Tensor([bad, 0], shape: [2])
      }
      #expect(throws: PlaygroundError.notFinite("encoder.mean.bias")) {
        try Playground(saved, images: nil, title: "", on: Self.workers)
      }
    }
    #expect(PlaygroundError.notFinite("x").description.contains("x holds numbers that are not finite"))
  }

  @Test func weightsThatAreTooMany() throws {
    let saved = RunReportTests.saved(
      testPlan(.mlp, sizes: .init(hidden: 4, latent: 2, decoder: 700), height: 28, width: 28))
    #expect(throws: PlaygroundError.self) { try Playground(saved, images: nil, title: "", on: Self.workers) }
  }

  @Test func mapsOfFewDimensions() throws {
    let line = try #require(LatentMap(Tensor([3, -1, 2], shape: [3, 1])))
    #expect(line.isFlat && line.points.enumerated().filter { $0.offset % 2 == 0 }.map(\.element) == [3, -1, 2])
    #expect(line.points.allSatisfy { abs($0) <= 3 } && line.center == [0] && line.axes == [1, 0])
    let plane = try #require(LatentMap(Tensor([3, -1, 2, 5], shape: [2, 2])))
    #expect(!plane.isFlat && plane.points == [3, -1, 2, 5] && plane.axes == [1, 0, 0, 1])
    #expect(LatentMap(Tensor([1, 2, 3], shape: [1, 3])) == nil)
  }

  /// Points on a plane of a larger space: the map leads back to each of them.
  @Test func mapLeadsBack() throws {
    let (a, b) = ([0.6, 0, 0.8, 0], [0, 1.0, 0, 0])
    let places: [(Double, Double)] = [(4, 0), (-3, 1), (0, -2), (-1, 1), (2, 0.5)]
    let rows = places.map { u, v in (0..<4).map { u * a[$0] + v * b[$0] + Double($0) } }
    let map = try #require(LatentMap(Tensor(rows.flatMap { $0 }, shape: [5, 4])))
    for (index, row) in rows.enumerated() {
      for (axis, value) in row.enumerated() {
        let back =
          map.center[axis] + map.points[2 * index] * map.axes[axis] + map.points[2 * index + 1] * map.axes[4 + axis]
        #expect(abs(Double(back) - value) < 1e-5)
      }
    }
    #expect(map.caption.contains("components"))
  }
}
