import Latent
import LatentData
import LatentFiles

/// Evaluation, batch by batch.
extension DataParallel {
  /// Examples to evaluate at a time: 32, which keep matrix products busy, or fewer where an example is large, down to one.
  /// It is a function of the example's size alone, and so are the results' last bits, which may depend on how rows are
  /// batched; each worker needs less memory than for its part of a training step.
  ///
  /// - Parameter elements: numbers that an example is made of, or that are made of it; 0 where that is not known
  package static func evaluationSize(elements: Int) -> Int {
    max(1, min(mostEvaluated, mostElements / max(elements, 1)))
  }

  // Fewer small examples would cost more in overhead than the caches give.
  private static let mostEvaluated = 32
  /// 2 images of 256 by 256 pixels; half a megabyte.
  private static let mostElements = 1 << 17

  /// What a function makes of all examples, batch by batch on all workers, in the examples' order.
  ///
  ///     let means = parallel.map(images) { batch in model.encode(batch.values).mean }
  ///
  /// Where ``sum`` is over several processes, each of them calls this with the same data and the same function. Each
  /// computes a part of the batches, and all get the results of all: the same as one process gives.
  ///
  /// - Parameters:
  ///   - batchSize: examples that the function gets at a time; the last batch holds what is left. Where left out, 32, or
  ///     fewer of large examples.
  ///   - context: what the batches are made with
  public func map<D: TrainingData, Result: Gatherable>(
    _ data: D, batchSize: Int? = nil, in context: BatchContext = BatchContext(),
    _ body: @Sendable (D.Batch) -> Result
  ) -> [Result] {
    fold(data, batchSize: batchSize, in: context, into: [], body) { $0.append($1) }
  }

  /// The same, each batch's result taken up in the examples' order: what becomes of a batch need not be kept.
  ///
  /// - Parameters:
  ///   - first: examples to take, where not all
  ///   - label: what people who follow it are told is being done
  ///   - add: called for one result after the other; of several processes, in each of them
  package func fold<D: TrainingData, Part: Gatherable, Result: Sendable>(
    _ data: D, first: Int = .max, as label: String = "evaluating", batchSize: Int? = nil, in context: BatchContext,
    into result: Result,
    _ body: @Sendable (D.Batch) -> Part, add: @Sendable (inout Result, Part) -> Void
  ) -> Result {
    let size = batchSize ?? DataParallel.evaluationSize(elements: data.elementsPerExample)
    require(size >= 1, "DataParallel.map: batches of \(size) examples; at least one is needed")
    let count = min(data.count, first)
    let batches = FoldedBatches(count: count, size: size, work: LongWork(label, total: count))
    @Sendable func part(_ batch: Int) -> Part { body(data.batch(batches[batch], in: context)) }
    return sum.processes > 1
      ? foldInRounds(batches, as: label, into: result, part, add: add)
      : fold(batches, into: result, part, add: add)
  }

  /// In this process, each result taken up as soon as those before it are.
  private func fold<Part: Sendable, Result: Sendable>(
    _ batches: FoldedBatches, into result: Result, _ part: @Sendable (Int) -> Part,
    add: @Sendable (inout Result, Part) -> Void
  ) -> Result {
    let state = Locked(Fold<Part, Result>(result: result))
    pool.run(tasks: batches.all.count) { task, _ in
      let part = part(task)
      state.withLock { state in
        state.waiting[task] = part
        while let part = state.waiting.removeValue(forKey: state.next) {
          add(&state.result, part)
          state.next += 1
        }
        batches.advance(to: state.next)
      }
    }
    return state.withLock { $0.result }
  }
}

/// How far a fold is.
private struct Fold<Part, Result> {
  var result: Result
  /// Of batches whose turn has not come, by their numbers.
  var waiting: [Int: Part] = [:]
  var next = 0
}

/// The examples of a fold, batch by batch.
struct FoldedBatches: Sendable {
  /// All examples.
  let count: Int
  /// Examples of a batch; the last one has what is left.
  let size: Int
  /// Told how far it is.
  let work: LongWork

  /// The batches' numbers.
  var all: Range<Int> { 0..<(count + size - 1) / size }

  /// The examples of a batch.
  subscript(batch: Int) -> ArraySlice<Int> { Array(batch * size..<min((batch + 1) * size, count))[...] }

  /// Says that so many batches are done.
  func advance(to batches: Int) { work.advance(to: min(batches * size, count)) }
}
