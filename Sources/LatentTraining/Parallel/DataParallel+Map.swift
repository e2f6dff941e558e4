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
  /// - Parameters:
  ///   - batchSize: examples that the function gets at a time; the last batch holds what is left. Where left out, 32, or
  ///     fewer of large examples.
  ///   - context: what the batches are made with
  public func map<D: TrainingData, Result: Sendable>(
    _ data: D, batchSize: Int? = nil, in context: BatchContext = BatchContext(),
    _ body: @Sendable (D.Batch) -> Result
  ) -> [Result] {
    fold(data, batchSize: batchSize, in: context, into: [], body) { $0.append($1) }
  }

  /// The same, each batch's result taken up in the examples' order: what becomes of a batch need not be kept.
  ///
  /// - Parameters:
  ///   - label: what people who follow it are told is being done
  ///   - add: called for one result after the other
  package func fold<D: TrainingData, Part: Sendable, Result: Sendable>(
    _ data: D, as label: String = "evaluating", batchSize: Int? = nil, in context: BatchContext, into result: Result,
    _ body: @Sendable (D.Batch) -> Part, add: @Sendable (inout Result, Part) -> Void
  ) -> Result {
    let size = batchSize ?? DataParallel.evaluationSize(elements: data.elementsPerExample)
    require(size >= 1, "DataParallel.map: batches of \(size) examples")
    let state = Locked(Fold<Part, Result>(result: result))
    let work = LongWork(label, total: data.count)
    pool.run(tasks: (data.count + size - 1) / size) { task, _ in
      let indices = Array(task * size..<min((task + 1) * size, data.count))
      let part = body(data.batch(indices[...], in: context))
      state.withLock { state in
        state.waiting[task] = part
        while let part = state.waiting.removeValue(forKey: state.next) {
          add(&state.result, part)
          state.next += 1
        }
        work.advance(to: min(state.next * size, data.count))
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

/// Rows that come a few at a time, in one tensor from the start, which copies share.
package struct JoinedRows: Sendable {
  /// [N, ...]; rows that have not come yet hold anything.
  package let tensor: Tensor
  private var filled = 0

  package init(_ shape: [Int], element: ElementType) { tensor = Tensor(uninitialized: shape, element: element) }

  package mutating func append(_ part: Tensor) {
    require(
      part.element == tensor.element && filled + part.count <= tensor.count,
      "JoinedRows: \(part.shape) after \(filled) of \(tensor.shape)")
    tensor.storage[filled..<filled + part.count].assign(part.storage)
    filled += part.count
  }
}
