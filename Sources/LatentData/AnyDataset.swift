import Latent

/// Any data set, where its type is known at run time only.
public struct AnyDataset: Dataset {
  /// The data set itself.
  public let base: any Dataset

  /// Wraps a data set.
  public init(_ base: any Dataset) { self.base = (base as? AnyDataset)?.base ?? base }

  public var count: Int { base.count }
  public var elementsPerExample: Int { base.elementsPerExample }
  public var shape: ExampleShape { base.shape }
  public var name: String { base.name }
  public var provenance: String { base.provenance }
  public var sha256: String { base.sha256 }
  public var labels: [UInt8]? { base.labels }
  public var classNames: [String]? { base.classNames }
  public subscript(examples: Range<Int>) -> AnyDataset { AnyDataset(base[examples]) }
  public func chosen(_ indices: [Int]) -> AnyDataset { base.chosen(indices) }
  public func cut(leaving fractions: [Double]) -> [AnyDataset] {
    func parts<D: Dataset>(_ data: D) -> [AnyDataset] { data.cut(leaving: fractions).map { AnyDataset($0) } }
    return parts(base)
  }
  public func originals(_ indices: [Int]) -> Tensor { base.originals(indices) }
  public func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> ExampleBatch {
    base.batch(indices, in: context)
  }
  public func prefetch(_ indices: ArraySlice<Int>) { base.prefetch(indices) }
}
