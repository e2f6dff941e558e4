import Latent
import LatentTraining
import LatentVAE
import TestSupport
import Testing

/// A profile's rows are those of the model, and add up to the wall time of every thread.
@Suite struct ProfilerTests {
  private func profile(threads: Int, shards: Int, epochs: Int = 2) throws -> (Profile, [[Double]]) {
    var model = Tiny.model()
    var trainer = Trainer(optimizer: Adam(), batchSize: 8, seed: 3, threads: threads, shards: shards)
    let profiler = Profiler()
    trainer.profiler = profiler
    _ = try trainer.fit(&model, to: Tiny.images(30), epochs: epochs, validationSplit: 0.2)
    return (profiler.profile, model.numbers)
  }

  @Test(arguments: [(1, 1), (2, 2), (2, 5), (3, 4)])
  func rowsAddUp(_ threads: Int, _ shards: Int) throws {
    let (profile, _) = try profile(threads: threads, shards: shards)
    #expect(profile.secondsByThread.count == threads)
    for seconds in profile.secondsByThread { #expect(abs(seconds - profile.wallSeconds) < 1e-6) }
    let rows = profile.rows.reduce(0) { $0 + $1.seconds }
    #expect(abs(rows - Double(threads) * profile.wallSeconds) < 1e-6 * Double(threads))
    // No two calls of a thread overlap, and no time lies between them.
    for thread in 0..<threads {
      let events = profile.events.filter { $0.thread == thread }
      #expect(events.allSatisfy { $0.seconds >= 0 })
      for (event, next) in zip(events, events.dropFirst()) {
        #expect(abs(event.start + event.seconds - next.start) < 1e-7)
      }
    }
  }

  /// 24 images in 3 steps of 8, two epochs: 6 steps, each in 2 shards.
  @Test func rowsAreTheModels() throws {
    let (profile, _) = try profile(threads: 2, shards: 2)
    let steps = 6
    let shards = 2
    for (name, forward, backward) in [
      ("encoder.lstm recurrent products", Tiny.height, Tiny.height - 1),
      ("encoder.lstm gates", Tiny.height, Tiny.height), ("encoder.lstm weight gradient", 0, 1),
      ("encoder.mean", 1, 1), ("encoder.logVariance", 1, 1), ("sampling", 1, 1), ("decoder.hidden", 1, 1),
      ("decoder.output", 1, 1),
    ] {
      let row = try #require(profile[name], "\(name) of \(profile.rows.map(\.name))")
      #expect(row.forward.samples.count == forward * steps * shards, "\(name)")
      #expect(row.backward.samples.count == backward * steps * shards, "\(name)")
    }
    for name in ["data and shuffle", "loss", "gradient sum", "optimizer", "validation", Profiler.waiting] {
      #expect(profile[name] != nil, "\(name)")
    }
    #expect(profile["encoder.lstm input gradient"] == nil)  // images are constants
  }

  /// The products' operations, counted from the sizes by hand.
  @Test func operationsAreCounted() throws {
    let (profile, _) = try profile(threads: 1, shards: 1, epochs: 1)
    let (t, d, h, z, dense, pixels, images) = (4, 5, 6, 3, 7, 20, 24)
    func flops(_ name: String) throws -> (Double, Double) {
      let row = try #require(profile[name])
      return (row.forward.flops, row.backward.flops)
    }
    let recurrent = (2 * images * 4 * h * (d + (t - 1) * (h + d)), 2 * images * 4 * h * h * (t - 1))
    #expect(try flops("encoder.lstm recurrent products") == (Double(recurrent.0), Double(recurrent.1)))
    #expect(try flops("encoder.lstm weight gradient") == (0, Double(recurrent.0)))
    #expect(try flops("encoder.mean") == (Double(2 * images * h * z), Double(4 * images * h * z)))
    #expect(try flops("decoder.hidden") == (Double(2 * images * z * dense), Double(4 * images * z * dense)))
    #expect(try flops("decoder.output") == (Double(2 * images * dense * pixels), Double(4 * images * dense * pixels)))
    let product = try #require(profile["encoder.lstm weight gradient"]?.backward.product)
    #expect((product.m, product.n, product.k) == (h + d, 4 * h, (t - 1) * 8))
    #expect(product.isLeftTransposed)
  }

  @Test func measuringChangesNothing() throws {
    var model = Tiny.model()
    var trainer = Trainer(optimizer: Adam(), batchSize: 8, seed: 3, threads: 2, shards: 2)
    _ = try trainer.fit(&model, to: Tiny.images(30), epochs: 2, validationSplit: 0.2)
    #expect(try profile(threads: 2, shards: 2).1 == model.numbers)
  }

  /// What happens between a stop and the next start is not measured.
  @Test func ownSteps() {
    let profiler = Profiler()
    let model = Tiny.model()
    let x = Tensor(repeating: 0.5, shape: [2, 4, 5])
    for _ in 0..<3 {
      _ = valueWithGradients(of: model, profiler: profiler) { model, tape in
        let (mean, logVariance) = model.encoder(tape.constant(x))
        return tape.scoped("my loss") { (mean * logVariance).sum() }
      }
      _ = model.encode(x)
    }
    let profile = profiler.profile
    #expect(profile["encoder.mean"]?.forward.samples.count == 3)
    #expect(profile["my loss"]?.forward.samples.count == 6)
    #expect(profile["my loss"]?.backward.samples.count == 6)
    #expect(abs(profile.secondsByThread[0] - profile.wallSeconds) < 1e-6)
  }
}
