import Latent
import LatentFiles

/// Windows over series: an example is T rows of D features that follow each other. Windows share the rows, which are kept
/// once.
///
///     let series = Series(columns: ["load"], values: load)
///     let windows = SeriesDataset([series], window: 96, stride: 1)
///     let (training, validation) = windows.split(validationFraction: 0.3)
///     let scaling = Scaling(.standard, of: training)
///
/// A window ends where times have a gap, and never reaches from one series into another. A split cuts each series in time,
/// and windows that lie on both sides of the cut are left out. A missing value is 0 and not observed.
///
/// Sequences of unequal length are examples, too: `SeriesDataset(sequences, window: nil, isPadded: true)` has one for each,
/// filled up behind to the longest with values that are not observed, and so no part of a loss.
public struct SeriesDataset: ScalableData {
  /// What the windows are over, in the units that was read in.
  public let series: [Series]
  /// The windows' places, in order.
  let windows: SeriesWindows
  public let shape: ExampleShape
  public let name: String
  public let provenance: String
  public let scaling: Scaling?
  public let sha256: String
  /// The rows of each series as a model reads them, one behind the other: [N, D] in float64.
  private let rows: Storage
  /// 1 where a value is known: [N, D] in float64; nil where all are.
  private let observed: Storage?
  /// Where each series begins in them.
  private let starts: [Int]

  /// - Parameters:
  ///   - series: of the same columns
  ///   - window: T, at least 1; nil for as many as the longest run of rows without a gap has
  ///   - isPadded: whether a run that is shorter has a window of its own, filled up behind with missing values; else it is left
  ///     out
  ///   - stride: rows from a window to the next, at least 1
  ///   - period: seconds between rows; nil where it is to be found
  ///   - name: what people call them
  ///   - provenance: one line on where they are from; the name where left out
  public init(
    _ series: [Series], window: Int?, isPadded: Bool = false, stride: Int = 1, period: Double? = nil,
    name: String = "series", provenance: String? = nil
  ) {
    require(
      !series.isEmpty && series.allSatisfy { $0.features == series[0].features },
      "SeriesDataset: series of \(series.map(\.features)) features; there must be some, of the same features")
    require(
      window ?? 1 > 0 && stride > 0,
      "SeriesDataset: windows of \(window ?? 0) rows, \(stride) apart"
        + "; both must be positive")
    let windows = SeriesWindows(series, length: window, stride: stride, period: period, isPadded: isPadded)
    var hash = SHA256()
    hash.update(
      Array(
        "series of \(series[0].features) features, windows of \(windows.length) rows \(stride) apart\(isPadded ? ", padded" : "")"
          .utf8))
    for one in series {
      hash.update(Array("\(one.rows) rows".utf8))
      one.values.withUnsafeBytes { hash.update($0) }
      (one.times ?? []).withUnsafeBytes { hash.update($0) }
    }
    self.init(
      series, windows, name: name, provenance: provenance ?? name, scaling: nil, sha256: hash.hexDigest())
  }

  private init(
    _ series: [Series], _ windows: SeriesWindows, name: String, provenance: String, scaling: Scaling?, sha256: String
  ) {
    (self.series, self.windows, self.name, self.provenance) = (series, windows, name, provenance)
    (self.scaling, self.sha256, hasLabels) = (scaling, sha256, series.allSatisfy { $0.labels != nil })
    let features = series[0].features
    (shape, areUnlike) = (.series(steps: windows.length, features: features), windows.areUnlike)
    var (starts, values) = ([Int](), [Double]())
    values.reserveCapacity(series.reduce(0) { $0 + $1.values.count })
    for one in series {
      starts.append(values.count / features)
      values += one.values
    }
    self.starts = starts
    if let scaling {
      for index in values.indices { values[index] = scaling.scaled(values[index], feature: index % features) }
    }
    let known = KnownValues(values, shape: [values.count])
    (rows, observed) = (known.values.storage, known.observed?.storage)
  }

  private init(_ whole: SeriesDataset, _ windows: SeriesWindows, provenance: String? = nil) {
    (series, self.windows, shape, name) = (whole.series, windows, whole.shape, whole.name)
    self.provenance = provenance ?? whole.provenance
    (scaling, sha256, rows) = (whole.scaling, whole.sha256, whole.rows)
    (observed, starts, hasLabels, areUnlike) = (whole.observed, whole.starts, whole.hasLabels, windows.areUnlike)
  }

  private let hasLabels: Bool
  /// Whether a window is padded.
  private let areUnlike: Bool

  /// The same with another line on where it is from.
  func with(provenance: String) -> SeriesDataset { SeriesDataset(self, windows, provenance: provenance) }

  public var count: Int { windows.count }

  /// The features' names: [D]
  public var columnNames: [String] { series[0].columns }

  /// A window's series, by its number, and its rows there.
  public func place(of window: Int) -> (series: Int, rows: Range<Int>) {
    let place = windows[window]
    return (place.series, place.rows)
  }

  /// What people call a window's first and last row: their times, or their numbers.
  public func ends(of window: Int) -> (first: String, last: String) {
    let (number, rows) = place(of: window)
    return (series[number].label(of: rows.lowerBound), series[number].label(of: rows.upperBound - 1))
  }

  /// 1 for a window that has a row of another label than 0, the greatest of them: [count].
  public var labels: [UInt8]? {
    hasLabels ? (0..<count).map { self[label: $0] } : nil
  }

  /// The rows that lie in a window, of each series those that follow each other as one, in the units that they were read in.
  public var covered: [Series] {
    zip(series, windows.rows(of: series.count)).flatMap { series, rows in rows.map { series[$0] } }
  }

  public subscript(examples: Range<Int>) -> SeriesDataset { SeriesDataset(self, windows[examples]) }

  /// Each series cut at the same shares of its rows: windows that lie between two cuts. Of padded ones, so many windows.
  public func cut(leaving fractions: [Double]) -> [SeriesDataset] {
    windows.cut(leaving: fractions, rows: series.map(\.rows)).map { SeriesDataset(self, $0) }
  }

  public func chosen(_ indices: [Int]) -> AnyDataset { AnyDataset(SeriesDataset(self, windows[indices])) }

  public func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> ExampleBatch {
    func gathered(_ source: Storage?) -> Tensor {
      windows.gathered(indices, of: source, starts: starts, shape, in: context)
    }
    let observed = observed != nil || areUnlike ? gathered(observed) : nil
    return ExampleBatch(
      values: gathered(rows), observed: observed,
      labels: hasLabels ? indices.map { self[label: $0] } : nil, streams: indices.map(UInt64.init),
      noiseKey: context.noiseKey)
  }

  private subscript(label window: Int) -> UInt8 {
    let (number, rows) = place(of: window)
    return series[number].labels![rows].max() ?? 0
  }

  public func columns() -> [[Double]] {
    let covered = windows.rows(of: series.count)
    return (0..<shape.features).map { feature in
      series.indices.flatMap { number in
        covered[number].flatMap { run in run.map { series[number].values[$0 * shape.features + feature] } }
      }
    }
  }

  public func scaled(by scaling: Scaling) -> SeriesDataset {
    require(self.scaling == nil, "SeriesDataset.scaled: it is scaled already")
    require(
      scaling.features == shape.features,
      "SeriesDataset.scaled: a scaling of \(scaling.features) features, series of \(shape.features)")
    return SeriesDataset(
      series, windows, name: name, provenance: provenance, scaling: scaling, sha256: sha256)
  }
}
