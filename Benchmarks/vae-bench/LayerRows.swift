import Latent

/// The rows of a profile in the order in which a step meets them, each held against the machine's ceilings.
struct LayerRows {
  private(set) var rows: [Report.Row] = []

  private static let last = [
    "gradient sum", "gradient norm", "clipping", "optimizer", "validation", Profiler.communication,
    Profiler.waitingForRanks, Profiler.waiting,
    Profiler.unattributed,
  ]

  init(_ profile: Profile, _ ceilings: Ceilings, threads: Int) {
    let inOrder = profile.rows.enumerated().sorted {
      (Self.rank($0.element), $0.offset) < (Self.rank($1.element), $1.offset)
    }
    rows = inOrder.map(\.element).filter { $0.calls > 0 }.map { row in
      func side(_ side: Profile.Side) -> Report.Row.Side? {
        guard !side.samples.isEmpty else { return nil }
        return Report.Row.Side(
          seconds: side.seconds, calls: side.samples.count, flops: side.flops, bytes: side.bytes,
          product: side.product.map { [$0.m, $0.n, $0.k] }, idealSeconds: Self.ideal(side, ceilings, threads),
          samples: side.samples)
      }
      return Report.Row(
        name: row.name, forward: side(row.forward), backward: side(row.backward), other: side(row.other))
    }
  }

  /// The rows of several processes, those of one name added up.
  init(together all: [[Report.Row]]) {
    guard let first = all.first else { return }
    rows = first
    for row in all.dropFirst().joined() {
      guard let place = rows.firstIndex(where: { $0.name == row.name }) else {
        rows.append(row)
        continue
      }
      rows[place].forward += row.forward
      rows[place].backward += row.backward
      rows[place].other += row.other
    }
    // A row that the first process lacks goes where it belongs.
    let inOrder = rows.enumerated().sorted {
      (Self.rank($0.element), $0.offset) < (Self.rank($1.element), $1.offset)
    }
    rows = inOrder.map(\.element)
  }

  private static func rank(_ row: Profile.Row) -> Int {
    rank(row.name, isOfPasses: !row.forward.samples.isEmpty || !row.backward.samples.isEmpty)
  }

  private static func rank(_ row: Report.Row) -> Int {
    rank(row.name, isOfPasses: row.forward != nil || row.backward != nil)
  }

  private static func rank(_ name: String, isOfPasses: Bool) -> Int {
    if let place = last.firstIndex(of: name) { return 2 + place }
    return isOfPasses ? 1 : 0
  }

  /// Thread seconds at the ceiling: cblas at the same shape for products; for the rest, multiply-adds or memory,
  /// whichever takes longer.
  private static func ideal(_ side: Profile.Side, _ ceilings: Ceilings, _ threads: Int) -> Double? {
    let threads = Double(threads)
    if let product = side.product, let rate = ceilings.rate(of: product) { return side.flops / rate * threads }
    let seconds = max(side.flops / ceilings.peakAll, side.bytes / ceilings.bandwidth) * threads
    return seconds > 0 ? seconds : nil
  }
}

extension Report.Row.Side? {
  fileprivate static func += (side: inout Self, other: Self) {
    guard let other else { return }
    guard var sum = side else {
      side = other
      return
    }
    sum.seconds += other.seconds
    sum.calls += other.calls
    sum.flops += other.flops
    sum.bytes += other.bytes
    sum.product = sum.product ?? other.product
    // In seconds of threads, as the time is.
    sum.idealSeconds = sum.idealSeconds.flatMap { own in other.idealSeconds.map { own + $0 } }
    sum.samples += other.samples
    side = sum
  }
}

extension Report.Row {
  /// What limits the row: what takes longest of the arithmetic at the processor's peak and the bytes at the memory's
  /// bandwidth, or neither, where both together would take less than a quarter of the time.
  func boundBy(_ ceilings: Ceilings, threads: Int) -> String? {
    let (flops, bytes) = sides.reduce((0, 0)) { ($0.0 + $1.flops, $0.1 + $1.bytes) }
    guard flops + bytes > 0, seconds > 0 else { return nil }
    let compute = flops / ceilings.peakAll * Double(threads)
    let memory = bytes / ceilings.bandwidth * Double(threads)
    if max(compute, memory) < seconds / 4 { return "overhead" }
    return compute >= memory ? "compute" : "memory"
  }

  /// The share of the ceiling at the row's own shapes.
  var ceilingShare: Double? {
    let known = sides.filter { $0.idealSeconds != nil }
    let seconds = known.reduce(0) { $0 + $1.seconds }
    return seconds > 0 ? known.reduce(0) { $0 + $1.idealSeconds! } / seconds : nil
  }
}
