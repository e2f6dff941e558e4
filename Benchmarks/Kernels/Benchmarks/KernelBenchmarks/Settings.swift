import Benchmark
import Foundation

/// How every benchmark is measured, unless it says otherwise.
enum Settings {
  /// The environment variable with the most seconds to spend on one benchmark, warming up not counted; 1 where unset.
  static let secondsVariable = "LATENT_BENCHMARK_SECONDS"

  /// Wall-clock time and its inverse. CPU time is not among them: Linux counts it in ticks of 10 ms, longer than nearly
  /// everything measured here.
  static var configuration: Benchmark.Configuration {
    Benchmark.Configuration(
      metrics: [.wallClock, .throughput],
      timeUnits: .nanoseconds,  // whole numbers are shown: of larger units, two digits would be left
      units: [.throughput: .count],
      maxDuration: .seconds(seconds),
      thresholds: [.wallClock: BenchmarkThresholds(relative: [.p25: 10, .p50: 10])])
  }

  private static var seconds: Double {
    guard let text = ProcessInfo.processInfo.environment[secondsVariable] else { return 1 }
    guard let seconds = Double(text), seconds > 0, seconds.isFinite else {
      let message = "\(secondsVariable) is '\(text)': set it to a positive number of seconds, or unset it\n"
      FileHandle.standardError.write(Data(message.utf8))
      exit(EX_USAGE)
    }
    return seconds
  }
}

/// Registers a benchmark of `work`.
///
/// - Parameters:
///   - name: what it is, then its sizes
///   - isShort: whether `work` takes less than about 2 µs, where the clock's 0.1 µs would show: it is then timed a thousand
///     at a time and reported for one. Longer work is timed by itself, so that whatever else the machine does falls into
///     few samples and leaves the median alone.
func measure(_ name: String, isShort: Bool = false, _ work: @escaping () -> Void) {
  var configuration = Benchmark.defaultConfiguration
  configuration.scalingFactor = isShort ? .kilo : .one
  Benchmark(name, configuration: configuration) { benchmark in
    for _ in benchmark.scaledIterations { work() }
  }
}

/// Registers a benchmark of `work`, which does something a thousand times, to be reported for one.
func measureThousand(_ name: String, _ work: @escaping () -> Void) {
  var configuration = Benchmark.defaultConfiguration
  configuration.scalingFactor = .kilo
  Benchmark(name, configuration: configuration) { _ in work() }
}
