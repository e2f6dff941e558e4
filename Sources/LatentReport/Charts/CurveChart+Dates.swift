import LatentFiles
import LatentKernels

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension CurveChart.Series {
  /// A curve over times, for an axis of ``CurveChart/XAxis/dates``.
  ///
  /// - Parameters:
  ///   - times: when the values were, in the order in which the line goes through them
  ///   - y: as many values
  ///   - band: what each of them lies in
  public init(
    _ name: String, at times: [Date], y: [Double], band: CurveChart.Band? = nil, color: CurveChart.Color? = nil,
    dashed: Bool = false, mark: CurveChart.Mark? = nil
  ) {
    self.init(
      name, x: times.map(\.timeIntervalSince1970), y: y, band: band, color: color, dashed: dashed, mark: mark)
  }
}

extension CurveChart.Span {
  /// A part of an axis of times.
  public init(_ name: String, _ times: ClosedRange<Date>, color: CurveChart.Color? = nil) {
    self.init(
      name, times.lowerBound.timeIntervalSince1970...times.upperBound.timeIntervalSince1970, color: color)
  }
}
