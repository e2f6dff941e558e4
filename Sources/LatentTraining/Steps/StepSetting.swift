import Latent
import LatentData

/// What a step is of, and what computes it.
struct StepSetting<M: Module, D: TrainingData> {
  let parallel: DataParallel
  let data: D
  /// Examples of the step.
  let batch: ArraySlice<Int>
  /// Those of the step after it.
  let next: ArraySlice<Int>
  /// Parts that a batch is computed in, one after the other.
  let accumulating: Int
  /// Examples that are computed together, in a whole batch.
  let partSize: Int
  let clipping: GradientClipping?
  let epoch: Int
  /// The step in its epoch, 1 for the first.
  let place: Int
  /// Of the epoch's randomness.
  let noiseKey: RandomKey
  let element: ElementType

  /// The summed losses of the batch's examples, and the gradient of their mean loss.
  ///
  /// - Parameters:
  ///   - key: of the randomness of examples and loss
  ///   - isFirst: whether no other loss of the step was computed before
  func gradients(
    of model: M, layout: ParameterLayout, step: Int, key: RandomKey, isFirst: Bool, _ loss: DataParallel.Loss<M, D>
  ) -> (sums: LossSums, gradients: Gradients) {
    parallel.settle(batchSize: partSize, of: model, on: data, layout: layout, loss: loss)
    let parts = self.parts(of: batch)
    // A loss that follows reads the same examples again.
    let following = parts.dropFirst() + (isFirst ? self.parts(of: next).prefix(1) : [])
    func part(_ place: Int) -> (sums: LossSums, gradients: Gradients) {
      parallel.gradients(
        of: model, on: data, parts[place], ofBatch: batch.count,
        before: place < following.count ? following[following.startIndex + place] : [], noiseKey: key,
        step: step, layout: layout, loss: loss)
    }
    var (sums, gradients) = part(0)
    var updates = [(updates: gradients.bufferUpdates, examples: parts[0].count)]
    for place in parts.indices.dropFirst() {
      let more = part(place)
      sums.add(more.sums)
      gradients.flat.assign(.add, gradients.flat, more.gradients.flat)
      updates.append((more.gradients.bufferUpdates, parts[place].count))
    }
    gradients.bufferUpdates = [BufferUpdate](mergingShards: updates)
    return (sums, gradients)
  }

  /// Cuts a batch into the parts that are computed one after the other.
  private func parts(of batch: ArraySlice<Int>) -> [ArraySlice<Int>] {
    batch.isEmpty ? [] : parallel.cut(batch, into: min(accumulating, batch.count))
  }

  /// Runs a batch once more to find the layer whose result is not finite.
  func firstNonFinite(
    of model: M, layout: ParameterLayout, step: Int, key: RandomKey, _ loss: DataParallel.Loss<M, D>
  ) -> String? {
    let context = BatchContext(noiseKey: key, element: element)
    for part in parts(of: batch) {
      let pass = Pass(isTraining: true, step: step, key: key, examples: part.map(UInt64.init))
      let tape = Tape(layout: layout, pass: pass, precision: parallel.precision, checksFinite: true)
      _ = loss(model, data.batch(part, in: context), tape)
      if let name = tape.firstNonFinite { return name }
    }
    return nil
  }
}
