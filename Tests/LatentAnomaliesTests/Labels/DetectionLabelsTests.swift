import LatentAnomalies
import Testing

@Suite struct DetectionLabelsTests {
  @Test func columnsOfLabelsAreEvents() {
    let labels = DetectionLabels([0, 1, 2, 0, 0, 255] as [UInt8])
    #expect(labels == DetectionLabels([false, true, true, false, false, true]))
    #expect(labels.events == [1..<3, 5..<6] && labels.count == 6 && labels.anomalies == 3)
    #expect(labels.isAnomaly == [false, true, true, false, false, true])
    #expect(DetectionLabels([UInt8]()).events == [])
  }

  @Test func intervalsIncludeTheirEnds() throws {
    let times = [0, 10, 20, 30, 40, 50.0]
    #expect(try DetectionLabels([10...20, 45...90], times: times).events == [1..<3, 5..<6])
    // They may overlap, be in any order, and have no row where another has one.
    #expect(try DetectionLabels([25...40, 11...19, 20...30], times: times).events == [2..<5])
    #expect(try DetectionLabels([-5...100], times: times).events == [0..<6])
    #expect(try DetectionLabels([], times: times).events == [])
  }

  @Test func labelsThatNeverOccurAreRefused() {
    func message(_ times: [Double]) -> String? {
      do { _ = try DetectionLabels([1_414_683_000...1_414_967_400], times: times) } catch { return error.description }
      return nil
    }
    #expect(
      message([1_396_310_400, 1_396_314_000])
        == "labels that never occur: no row of the series is in any of the 1 intervals from 2014-10-30 15:30:00 to "
        + "2014-11-02 22:30:00, and its rows are from 2014-04-01 00:00:00 to 2014-04-01 01:00:00: give the labels of this "
        + "series, in the same time zone")
    #expect(message([0, 1, 2])?.contains("its rows are from 0.0 to 2.0") == true)
    #expect(message([])?.contains("there are no rows") == true)
  }
}
