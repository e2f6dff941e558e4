import Foundation
import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE

/// A source of one's own: found by a text, read by its rules, trained on; what it can't read is said in a line.
func checkTabSource(in folder: String) throws {
  let file = folder + "/numbers.tsv"
  let rows = (0..<64).map { row in (0..<5).map { sin(0.3 * Double(row * $0)) } }
  let text = rows.map { $0.map { "\($0)" }.joined(separator: "\t") + "\n" }.joined()
  try text.write(toFile: file, atomically: true, encoding: .utf8)

  let kinds = [TabSource.self] + DataSource.kinds
  check(DataSource.usage(of: kinds).hasPrefix("a .tsv file, "), "a source's usage")
  guard let source = DataSource(file, among: kinds) else { return check(false, "a source is not found") }
  let examples = try source.load(limit: 60)
  check(examples.count == 60 && examples.shape == .vector(size: 5), "a source's shape: \(examples)")
  let values = examples.batch([3, 59], in: BatchContext(element: .float64)).values.values
  check(values, rows[3] + rows[59], within: 1e-7, "a source's values")

  try "1\t2\n3\n".write(toFile: file, atomically: true, encoding: .utf8)
  do {
    _ = try source.load()
    check(false, "a source's error is missing")
  } catch {
    check(error.description.contains("lines of different lengths"), "a source's error: \(error)")
  }
}
