import LatentKernels

/// Where the cells of a grid of equal images lie: pure arithmetic, in pixels of the final picture.
///
/// Rows can be grouped in bands (a row of originals over a row of reconstructions), with a wider gap between bands.
public struct GridLayout: Sendable, Equatable {
  /// Cells side by side.
  public let columns: Int
  /// Cells one below the other.
  public let rows: Int
  /// Size of one image, scaled.
  public let cellWidth: Int
  /// Height of one image, scaled.
  public let cellHeight: Int
  /// Between neighbours of one band, and around the whole.
  public let padding: Int
  /// Rows in one band.
  public let bandRows: Int
  /// Between the bands, in place of `padding`.
  public let bandGap: Int
  /// Kept free at the left for the rows' labels, beside the padding.
  public let leftMargin: Int
  /// Kept free at the top for a title and the columns' labels, above the padding.
  public let topMargin: Int

  /// - Parameters:
  ///   - bandGap: by default the padding, so that no bands are seen.
  public init(
    columns: Int, rows: Int, cellWidth: Int, cellHeight: Int, padding: Int,
    bandRows: Int = 1, bandGap: Int? = nil, leftMargin: Int = 0, topMargin: Int = 0
  ) {
    require(columns > 0 && rows > 0, "GridLayout: \(columns) columns and \(rows) rows are no grid")
    require(cellWidth > 0 && cellHeight > 0, "GridLayout: cells of \(cellWidth)×\(cellHeight) are empty")
    require(
      padding >= 0 && leftMargin >= 0 && topMargin >= 0 && bandRows > 0 && bandGap ?? 0 >= 0,
      "GridLayout: a distance is negative")
    self.columns = columns
    self.rows = rows
    self.cellWidth = cellWidth
    self.cellHeight = cellHeight
    self.padding = padding
    self.bandRows = bandRows
    self.bandGap = bandGap ?? padding
    self.leftMargin = leftMargin
    self.topMargin = topMargin
  }

  /// Width of the whole picture.
  public var width: Int { leftMargin + padding + columns * (cellWidth + padding) }

  /// Height of the whole picture.
  public var height: Int { y(row: rows - 1) + cellHeight + padding }

  /// Left edge of a column.
  public func x(column: Int) -> Int { leftMargin + padding + column * (cellWidth + padding) }

  /// Upper edge of a row.
  public func y(row: Int) -> Int {
    topMargin + padding + row * (cellHeight + padding) + row / bandRows * (bandGap - padding)
  }
}
