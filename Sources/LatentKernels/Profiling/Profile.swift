/// What a ``Profiler`` measured: rows whose times add up to the wall time of every thread.
public struct Profile: Sendable {
  /// Everything that belongs to one row and pass.
  public struct Side: Sendable {
    /// The durations of all calls on all threads, in seconds, unsorted.
    public var samples: [Double] = []
    /// Their sum.
    public var seconds = 0.0
    /// Floating-point operations, and bytes moved at least, of all calls.
    public var flops = 0.0
    /// Bytes moved at least, of all calls.
    public var bytes = 0.0
    /// The product that came most often, where calls are products.
    public var product: Work.Product?
  }

  /// A line of the table.
  public struct Row: Sendable {
    /// The layer's path or the operation, with the part after it: `encoder.lstm gates`.
    public let name: String
    /// Time of the forward pass.
    public var forward = Side()
    /// Time of the backward pass.
    public var backward = Side()
    /// Time outside of both passes.
    public var other = Side()

    /// Seconds of all passes on all threads.
    public var seconds: Double { forward.seconds + backward.seconds + other.seconds }
    /// Calls of all passes.
    public var calls: Int { forward.samples.count + backward.samples.count + other.samples.count }
    /// Floating-point operations of all passes.
    public var flops: Double { forward.flops + backward.flops + other.flops }
    /// The durations of all calls, in seconds.
    public var samples: [Double] { forward.samples + backward.samples + other.samples }
  }

  /// One call on one thread.
  public struct Event: Sendable {
    /// The number of its row in ``Profile/rows``.
    public let row: Int
    /// What the layer did.
    public let pass: ProfileLane.Pass
    /// The worker's number, from 0.
    public let thread: Int
    /// Seconds since the profiler was first started.
    public let start: Double
    /// How long it took.
    public let seconds: Double
  }

  /// In the order in which the threads first met them.
  public private(set) var rows: [Row] = []
  /// Every call, thread by thread, in time order.
  public private(set) var events: [Event] = []
  /// Between starts and stops.
  public let wallSeconds: Double
  /// The sum of each thread's rows; each is the wall time but for the clock's resolution.
  public private(set) var secondsByThread: [Double] = []

  init(lanes: [ProfileLane], begin: UInt64, wallSeconds: Double) {
    self.wallSeconds = wallSeconds
    var index: [String: Int] = [:]
    var products: [Int: [Work.Product: Int]] = [:]
    for (thread, lane) in lanes.enumerated() {
      let used = Set(lane.calls.map { Int($0.row) })
      let local = lane.keys.enumerated().map { position, key -> Int in
        guard used.contains(position) else { return -1 }
        let name = key.part.isEmpty ? key.layer : key.layer + " " + key.part
        if let known = index[name] { return known }
        index[name] = rows.count
        rows.append(Row(name: name))
        return rows.count - 1
      }
      var total = 0.0
      for call in lane.calls {
        let row = local[Int(call.row)]
        let seconds = Double(call.end - call.start) * 1e-9
        total += seconds
        rows[row].update(call.pass) { side in
          side.samples.append(seconds)
          side.seconds += seconds
          side.flops += Double(call.flops)
          side.bytes += Double(call.bytes)
        }
        events.append(
          Event(
            row: row, pass: call.pass, thread: thread, start: Double(call.start - begin) * 1e-9, seconds: seconds))
      }
      secondsByThread.append(total)
      for (key, shapes) in lane.products {
        products[local[key / 4] * 4 + key % 4, default: [:]].merge(shapes) { $0 + $1 }
      }
    }
    for (key, shapes) in products {
      let usual = shapes.max { ($0.value, $0.key.m) < ($1.value, $1.key.m) }?.key
      rows[key / 4].update(ProfileLane.Pass(rawValue: UInt8(key % 4))!) { $0.product = usual }
    }
  }

  /// The row of this name.
  public subscript(name: String) -> Row? { rows.first { $0.name == name } }
}

extension Profile.Row {
  fileprivate mutating func update(_ pass: ProfileLane.Pass, _ body: (inout Profile.Side) -> Void) {
    switch pass {
    case .forward: body(&forward)
    case .backward: body(&backward)
    case .other: body(&other)
    }
  }
}
