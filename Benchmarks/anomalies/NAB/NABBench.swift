import Foundation
import Latent
import LatentCommand
import LatentData

/// All files of NAB, learned and scored.
struct NABBench {
  let folder: String
  let output: String
  /// The name of the detector in the names of the result files.
  let name: String
  let detector: BenchedDetector

  func run(threads: Int) throws {
    let files = try NABFile.all(in: folder)
    let labels = try NABFile.labels(in: folder)
    let results = "\(output)/\(name)"
    try WorkerPool(threads: threads).runAll(files.count) { place in
      let file = files[place]
      let series = Series(columns: ["value"], values: file.values)
      let scores = try detector.scores(of: series, learning: file.learned)
      try file.write(
        NABScores().numbers(of: scores, learned: file.learned), windows: labels[file.name] ?? [], to: results,
        detector: name)
    }
    print("\(files.count) result files are in \(results). What they are worth, says NAB's own scorer:")
    print("")
    print("    cp -r \(results) \(folder)/results/")
    print("    cd \(folder) && python run.py -d \(name) --skipConfirmation --optimize --score --normalize")
  }
}
