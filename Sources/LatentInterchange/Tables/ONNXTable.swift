import Latent
import LatentVAE

/// Initializers of ONNX's operators: `encoder.lstm.W`.
///
/// - LSTM: W [1, 4H, D], R [1, 4H, H], B [1, 8H], the bias of the input and then that of the state; gates i, o, f, c.
/// - GRU: W [1, 3H, D], R [1, 3H, H], B [1, 6H]; gates z, r, h as here.
/// - Gemm: [I, O] as here; before or after images, pixels lie channel by channel.
/// - Conv: [O, C, height, width]; ConvTranspose: [C, O, height, width].
struct ONNXTable: WeightTable {
  func correspondences(_ layer: PlannedLayer) -> [Correspondence] {
    let name = layer.pythonPath(separator: ".")
    func recurrent(_ part: String = "", matrix: Layout, bias: Layout) -> [Correspondence] {
      let prefix = name + "." + part
      return [
        Correspondence(layer.path(part + "kernel"), prefix + "W", layout: [.axes([1, 0])] + matrix + [.expanded]),
        Correspondence(
          layer.path(part + "recurrentKernel"), prefix + "R", layout: [.axes([1, 0])] + matrix + [.expanded]),
        Correspondence(layer.path(part + "bias"), prefix + "B", layout: bias + [.joined]),
      ]
    }
    switch layer.kind {
    case .recurrent(let sizes):
      let gates: Layout = sizes.cell == .lstm ? [.blocks([0, 3, 1, 2], axis: 0)] : []
      return sizes.parts.flatMap {
        recurrent($0, matrix: gates, bias: gates + (sizes.cell == .lstm ? [.paired] : []))
      }
    case .dense(let sizes):
      let (rows, columns) = (Layout(channelsFirst: sizes.from, axis: 0), Layout(channelsFirst: sizes.to, axis: 1))
      return [
        Correspondence(layer.path("kernel"), "\(name).weight", layout: rows + columns),
        Correspondence(layer.path("bias"), "\(name).bias", layout: Layout(channelsFirst: sizes.to, axis: 0)),
      ]
    case .convolution, .transposedConvolution:
      return [
        Correspondence(layer.path("kernel"), "\(name).weight", layout: [.axes([3, 2, 0, 1])]),
        Correspondence(layer.path("bias"), "\(name).bias"),
      ]
    case .embedding: return [Correspondence(layer.path("table"), "\(name).weight")]
    case .values(let values):
      return values.map { Correspondence(layer.path($0.name), "\(name).\($0.name.snakeCase)") }
    }
  }
}
