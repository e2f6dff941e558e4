/// How fast the way between two processes is.
public struct LinkFigures: Sendable, Codable, Equatable {
  /// The two processes, by rank.
  public let first: Int, second: Int
  /// Whether both are of one machine.
  public let isWithinHost: Bool
  /// Seconds that a small message takes one way: half of the median round trip.
  public let latency: Double
  /// Seconds that each further small message takes, where several are sent at the same time.
  public let secondsPerMessage: Double
  /// By the size of messages, the smallest first.
  public let rates: [Rate]

  /// What goes each way, while both send.
  public struct Rate: Sendable, Codable, Equatable {
    /// Of a message.
    public let bytes: Int
    /// Each way.
    public let bytesPerSecond: Double

    public init(bytes: Int, bytesPerSecond: Double) { (self.bytes, self.bytesPerSecond) = (bytes, bytesPerSecond) }
  }

  public init(
    first: Int, second: Int, isWithinHost: Bool, latency: Double, secondsPerMessage: Double, rates: [Rate]
  ) {
    (self.first, self.second, self.isWithinHost) = (first, second, isWithinHost)
    (self.latency, self.secondsPerMessage, self.rates) = (latency, secondsPerMessage, rates)
  }

  /// The rate at messages of so many bytes: that of the nearest size on a logarithmic scale.
  public func bytesPerSecond(at bytes: Double) -> Double {
    func distance(_ rate: Rate) -> Double { max(bytes, 1) / Double(rate.bytes) }
    let nearest = rates.min { a, b in
      max(distance(a), 1 / distance(a)) < max(distance(b), 1 / distance(b))
    }
    return nearest?.bytesPerSecond ?? .infinity
  }

  /// The pairs of processes to measure: all of them where they are few, or else each with those that are 1, 2, 4, 8 … ranks
  /// further, which meets neighbours and far ones.
  static func pairs(of processes: Int) -> [(first: Int, second: Int)] {
    var distances = Array(1..<max(processes, 1))
    if processes > mostForAllPairs { distances.removeAll { $0 & ($0 - 1) != 0 } }
    return distances.flatMap { distance in
      (0..<processes - distance).map { (first: $0, second: $0 + distance) }
    }
  }

  private static let mostForAllPairs = 12
}
