#if !LIBFUZZER
  import Foundation
  import FuzzTargets

  /// Where there is no libFuzzer: seeded mutations, without a look at what they reach.
  ///
  ///     fuzz-readers run TARGET INPUTS SEED FILE   the offending input stays in FILE
  @main enum FuzzReaders {
    static func main() {
      let arguments = Array(CommandLine.arguments.dropFirst())
      do {
        if try FuzzCommand.perform(arguments) { return }
        guard arguments.count == 5, arguments[0] == "run", let count = Int(arguments[2]),
          let seed = UInt64(arguments[3])
        else { throw Usage() }
        try run(FuzzCommand.target(arguments[1]), count, seed, file: arguments[4])
      } catch { FuzzCommand.fail(error) }
    }

    struct Usage: Error, CustomStringConvertible {
      let description = "usage: list | seeds TARGET FOLDER | words TARGET | run TARGET INPUTS SEED FILE"
    }

    private static func run(_ target: FuzzTarget, _ count: Int, _ seed: UInt64, file: String) throws {
      let inputs = try target.seeds() + FuzzCorpus.files(of: target).map(\.bytes)
      let watchdog = FuzzWatchdog(file: file)
      var mutator = FuzzMutator(seed: seed, words: target.words, longest: target.longest)
      for number in 0..<count {
        let input = number < inputs.count ? inputs[number] : mutator.next(from: inputs)
        watchdog.watch(input) { target.run(input) }
      }
      try FileManager.default.removeItem(atPath: file)
      // As libFuzzer says it.
      print("stat::number_of_executed_units: \(count)\nstat::peak_rss_mb: \(watchdog.peakMegabytes)")
    }
  }
#endif
