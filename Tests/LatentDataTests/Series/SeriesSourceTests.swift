import Latent
import LatentFiles
import TestSupport
import Testing

@testable import LatentData

@Suite struct SeriesSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(_ name: String, _ change: (inout Reading) -> Void = { _ in }) throws -> AnyDataset {
    var reading = Reading()
    change(&reading)
    return AnyDataset(try #require(DataSource(folder.file(name))).load(.training, reading))
  }

  private static let table = """
    time,load,heat
    2026-01-01 00:00:00,1,10
    2026-01-01 00:05:00,2,
    2026-01-01 00:10:00,3,30
    2026-01-01 01:00:00,4,40
    2026-01-01 01:05:00,5,50

    """

  @Test func windowsOfAFile() throws {
    try folder.write(Array(Self.table.utf8), as: "plant.csv")
    let data = try load("plant.csv") { $0.series.window = 2 }
    let series = try #require(data.base as? SeriesDataset)
    #expect(series.columnNames == ["load", "heat"])
    // Not over the gap of fifty minutes.
    #expect(series.count == 3)
    #expect(series.ends(of: 2) == ("2026-01-01 01:00:00", "2026-01-01 01:05:00"))
    #expect(data.batch([0], in: BatchContext()).observed?.values == [1, 1, 1, 0])
    #expect(data.provenance.contains("5 rows; 3 windows of 2; 1 missing values; 1 gap in the times"))
    #expect(data.provenance.contains("load: mean 3.0, standard deviation 1.581139"))
    let filled = try load("plant.csv") { ($0.series.window, $0.series.gaps) = (2, .missing) }
    #expect(filled.count == 13)
    #expect(try load("plant.csv") { ($0.series.window, $0.limit) = (2, 2) }.count == 2)
  }

  @Test func eachFileOfAFolderIsASeries() throws {
    try folder.write(Array("a\n1\n2\n3\n".utf8), as: "one.csv")
    try folder.write(Array("a\n4\n5\n".utf8), as: "two.csv")
    try folder.write(Array("not for us".utf8), as: "readme.txt")
    let data = try #require(try load(".") { $0.series.window = 2 }.base as? SeriesDataset)
    #expect(data.series.map(\.name) == ["one.csv", "two.csv"])
    #expect((0..<data.count).map { data.originals([$0]).values } == [[1, 2], [2, 3], [4, 5]])
    try folder.write(Array("a,b\n4,5\n".utf8), as: "two.csv")
    let error = #expect(throws: DataError.self) { try load(".") { $0.series.window = 2 } }
    #expect("\(error!)".contains("has 2 columns of values"))
  }

  @Test func rowsAreExamplesWithoutAWindow() throws {
    try folder.write(Array("x;y\n1,5;2\n;4\n".utf8), as: "rows.csv")
    let data = try #require(try load("rows.csv").base as? TensorDataset)
    #expect(data.shape == .vector(size: 2))
    #expect(data.batch([0, 1], in: BatchContext()).values.values == [1.5, 2, 0, 4])
    #expect(data.batch([1], in: BatchContext()).observed?.values == [0, 1])
    try folder.write(Array(Self.table.utf8), as: "plant.csv")
    let error = #expect(throws: DataError.self) { try load("plant.csv") }
    #expect("\(error!)".contains("such as a window of 96"))
  }

  @Test func windowsThatFitNowhere() throws {
    try folder.write(Array(Self.table.utf8), as: "plant.csv")
    let error = #expect(throws: DataError.self) { try load("plant.csv") { $0.series.window = 4 } }
    #expect("\(error!)".contains("has no 4 rows that follow each other, but 3"))
  }

  /// Windows [0, 1], [1, 2] and [3, 4] say different things of row 1.
  @Test func windowsAreJoinedOnTheRowsOfTheFile() throws {
    let twice = Self.table + "2026-01-01 01:05:00,6,60\n"
    try folder.write(Array(twice.utf8), as: "plant.csv")
    let data = try #require(try load("plant.csv") { $0.series.window = 2 }.base as? SeriesDataset)
    var joined = JoinedWindows(data)
    joined.append(Tensor([0, 0, 1, 1, 3, 3, 2, 2], shape: [2, 2, 2]))
    joined.append(Tensor([7, 7, 8, 8], shape: [1, 4]))
    #expect(joined.expected(of: 0) == [[0, 0], [2, 2], [2, 2], [7, 7], [8, 8]])
    #expect(joined.rows == 6)
    let lines = String(decoding: joined.csv, as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(lines.count == 7)
    #expect(lines[0] == "time,load,heat,load expected,heat expected")
    #expect(lines[2] == "2026-01-01 00:05:00,2.0,,2.0,2.0")
    #expect(lines[5] == lines[6] && lines[6] == "2026-01-01 01:05:00,6.0,60.0,8.0,8.0")
  }
}
