import Latent
import LatentVAE
import TestSupport
import Testing

@testable import LatentInterchange

/// Each rearrangement beside a plain loop, and undone.
struct RearrangementTests {
  /// Reads a row-major array of numbers by its indices.
  private struct Array3 {
    let values: [Double]
    let sizes: [Int]
    subscript(_ i: Int, _ j: Int, _ k: Int = 0) -> Double {
      values[(i * sizes[1] + j) * (sizes.count > 2 ? sizes[2] : 1) + k]
    }
  }

  private func sample(_ shape: [Int], seed: Int = 1) -> Tensor {
    var values = SampleValues(seed: seed)
    return Tensor(values.numbers(shape.reduce(1, *)), shape: shape)
  }

  /// Bits that arithmetic would change: they must travel as they are.
  private let oddBits: [Float] = [-0.0, .nan, -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude]

  @Test(
    arguments: [
      (.axes([1, 0]), [3, 5]), (.axes([3, 2, 0, 1]), [2, 3, 4, 5]), (.blocks([0, 3, 1, 2], axis: 0), [8, 3]),
      (.blocks([2, 0, 1], axis: 1), [2, 9]), (.within(axis: 0, sizes: [2, 3, 4], order: [2, 0, 1]), [24, 3]),
      (.within(axis: 1, sizes: [2, 3, 4], order: [2, 0, 1]), [3, 24]), (.expanded, [2, 3]), (.squeezed, [1, 3]),
      (.joined, [2, 6]), (.halved, [1, 6]), (.paired, [7]),
    ] as [(Rearrangement, [Int])])
  func isUndoneByItsInverse(_ step: Rearrangement, _ shape: [Int]) {
    var tensor = sample(shape)
    var floats = tensor.floats
    for (place, value) in oddBits.enumerated() where place < floats.count { floats[floats.count - 1 - place] = value }
    tensor = Tensor(uninitialized: shape)
    tensor.storage.withUnsafeMutableBytes { target in floats.withUnsafeBytes { target.copyMemory(from: $0) } }
    let there = step(tensor)
    #expect(there.shape == step.shape(of: shape))
    #expect(step.inverse.shape(of: there.shape) == shape)
    #expect(step.inverse.inverse == step)
    #expect(step.inverse(there).hasSameBits(as: tensor))
  }

