import Latent
import LatentFiles

extension LayerTable {
  var html: String {
    func cell(_ milliseconds: Double) -> String {
      "<td>" + (milliseconds > 0 ? Format.fixed(milliseconds, 2) : "–") + "</td>"
    }
    let longest = max(rows.map(\.total).max() ?? 0, .leastNormalMagnitude)
    let all = max(rows.reduce(0) { $0 + $1.total }, .leastNormalMagnitude)
    let lines = rows.map { row in
      let parts = [("forward", row.forward), ("backward", row.backward), ("other", row.other)].map { name, time in
        "<i class=\"\(name)\" style=\"width:\(Format.fixed(100 * time / longest, 1))%\"></i>"
      }
      return """
        <tr><th scope="row"><code>\(SVGText.escaped(row.name).replacing(".", with: ".<wbr>"))</code></th>\(cell(row.forward))\(cell(row.backward))\
        <td>\(Format.fixed(100 * row.total / all, 1))%</td>\
        <td class="bar" aria-hidden="true"><span>\(parts.joined())</span></td></tr>

        """
    }
    return """
      <div class="card layers"><p class="hint">\(SVGText.escaped(caption))</p><div class="scroll"><table>
      <thead><tr><th scope="col">Layer</th><th scope="col">forward</th><th scope="col">backward</th>\
      <th scope="col">share</th><th class="bar" aria-hidden="true"></th></tr></thead>
      <tbody>
      \(lines.joined())</tbody>
      </table></div>
      <p class="key"><span><i></i>forward</span><span class="backward"><i></i>backward</span>\
      <span class="other"><i></i>neither</span></p></div>

      """
  }
}

extension ModelSummary {
  var html: String {
    // What stands for a whole batch has no shape of its own.
    let all = layers.filter { $0.kind != "Input" || !$0.outputShape.isEmpty }
    let shown = all.count > Self.mostRows ? Array(all.filter { $0.parameterCount > 0 }.prefix(Self.mostRows)) : all
    let rest = all.count > shown.count ? " Of \(all.count) rows, \(shown.count) with parameters are shown." : ""
    let lines = shown.map { layer in
      let reads = layer.inputs.isEmpty ? "–" : layer.inputs.map(Self.code).joined(separator: ", ")
      let shape = layer.outputShape.isEmpty ? "1" : layer.outputShape.map(String.init).joined(separator: " × ")
      return """
        <tr><th scope="row">\(Self.code(layer.name))</th><td class="words">\(SVGText.escaped(layer.kind))</td><td>\(shape)</td>\
        <td>\(layer.parameterCount > 0 ? Format.grouped(Double(layer.parameterCount)) : "–")</td><td class="words">\(reads)</td></tr>

        """
    }
    return """
      <div class="card layers summary"><p class="hint">In the order in which they compute; shapes are of one example. \
      Trainable parameters: \(Format.grouped(Double(parameterCount))).\(rest)</p><div class="scroll"><table>
      <thead><tr><th scope="col">Layer</th><th scope="col" class="words">type</th><th scope="col">output</th>\
      <th scope="col">parameters</th><th scope="col" class="words">reads</th></tr></thead>
      <tbody>
      \(lines.joined())</tbody>
      </table></div></div>

      """
  }

  /// A loss of many small operations has many more.
  private static let mostRows = 200

  private static func code(_ name: String) -> String {
    "<code>\(SVGText.escaped(name).replacing(".", with: ".<wbr>"))</code>"
  }
}
