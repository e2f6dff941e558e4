import Latent

/// How what is said of a row by the windows that have it becomes one.
public enum ScoreAggregate: String, Sendable, CaseIterable, Codable {
  /// The window that ends with the row alone: no later row changes anything.
  case last
  /// The mean over the windows.
  case mean
  /// The window with the median score; of two in the middle the mean.
  case median
  /// The window with the greatest score.
  case max
}

/// Puts windows that follow each other, a row apart, together to rows.
///
/// What is expected, and its band, is the mean over the windows, where it is not the last one's. A row is whole once no later
/// window can have it.
struct RowJoiner: Sendable {
  private let aggregate: ScoreAggregate
  /// T
  private let window: Int
  /// D
  private let features: Int
  /// The first row of the next window.
  private var next: Int
  /// Of rows that are not whole, by `row % T`: how many windows have said something: [T]
  private var counts: [Int]
  /// Sums over these windows: [T, D] each
  private var expected, low, high: [Double]
  /// The sum of scores, or the greatest: [T], and its shares: [T, D]
  private var scores, shares: [Double]
  /// What each window has said, for the median: [T, T] and [T, T, D]
  private var allScores, allShares: [Double]

  /// - Parameter first: the row that the first window begins with
  init(_ aggregate: ScoreAggregate, window: Int, features: Int, first: Int) {
    (self.aggregate, self.window, self.features, next) = (aggregate, window, features, first)
    counts = Array(repeating: 0, count: window)
    expected = Array(repeating: 0, count: window * features)
    (low, high, shares) = (expected, expected, expected)
    scores = Array(repeating: 0, count: window)
    let isMedian = aggregate == .median
    allScores = Array(repeating: 0, count: isMedian ? window * window : 0)
    allShares = Array(repeating: 0, count: isMedian ? window * window * features : 0)
  }

  /// Adds the next windows and hands over the rows that are whole with them.
  ///
  /// - Parameters:
  ///   - values: those of the series: missing ones have no share
  ///   - rows: get what is found, by their numbers
  mutating func append(_ part: WindowPart, of values: [Double], to rows: inout ScoredRows) {
    let steps = aggregate == .last ? 1 : window
    for number in part.whole.indices {
      for step in 0..<steps {
        let row = next + (aggregate == .last ? window - 1 : step)
        let place = (number * steps + step) * features
        if aggregate == .last {
          rows.set(row, part, at: place, whole: part.whole[number], of: values)
        } else {
          add(row, part, at: place, whole: part.whole[number], of: values)
        }
      }
      if aggregate != .last { finish(next, to: &rows) }
      next += 1
    }
  }

  /// Hands over the rows that no further window is to have: after the last one of a run.
  mutating func finishAll(to rows: inout ScoredRows) {
    if aggregate == .last { return }
    for row in next..<next + window - 1 { finish(row, to: &rows) }
  }

  private mutating func add(_ row: Int, _ part: WindowPart, at place: Int, whole: Double, of values: [Double]) {
    let (slot, before) = (row % window, counts[row % window])
    var (score, known) = (whole, false)
    for feature in 0..<features where !values[row * features + feature].isNaN {
      score += part.shares[place + feature]
      known = true
    }
    if !known { score = .nan }
    let isChosen = before == 0 || aggregate == .max && score > scores[slot]
    for feature in 0..<features {
      let (from, to) = (place + feature, slot * features + feature)
      expected[to] = (before == 0 ? 0 : expected[to]) + part.expected[from]
      low[to] = (before == 0 ? 0 : low[to]) + part.low[from]
      high[to] = (before == 0 ? 0 : high[to]) + part.high[from]
      let share = values[row * features + feature].isNaN ? .nan : part.shares[from]
      switch aggregate {
      case .mean: shares[to] = (before == 0 ? 0 : shares[to]) + share
      case .max where isChosen: shares[to] = share
      case .median: allShares[(slot * window + before) * features + feature] = share
      case .max, .last: break
      }
    }
    switch aggregate {
    case .mean: scores[slot] = (before == 0 ? 0 : scores[slot]) + score
    case .max where isChosen: scores[slot] = score
    case .median: allScores[slot * window + before] = score
    case .max, .last: break
    }
    counts[slot] += 1
  }

  private mutating func finish(_ row: Int, to rows: inout ScoredRows) {
    let (slot, count) = (row % window, counts[row % window])
    counts[slot] = 0
    guard count > 0 else { return }
    let middle = aggregate == .median ? middle(of: slot, count) : []
    let place = row - rows.rows.lowerBound
    for feature in 0..<features {
      let (from, to) = (slot * features + feature, place * features + feature)
      rows.expected[to] = expected[from] / Double(count)
      (rows.low[to], rows.high[to]) = (low[from] / Double(count), high[from] / Double(count))
      switch aggregate {
      case .mean: rows.shares[to] = shares[from] / Double(count)
      case .max, .last: rows.shares[to] = shares[from]
      case .median:
        let both = middle.map { allShares[(slot * window + $0) * features + feature] }
        rows.shares[to] = (both[0] + both[1]) / 2
      }
    }
    switch aggregate {
    case .mean: rows.scores[place] = scores[slot] / Double(count)
    case .max, .last: rows.scores[place] = scores[slot]
    case .median:
      rows.scores[place] = (allScores[slot * window + middle[0]] + allScores[slot * window + middle[1]]) / 2
    }
  }

  /// The windows with the median score, twice the same where there is one.
  private func middle(of slot: Int, _ count: Int) -> [Int] {
    let order = (0..<count).sorted { allScores[slot * window + $0] < allScores[slot * window + $1] }
    return [order[(count - 1) / 2], order[count / 2]]
  }
}

extension ScoredRows {
  /// What the last window of a row says of it.
  fileprivate mutating func set(_ row: Int, _ part: WindowPart, at from: Int, whole: Double, of values: [Double]) {
    let to = (row - rows.lowerBound) * features
    var (score, known) = (whole, false)
    for feature in 0..<features {
      expected[to + feature] = part.expected[from + feature]
      low[to + feature] = part.low[from + feature]
      high[to + feature] = part.high[from + feature]
      if values[row * features + feature].isNaN { continue }
      shares[to + feature] = part.shares[from + feature]
      score += part.shares[from + feature]
      known = true
    }
    if known { scores[row - rows.lowerBound] = score }
  }
}