  @Test(
    arguments: [
      (.axes([1, 0]), [3]), (.blocks([1, 0], axis: 0), [5]), (.blocks([1, 0], axis: 1), [4]),
      (.within(axis: 0, sizes: [2, 3], order: [1, 0]), [5]), (.squeezed, [2, 3]), (.squeezed, []), (.joined, [3]),
      (.halved, [1, 5]), (.halved, [2, 4]), (.paired, [2, 3]), (.summed, [3, 2]), (.summed, [2]),
    ] as [(Rearrangement, [Int])])
  func otherShapesAreRefused(_ step: Rearrangement, _ shape: [Int]) { #expect(step.shape(of: shape) == nil) }

  @Test func gatesOfAnLSTMForONNX() {
    let (d, h) = (3, 2)
    let layer = PlannedLayer(["encoder", "lstm"], .recurrent(.lstm, d, h))
    let table = ONNXTable().correspondences(layer)
    let (kernel, bias) = (sample([d, 4 * h]), sample([4 * h], seed: 2))
    let ours = Array3(values: kernel.values, sizes: kernel.shape)
    let w = table[0].exported(kernel)[0].value
    #expect(w.shape == [1, 4 * h, d])
    let theirs = Array3(values: w.values, sizes: w.shape)
    let b = table[2].exported(bias)[0].value
    #expect(b.shape == [1, 8 * h])
    // i, o, f, g of ONNX are the blocks 0, 3, 1, 2 of ours, i, f, g, o.
    for (gate, own) in [0, 3, 1, 2].enumerated() {
      for unit in 0..<h {
        for input in 0..<d { #expect(theirs[0, gate * h + unit, input] == ours[input, own * h + unit]) }
        #expect(b.values[gate * h + unit] == bias.values[own * h + unit])
        #expect(b.values[4 * h + gate * h + unit] == 0)
      }
    }
  }

  @Test func gatesOfAGRUForTorch() {
    let (d, h) = (3, 2)
    let table = TorchTable().correspondences(PlannedLayer(["encoder", "gru"], .recurrent(.gru, d, h)))
    let (kernel, bias) = (sample([d, 3 * h]), sample([2, 3 * h], seed: 2))
    let ours = Array3(values: kernel.values, sizes: kernel.shape)
    let w = table[0].exported(kernel)[0].value
    #expect(w.shape == [3 * h, d])
    let theirs = Array3(values: w.values, sizes: w.shape)
    let biases = table[2].exported(bias)
    #expect(biases.map(\.name) == ["encoder.gru.bias_ih_l0", "encoder.gru.bias_hh_l0"])
    // r, z, n of z, r, n
    for (gate, own) in [1, 0, 2].enumerated() {
      for unit in 0..<h {
        for input in 0..<d { #expect(theirs[gate * h + unit, input] == ours[input, own * h + unit]) }
        for (row, part) in biases.enumerated() {
          #expect(part.value.values[gate * h + unit] == bias.values[row * 3 * h + own * h + unit])
        }
      }
    }
  }

  @Test func kernelsOfConvolutionsHaveTheirChannelsFirst() {
    let table = TorchTable().correspondences(
      PlannedLayer(
        ["encoder", "first"],
        .convolution(
          ConvolutionSizes(
            channels: 4, filters: 5, kernel: Size2D(height: 3, width: 2), stride: 2, activation: .relu,
            images: ImageShape(height: 8, width: 8, channels: 4)))))
    let kernel = sample([3, 2, 4, 5])
    let theirs = table[0].exported(kernel)[0].value
    #expect(theirs.shape == [5, 4, 3, 2])
    for (o, c, y, x) in indices(5, 4, 3, 2) {
      #expect(theirs.values[((o * 4 + c) * 3 + y) * 2 + x] == kernel.values[((y * 2 + x) * 4 + c) * 5 + o])
    }
  }

  /// A Linear of PyTorch behind `flatten` sees channel by channel what ours sees pixel by pixel.
  @Test func pixelsOfFlattenedImages() {
    let (h, w, c, o) = (2, 3, 4, 5)
    let images = ImageShape(height: h, width: w, channels: c)
    let after = TorchTable().correspondences(
      PlannedLayer(["encoder", "hidden"], .dense(DenseSizes(images.count, o, from: images))))
    let kernel = sample([images.count, o])
    let theirs = after[0].exported(kernel)[0].value
    #expect(theirs.shape == [o, images.count])
    let before = TorchTable().correspondences(
      PlannedLayer(["decoder", "hidden"], .dense(DenseSizes(o, images.count, to: images))))
    let (makes, bias) = (sample([o, images.count], seed: 2), sample([images.count], seed: 3))
    let (made, madeBias) = (before[0].exported(makes)[0].value, before[1].exported(bias)[0].value)
    for (y, x, channel, unit) in indices(h, w, c, o) {
      let (ours, other) = ((y * w + x) * c + channel, (channel * h + y) * w + x)
      #expect(theirs.values[unit * images.count + other] == kernel.values[ours * o + unit])
      #expect(made.values[other * o + unit] == makes.values[unit * images.count + ours])
      #expect(madeBias.values[other] == bias.values[ours])
    }
  }

  @Test func bothBiasesOfTorchAreAddedUp() {
    let table = TorchTable().correspondences(
      PlannedLayer(["encoder", "lstm"], .recurrent(.lstm, 1, 1)))
    let sum = table[2].imported([Tensor([1, 2, 3, 4], shape: [4]), Tensor([10, 20, 30, 40], shape: [4])])
    #expect(sum.values == [11, 22, 33, 44])
  }

  private func indices(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> [(Int, Int, Int, Int)] {
    (0..<a).flatMap { a in (0..<b).flatMap { b in (0..<c).flatMap { c in (0..<d).map { (a, b, c, $0) } } } }
  }
}

extension LayerKind {
  fileprivate static func recurrent(_ cell: RecurrentCell, _ inputs: Int, _ units: Int) -> LayerKind {
    .recurrent(
      RecurrentSizes(cell: cell, inputs: inputs, units: units, returnsSequence: false, isBidirectional: false))
  }
}
