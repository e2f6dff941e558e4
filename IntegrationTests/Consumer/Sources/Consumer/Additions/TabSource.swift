import Foundation
import Latent
import LatentData
import LatentFiles

/// A text file of numbers, `.tsv`: a line for each example, with tabs between its numbers.
struct TabSource: ExampleSource {
  static let usage = "a .tsv file"
  let description: String

  init?(_ text: String) {
    guard text.hasSuffix(".tsv") else { return nil }
    description = text
  }

  var path: String? { description }

  func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> TensorDataset {
    guard let text = try? String(contentsOfFile: description, encoding: .utf8) else {
      throw .unreadable(file: description, reason: "it can't be read as text")
    }
    let lines = text.split(separator: "\n").prefix(reading.limit ?? .max)
    let rows = lines.map { $0.split(separator: "\t").compactMap { Double($0) } }
    guard let size = rows.first?.count, size > 0, rows.allSatisfy({ $0.count == size }) else {
      throw .anotherFormat(path: description, help: "has lines of different lengths, or none")
    }
    return TensorDataset(
      [Tensor(rows.flatMap { $0 }, shape: [rows.count, size])], shape: .vector(size: size), name: "numbers of a text")
  }
}
