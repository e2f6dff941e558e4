import Latent

/// Some examples of a data set, in an order of their own.
struct ChosenExamples<Base: Dataset>: Dataset {
  let base: Base
  /// Their numbers in it.
  let indices: [Int]

  init(_ base: Base, _ indices: [Int]) {
    require(
      indices.allSatisfy { $0 >= 0 && $0 < base.count },
      "Dataset.chosen: examples \(indices) of \(base.count)"
        + "; they must be in 0..<\(base.count)")
    (self.base, self.indices) = (base, indices)
  }

  var count: Int { indices.count }
  var elementsPerExample: Int { base.elementsPerExample }
  var shape: ExampleShape { base.shape }
  var name: String { base.name }
  var provenance: String { base.provenance }
  var labels: [UInt8]? { base.labels.map { labels in indices.map { labels[$0] } } }
  var classNames: [String]? { base.classNames }
  subscript(examples: Range<Int>) -> ChosenExamples { ChosenExamples(base, Array(indices[examples])) }
  func originals(_ places: [Int]) -> Tensor { base.originals(places.map { indices[$0] }) }
  func batch(_ places: ArraySlice<Int>, in context: BatchContext) -> ExampleBatch {
    base.batch(places.map { indices[$0] }[...], in: context)
  }
  func prefetch(_ places: ArraySlice<Int>) { base.prefetch(places.map { indices[$0] }[...]) }
}
