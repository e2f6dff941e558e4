import Foundation
import Latent
import TestSupport

/// A convolution of volumes [B, depth, height, width, C] with a kernel [depth, height, width, C / groups, O], place by place.
struct PlainForm {
  var strides = [1, 1, 1], dilation = [1, 1, 1]
  /// Zeros before and after each axis.
  var zeros = [(0, 0), (0, 0), (0, 0)]
  var groups = 1

  /// Places of the kernel along an axis.
  private func places(_ size: Int, _ kernel: Int, _ axis: Int) -> Int {
    let covered: Int = (kernel - 1) * dilation[axis] + 1
    return (size + zeros[axis].0 + zeros[axis].1 - covered) / strides[axis] + 1
  }

  func value(_ x: PlainTensor, _ kernel: PlainTensor, bias: [Double]?) -> PlainTensor {
    let (outputs, width) = (kernel.shape[4], kernel.shape[3])
    let places: [Int] = (0..<3).map { self.places(x.shape[$0 + 1], kernel.shape[$0], $0) }
    let taps: [[Int]] = PlainTensor.walk(Array(kernel.shape[..<3])) { $0 }
    let shape: [Int] = [x.shape[0]] + places + [outputs]
    return PlainTensor(shape) { (index: [Int]) -> Double in
      let first: Int = index[4] / (outputs / groups) * width
      var sum: Double = bias?[index[4]] ?? 0
      for tap in taps {
        var place: [Int] = [index[0]]
        for axis in 0..<3 { place.append(index[axis + 1] * strides[axis] + tap[axis] * dilation[axis] - zeros[axis].0) }
        if (1..<4).contains(where: { place[$0] < 0 || place[$0] >= x.shape[$0] }) { continue }
        for c in 0..<width {
          let weight: Double = kernel[[tap[0], tap[1], tap[2], c, index[4]]]
          sum += x[[place[0], place[1], place[2], place[3], first + c]] * weight
        }
      }
      return sum
    }
  }

  /// The same of images, which are volumes of one slice.
  func images(_ x: PlainTensor, _ kernel: PlainTensor, bias: [Double]?) -> PlainTensor {
    let y = value(
      PlainTensor(x.values, [x.shape[0], 1] + x.shape[1...]), PlainTensor(kernel.values, [1] + kernel.shape), bias: bias
    )
    return PlainTensor(y.values, [y.shape[0]] + y.shape[2...])
  }
}

/// All zeros that keep an axis's size with strides of 1.
private func same(_ size: Int, _ covered: Int, _ stride: Int) -> (Int, Int) {
  let all = max(((size + stride - 1) / stride - 1) * stride + covered - size, 0)
  return (all / 2, all - all / 2)
}

private func tanhs(_ x: PlainTensor) -> PlainTensor { PlainTensor(x.values.map { tanh($0) }, x.shape) }

private let small: Sizes = ["B": 2, "X": 5, "Y": 4, "C": 2]
private let others: [Sizes] = [["B": 1, "X": 9, "Y": 7, "C": 3], ["B": 3, "X": 6, "Y": 13, "C": 1]]
private let refused = ConformingCase.EmptyBatch.stops("conv2D", "with B > 0")

/// The primitive on images [B, X, Y, C groups] with a kernel of [2, 3].
private func form(
  _ name: String, outputs: Int, strides: Size2D = 1, padding: Padding, dilation: Size2D = 1,
  groups: @escaping @Sendable (Sizes) -> Int = { _ in 1 }, activation: Activation = .linear
) -> ConformingCase {
  ConformingCase("conv2D, \(name)", small: small, sizes: others, emptyBatch: refused) { s in
    let groups = groups(s)
    let kernel = [2, 3, groups == s.C ? 1 : s.C, outputs * groups]
    // A valid kernel fits on images of one pixel if it is repeated.
    let shape = [s.B, max(s.X, 1 + dilation.height), max(s.Y, 1 + 2 * dilation.width), kernel[2] * groups]
    return Trial(
      [.input("x", shape), .shared("kernel", kernel), .shared("bias", [kernel[3]])],
      call: {
        conv2D(
          $0.x, kernel: $0.kernel, bias: $0.bias, strides: strides,
          padding: padding, dilation: dilation, groups: groups, activation: activation)
      },
      plain: { v in
        var zeros = [(0, 0), (0, 0)]
        if padding == .same {
          zeros = [
            same(shape[1], 1 + dilation.height, strides.height), same(shape[2], 1 + 2 * dilation.width, strides.width),
          ]
        }
        if case .explicit(let top, let left, let bottom, let right) = padding {
          zeros = [(top, bottom), (left, right)]
        }
        let plain = PlainForm(
          strides: [1, strides.height, strides.width], dilation: [1, dilation.height, dilation.width],
          zeros: [(0, 0)] + zeros,
          groups: groups)
        let y = plain.images(v.x, v.kernel, bias: v.bias.values)
        return activation == .tanh ? tanhs(y) : y
      })
  }
}

