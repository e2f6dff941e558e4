import CLatentKernels

/// Draws of which row r comes from stream `streams[r]` of the generator `key`: an element is a function of key, stream and column
/// alone, with the same bits on every processor.
extension Storage {
  /// Fills rows of `columns` numbers -log(-log u), u uniform between 0 and 1.
  public func fillGumbel(key: UInt64, streams: [UInt64], columns: Int) {
    require(
      streams.count * columns == count, "Gumbel noise: \(streams.count) rows of \(columns) for \(count) elements")
    let loop = operations.gumbel_noise
    Storage.cut(streams, of: columns, cost: 8) { streams, row, rows in
      loop(key, streams, mutablePointer(at: row * columns), rows, columns)
    }
  }

  /// self = log z, z from the gamma distribution of each alpha > 0 and scale 1; NaN where there is none.
  public func assignLogGammaDraws(of alpha: Storage, key: UInt64, streams: [UInt64], columns: Int) {
    check("gamma draws", alpha)
    require(streams.count * columns == count, "gamma draws: \(streams.count) rows of \(columns) for \(count) elements")
    let loop = operations.log_gamma_draws
    Storage.cut(streams, of: columns, cost: 64) { streams, row, rows in
      loop(key, streams, alpha.pointer(at: row * columns), mutablePointer(at: row * columns), rows, columns)
    }
  }

  /// self = d log z / d alpha of such draws, by implicit differentiation.
  public func assignLogGammaSlopes(of alpha: Storage, draws: Storage) {
    check("gamma slopes", alpha)
    check("gamma slopes", draws)
    let loop = operations.log_gamma_slopes
    Threads.cut(count, least: Threads.leastResults / 256) {
      loop(
        alpha.pointer(at: $0.lowerBound), draws.pointer(at: $0.lowerBound), mutablePointer(at: $0.lowerBound), $0.count)
    }
  }

  /// Calls `body` with runs of rows, on as many threads as are free.
  ///
  /// - Parameter cost: of an element, beside a function's
  private static func cut(
    _ streams: [UInt64], of columns: Int, cost: Int,
    _ body: @Sendable (_ streams: UnsafePointer<UInt64>, _ row: Int, _ rows: Int) -> Void
  ) {
    streams.withUnsafeBufferPointer {
      guard let first = $0.baseAddress else { return }
      nonisolated(unsafe) let streams = first
      Threads.cutRows($0.count, of: columns, least: Threads.leastResults / cost) {
        body(streams + $0.lowerBound, $0.lowerBound, $0.count)
      }
    }
  }
}
