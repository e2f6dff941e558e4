import Latent
import LatentFiles

extension ModelSummary {
  /// The summary as a table for people, a line for each layer; B is the number of images in a batch.
  public var table: String {
    let head = ["layer", "type", "output shape", "parameters", "connected to"]
    let rows = layers.map { layer in
      [
        layer.name, layer.kind, "[" + (["B"] + layer.outputShape.map(String.init)).joined(separator: ", ") + "]",
        Format.grouped(Double(layer.parameterCount)),
        layer.inputs.isEmpty ? "-" : layer.inputs.joined(separator: ", "),
      ]
    }
    let widths = head.indices.map { column in ([head] + rows).reduce(0) { max($0, $1[column].count) } }
    let rule = String(repeating: "-", count: widths.reduce(0, +) + 3 * (widths.count - 1))
    func line(_ cells: [String]) -> String {
      let padded = cells.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        return column == 3 ? space + cells[column] : column == 4 ? cells[column] : cells[column] + space
      }
      return padded.joined(separator: "   ")
    }
    let total = "total parameters: " + Format.grouped(Double(parameterCount))
    return ([title, rule, line(head), rule] + rows.map(line) + [rule, total]).joined(separator: "\n") + "\n"
  }
}