private let forms: [ConformingCase] = [
  form("explicit zeros", outputs: 2, strides: [2, 1], padding: .explicit(top: 2, left: 0, bottom: 1, right: 3)),
  form("dilation, same", outputs: 2, padding: .same, dilation: [2, 3], activation: .tanh),
  form("dilation, valid", outputs: 1, padding: .valid, dilation: [3, 1]),
  form("dilation and strides", outputs: 2, strides: [2, 3], padding: 2, dilation: 2),
  form("dilation and strides, same", outputs: 1, strides: [2, 1], padding: .same, dilation: [1, 2]),
  form("groups", outputs: 3, strides: [1, 2], padding: .same, groups: { _ in 3 }, activation: .tanh),
  form("groups and dilation", outputs: 1, padding: 1, dilation: [2, 1], groups: { _ in 3 }),
  form("each channel by itself", outputs: 1, strides: [2, 1], padding: .same, groups: { $0.C }, activation: .tanh),
  form("each channel by itself, dilation", outputs: 2, padding: .same, dilation: [1, 2], groups: { $0.C }),
]

private let layers: [ConformingCase] = [
  ConformingCase("Conv2D without a bias", small: small, sizes: others, emptyBatch: refused) { s in
    Trial(
      [.input("x", [s.B, s.X, s.Y + 2, 2 * s.C])],
      layer: {
        Conv2D(
          inputChannels: 2 * s.C, outputChannels: 4, kernelSize: 3, padding: 1, dilation: [1, 2], groups: 2,
          hasBias: false, key: RandomKey(seed: 1), element: $0)
      }, call: { $0($1.x) },
      plain: {
        PlainForm(dilation: [1, 1, 2], zeros: [(0, 0), (1, 1), (1, 1)], groups: 2).images($0.x, $0.kernel, bias: nil)
      })
  },
  ConformingCase("Conv1D, causal", small: ["B": 2, "T": 5, "C": 2], emptyBatch: refused) { s in
    Trial(
      [.input("x", [s.B, s.T, s.C])],
      layer: {
        Conv1D(
          inputChannels: s.C, outputChannels: 2 * s.C, kernelSize: 3, padding: .explicit(left: 4), dilation: 2,
          hasBias: false, key: RandomKey(seed: 1), element: $0)
      }, call: { $0($1.x) },
      plain: { v in
        let y = PlainForm(dilation: [1, 1, 2], zeros: [(0, 0), (0, 0), (4, 0)]).images(
          PlainTensor(v.x.values, [s.B, 1, s.T, s.C]), PlainTensor(v.kernel.values, [1] + v.kernel.shape), bias: nil)
        return PlainTensor(y.values, [s.B, s.T, 2 * s.C])
      })
  },
  ConformingCase(
    "each channel by itself, a layer", covers: ["DepthwiseConv2D", "DepthwiseConv2D(Variable)"], small: small,
    sizes: others,
    emptyBatch: refused
  ) { s in
    Trial(
      [.input("x", [s.B, s.X, s.Y, s.C])],
      layer: {
        DepthwiseConv2D(
          inputChannels: s.C, kernelSize: [3, 2], depthMultiplier: 2, strides: [2, 1],
          padding: .same, activation: .tanh, key: RandomKey(seed: 1), element: $0)
      }, call: { $0($1.x) },
      plain: { v in
        let plain = PlainForm(strides: [1, 2, 1], zeros: [(0, 0), same(s.X, 3, 2), same(s.Y, 2, 1)], groups: s.C)
        return tanhs(plain.images(v.x, PlainTensor(v.kernel.values, [3, 2, 1, 2 * s.C]), bias: v.bias.values))
      })
  },
  ConformingCase(
    "Conv3D", covers: ["Conv3D", "Conv3D(Variable)"], small: ["B": 2, "Z": 3, "X": 3, "Y": 2, "C": 2],
    sizes: [["B": 1, "Z": 7, "X": 5, "Y": 6, "C": 3]], emptyBatch: .stops("Conv3D", "with B > 0")
  ) { s in
    Trial(
      [.input("x", [s.B, s.Z, s.X, s.Y, s.C])],
      layer: {
        Conv3D(
          inputChannels: s.C, outputChannels: 2, kernelSize: [2, 3, 2], strides: [2, 1, 2], padding: .same,
          activation: .tanh, key: RandomKey(seed: 1), element: $0)
      }, call: { $0($1.x) },
      plain: { v in
        let zeros = [same(s.Z, 2, 2), same(s.X, 3, 1), same(s.Y, 2, 2)]
        return tanhs(PlainForm(strides: [2, 1, 2], zeros: zeros).value(v.x, v.kernel, bias: v.bias.values))
      })
  },
  ConformingCase(
    "Conv3D, dilation", small: ["B": 2, "Z": 4, "X": 3, "Y": 2, "C": 1],
    sizes: [["B": 1, "Z": 7, "X": 5, "Y": 6, "C": 3]], emptyBatch: .stops("Conv3D", "with B > 0")
  ) { s in
    Trial(
      [.input("x", [s.B, s.Z, s.X, s.Y, s.C])],
      layer: {
        Conv3D(
          inputChannels: s.C, outputChannels: 2, kernelSize: 2, padding: 1, dilation: [2, 1, 2],
          hasBias: false, key: RandomKey(seed: 1), element: $0)
      }, call: { $0($1.x) },
      plain: {
        PlainForm(dilation: [2, 1, 2], zeros: [(1, 1), (1, 1), (1, 1)]).value($0.x, $0.kernel, bias: nil)
      })
  },
  ConformingCase(
    "Conv2DTranspose, explicit zeros", small: small, sizes: others, emptyBatch: .stops("conv2DTranspose", "with B > 0")
  ) { s in
    Trial(
      [.input("x", [s.B, s.X, s.Y, s.C])],
      layer: {
        Conv2DTranspose(
          inputChannels: s.C, outputChannels: 2, kernelSize: [4, 3], strides: [2, 1],
          padding: .explicit(top: 1, left: 0, bottom: 2, right: 1), hasBias: false, key: RandomKey(seed: 1),
          element: $0)
      }, call: { $0($1.x) },
      plain: { v in
        // Without zeros the kernels of neighbours overlap; the edges are then cut off.
        let whole = Plain.Convolution(
          transposedImage: v.x.shape, kernel: v.kernel.shape, strides: (2, 1), isSame: false)
        let all = PlainTensor(
          whole.preactivation(v.x.values, kernel: v.kernel.values, bias: [0, 0]),
          [s.B, whole.large.rows, whole.large.columns, 2])
        return PlainTensor([s.B, whole.large.rows - 3, whole.large.columns - 1, 2]) {
          all[[$0[0], $0[1] + 1, $0[2], $0[3]]]
        }
      })
  },
  ConformingCase("averagePool2D, explicit zeros", small: small, sizes: others) { s in
    Trial(
      [.input("x", [s.B, s.X, s.Y, s.C])],
      call: { averagePool2D($0.x, size: 2, strides: 1, padding: 1) },
      plain: { v in
        PlainTensor([s.B, s.X + 1, s.Y + 1, s.C]) { index in
          let pixels = PlainTensor.walk([2, 2]) { [index[1] + $0[0] - 1, index[2] + $0[1] - 1] }.filter {
            $0[0] >= 0 && $0[1] >= 0 && $0[0] < s.X && $0[1] < s.Y
          }
          return pixels.reduce(0) { $0 + v.x[[index[0], $1[0], $1[1], index[3]]] } / Double(pixels.count)
        }
      })
  },
]

let convolutionFormCases: [ConformingCase] = forms + layers
