import Foundation
import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import TestSupport
import Testing

/// Training with a fifth of all numbers removed has the loss of what is left, as loops over plain numbers compute it and, by
/// `scripts/check-numpy`, NumPy.
@Suite struct MissingLossTests {
  private static let (examples, size, hidden, latent) = (60, 10, 7, 3)

  /// A table of which every fifth cell, by chance, is empty. Numbers are whole, or in 0...1, where a likelihood asks for it.
  private static func table(_ kind: LikelihoodKind) -> (text: String, values: [[Double?]]) {
    var random = SplitMix(state: 5)
    let rows = (0..<examples).map { row in
      (0..<size).map { column -> Double? in
        let value = sin(Double(row * 7 + column * 3)) * 2 + Double(column) / 4
        let kept = random.next() % 5 != 0
        return !kept ? nil : kind.support == .counts ? abs(value).rounded() : value
      }
    }
    let lines = rows.map { $0.map { $0.map { "\($0)" } ?? "" }.joined(separator: ",") }
    return ((0..<size).map { "c\($0)" }.joined(separator: ",") + "\n" + lines.joined(separator: "\n") + "\n", rows)
  }

  private struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return (z ^ (z >> 31)) >> 16
    }
  }

  /// A model whose latent points are their means: the variances are exp(-80).
  private static func model(_ kind: LikelihoodKind, _ element: ElementType) throws -> SavedModel {
    let recipe = ModelRecipe(encoder: .dense([hidden], .tanh), latentSize: latent, decoder: .dense([hidden], .tanh))
    let plan = try recipe.plan(for: .vector(size: size), likelihood: kind)
    var tensors: [String: Tensor] = [:]
    for (path, value) in plan.makeModel(key: RandomKey(seed: 3), element: element).tensors {
      tensors[path] = value
      if path.hasPrefix("encoder.logVariance") {
        let number = path.hasSuffix("bias") ? -80.0 : 0
        tensors[path] = Tensor([Double](repeating: number, count: value.count), shape: value.shape, element: element)
      } else if path.hasPrefix("likelihood") {
        tensors[path] = Tensor(
          (0..<value.count).map { Double($0) / 10 - 0.4 }, shape: value.shape, element: element)
      }
    }
    return try SavedModel(tensors, metadata: plan.metadata, file: "here")
  }

  /// The mean over the examples of -log p(x|z) over what is left, and of the divergence.
  private static func expected(
    _ kind: LikelihoodKind, _ rows: [[Double?]], _ saved: SavedModel
  ) -> (reconstruction: Double, divergence: Double) {
    let weights = Dictionary(uniqueKeysWithValues: saved.model.tensors.map { ($0.path, $0.value.values) })
    func dense(_ x: [Double], _ path: String) -> [Double] {
      let (kernel, bias) = (weights[path + ".kernel"]!, weights[path + ".bias"]!)
      return bias.indices.map { out in
        x.indices.reduce(bias[out]) { $0 + x[$1] * kernel[$1 * bias.count + out] }
      }
    }
    let learned = weights.filter { $0.key.hasPrefix("likelihood.") }.map(\.value)
    let plain = PlainLikelihood(kind)
    var (reconstruction, divergence) = (0.0, 0.0)
    for row in rows {
      let mean = dense(dense(row.map { $0 ?? 0 }, "encoder.hidden").map { tanh($0) }, "encoder.mean")
      let output = dense(dense(mean, "decoder.hidden").map { tanh($0) }, "decoder.output")
      for (place, value) in row.enumerated() {
        guard let value else { continue }
        reconstruction += plain.term([output[place]], value, learned.map { $0[$0.count == 1 ? 0 : place] })
      }
      divergence += mean.reduce(0) { $0 - 0.5 * (1 - 80 - $1 * $1 - exp(-80)) }
    }
    return (reconstruction / Double(rows.count), divergence / Double(rows.count))
  }

  @Test(arguments: ["gaussian-feature", "gaussian-one", "laplace", "poisson"], ElementType.computing)
  func isTheLossOfWhatIsLeft(name: String, element: ElementType) throws {
    let kind = try #require(LikelihoodKind(named: name))
    let (text, rows) = Self.table(kind)
    let removed = rows.joined().count { $0 == nil }
    #expect((90...150).contains(removed), "about a fifth of 600")
    let folder = try TemporaryFolder()
    try folder.write(Array(text.utf8), as: "removed.csv")
    let data = try #require(DataSource(folder.file("removed.csv"))).load()
    let saved = try Self.model(kind, element)
    let (reconstruction, divergence) = Self.expected(kind, rows, saved)
    let tolerance = element == .float32 ? 1e-6 : 1e-12
    func check(_ losses: Losses?, _ what: String) {
      func near(_ found: Double?, _ expected: Double) -> Bool {
        found.map { abs($0 - expected) <= tolerance * abs(expected) } ?? false
      }
      #expect(near(losses?.total, reconstruction + divergence), "\(what): \(losses?.total ?? 0)")
      #expect(near(losses?["reconstruction"], reconstruction) && near(losses?["kl"], divergence), "\(what)")
    }
    // The loss of a step is that of the weights before it.
    var (model, trainer) = (saved.model, Trainer(optimizer: Adam(), batchSize: 60, threads: 2, shards: 4))
    let history = try trainer.fit(&model, to: AnyDataset(data), epochs: 1)
    check(history.last?.training, "training")
    let workers = DataParallel(threads: 1, shards: 1, sum: TreeSum())
    check(saved.losses(of: AnyDataset(data), on: workers), "evaluation")
    if element == .float64 { try exchange(name, rows, saved, history.last?.training) }
  }

  /// For `scripts/check-numpy`.
  private func exchange(_ name: String, _ rows: [[Double?]], _ saved: SavedModel, _ losses: Losses?) throws {
    guard let folder = ProcessInfo.processInfo.environment["LATENT_NUMPY_EXCHANGE"], let losses else { return }
    let values = StoredArray(shape: [Self.examples, Self.size], doubles: rows.joined().map { $0 ?? .nan })
    let loss = StoredArray(shape: [], doubles: [losses["reconstruction"] ?? .nan])
    try NPZFile.write(
      [("x", values), ("reconstruction", loss)] + saved.model.tensors.map { ($0.path, StoredArray($0.value)) },
      to: "\(folder)/missing-\(name).npz")
  }
}
