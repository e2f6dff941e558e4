import Latent
import LatentVAE

/// Keras 3: `encoder/lstm/recurrent_kernel`. Its layouts are ours.
///
/// Keras's own `variable.path` names the cell of a recurrent layer, too (`lstm/lstm_cell/kernel`); files may have it or not.
struct KerasTable: WeightTable {
  var separator: Character { "/" }

  func correspondences(_ layer: PlannedLayer) -> [Correspondence] {
    let name = layer.pythonPath(separator: "/")
    func same(_ parameters: [String], ours part: String = "", theirs layerName: String = "") -> [Correspondence] {
      parameters.map { Correspondence(layer.path(part + $0), "\(name)/\(layerName)\($0.snakeCase)") }
    }
    let recurrent = ["kernel", "recurrentKernel", "bias"]
    switch layer.kind {
    case .recurrent(let sizes):
      guard sizes.isBidirectional else { return same(recurrent) }
      return ["forward", "backward"].flatMap {
        same(recurrent, ours: "\($0).", theirs: "\($0)_\(sizes.cell.rawValue)/")
      }
    case .dense, .convolution, .transposedConvolution: return same(["kernel", "bias"])
    case .embedding: return [Correspondence(layer.path("table"), "\(name)/embeddings")]
    case .values(let values): return same(values.map(\.name))
    }
  }

  func canonical(_ name: String) -> String {
    name.split(separator: "/", omittingEmptySubsequences: false).filter { $0 != "lstm_cell" && $0 != "gru_cell" }
      .joined(separator: "/")
  }
}
