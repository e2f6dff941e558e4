import Latent
import LatentVAE

/// PyTorch's state dictionaries: `encoder.lstm.weight_ih_l0`. Matrices are transposed, images have their channels first, and
/// each recurrent layer has two biases.
///
/// - LSTM: gates i, f, g, o as here; both biases are added up.
/// - GRU: gates r, z, n.
/// - Conv2d: [O, C, height, width]; ConvTranspose2d: [C, O, height, width].
/// - A Linear before or after images sees their pixels channel by channel, as `flatten` and `unflatten` give them.
struct TorchTable: WeightTable {
  func correspondences(_ layer: PlannedLayer) -> [Correspondence] {
    let name = layer.pythonPath(separator: ".")
    func recurrent(_ sizes: RecurrentSizes, _ part: String) -> [Correspondence] {
      let suffix = "l0" + (part == "backward." ? "_reverse" : "")
      let gates: (Int) -> Layout = { axis in sizes.cell == .lstm ? [] : [.blocks([1, 0, 2], axis: axis)] }
      return [
        Correspondence(
          layer.path(part + "kernel"), "\(name).weight_ih_\(suffix)", layout: [.axes([1, 0])] + gates(0)),
        Correspondence(
          layer.path(part + "recurrentKernel"), "\(name).weight_hh_\(suffix)", layout: [.axes([1, 0])] + gates(0)),
        Correspondence(
          layer.path(part + "bias"), "\(name).bias_ih_\(suffix)", "\(name).bias_hh_\(suffix)",
          layout: sizes.cell == .lstm ? [.paired] : gates(1)),
      ]
    }
    func convolution() -> [Correspondence] {
      [
        Correspondence(layer.path("kernel"), "\(name).weight", layout: [.axes([3, 2, 0, 1])]),
        Correspondence(layer.path("bias"), "\(name).bias"),
      ]
    }
    switch layer.kind {
    case .recurrent(let sizes): return sizes.parts.flatMap { recurrent(sizes, $0) }
    case .dense(let sizes):
      let (rows, columns) = (Layout(channelsFirst: sizes.from, axis: 0), Layout(channelsFirst: sizes.to, axis: 1))
      return [
        Correspondence(layer.path("kernel"), "\(name).weight", layout: rows + columns + [.axes([1, 0])]),
        Correspondence(layer.path("bias"), "\(name).bias", layout: Layout(channelsFirst: sizes.to, axis: 0)),
      ]
    case .convolution, .transposedConvolution: return convolution()
    case .embedding: return [Correspondence(layer.path("table"), "\(name).weight")]
    case .values(let values):
      return values.map { Correspondence(layer.path($0.name), "\(name).\($0.name.snakeCase)") }
    }
  }
}

extension Layout {
  /// An axis of flattened images from rows, columns, channels to channels, rows, columns; nothing without images.
  init(channelsFirst images: ImageShape?, axis: Int) {
    self.init(images.map { [.within(axis: axis, sizes: $0.sizes, order: [2, 0, 1])] } ?? [])
  }
}
