import Latent
import TestSupport

/// Batch, images, kernel, strides and channels. Single pixels, odd and uneven sizes, strides beyond the kernel.
private let ordinary: [Sizes] = [
  sizes(1, (5, 4), (3, 3), (1, 1), (2, 3)), sizes(3, (5, 6), (3, 2), (2, 2), (1, 2)),
  sizes(1, (7, 5), (2, 1), (3, 4), (2, 1)), sizes(3, (4, 7), (4, 5), (1, 2), (1, 1)),
  sizes(1, (6, 3), (1, 3), (2, 1), (3, 2)), sizes(3, (13, 13), (3, 3), (1, 1), (17, 5)),
  sizes(2, (7, 7), (5, 5), (2, 2), (33, 17)),
]

/// Channels around the widths of vectors and panels, and few ones beside many, which have a loop of their own.
private let channels: [Sizes] = [(1, 1), (1, 33), (33, 1), (3, 17), (17, 3), (7, 17), (33, 7)].flatMap { channels in
  (1...3).map { sizes(1, (4, 5), (3, 3), ($0, $0), channels) }
}

/// Kernels beyond the image.
private let beyondTheImage: [Sizes] = [
  sizes(1, (2, 3), (5, 7), (1, 1), (1, 2)), sizes(3, (3, 1), (4, 6), (2, 3), (2, 1)),
  sizes(3, (1, 2), (7, 3), (5, 1), (1, 1)),
]

/// Transposed convolutions that make fewer rows and columns than they could: images whose sizes no stride divides, and series
/// as images of one column.
private let odd: [Sizes] = [
  sizes(2, (7, 8), (3, 3), (2, 2), (3, 2), fewer: (1, 0)), sizes(1, (4, 4), (4, 5), (2, 3), (2, 17), fewer: (1, 2)),
  sizes(3, (5, 1), (5, 1), (2, 1), (2, 3), fewer: (1, 0)), sizes(1, (3, 2), (7, 3), (4, 2), (33, 1), fewer: (3, 1)),
  sizes(1, (1, 1), (3, 3), (2, 2), (2, 2), fewer: (1, 1)),
]

private func sizes(
  _ batch: Int, _ image: (Int, Int), _ kernel: (Int, Int), _ strides: (Int, Int), _ channels: (Int, Int),
  fewer: (Int, Int) = (0, 0)
) -> Sizes {
  [
    "B": batch, "height": image.0, "width": image.1, "kernelHeight": kernel.0, "kernelWidth": kernel.1,
    "down": strides.0, "across": strides.1, "C": channels.0, "O": channels.1,
    // Rows and columns that a transposed convolution makes of the last ones of the small image.
    "lastRows": strides.0 - fewer.0, "lastColumns": strides.1 - fewer.1,
  ]
}

/// What a convolution and a transposed one have in common.
private struct Form: Sendable {
  let isTransposed: Bool
  let padding: Padding

  var name: String { (isTransposed ? "conv2DTranspose" : "conv2D") + ", \(padding)" }

  func kernel(_ s: Sizes) -> [Int] {
    [s.kernelHeight, s.kernelWidth] + (isTransposed ? [s.O, s.C] : [s.C, s.O])
  }

  func image(_ s: Sizes) -> [Int] { [s.B, s.height, s.width, s.C] }

  /// Of a transposed convolution that makes fewer rows or columns than it could.
  func outputSize(_ s: Sizes) -> Size2D? {
    if s.lastRows == s.down && s.lastColumns == s.across { return nil }
    return [(s.height - 1) * s.down + s.lastRows, (s.width - 1) * s.across + s.lastColumns]
  }

  func plain(_ s: Sizes) -> Plain.Convolution {
    let (strides, isSame) = ((s.down, s.across), padding == .same)
    if isTransposed {
      return Plain.Convolution(
        transposedImage: image(s), kernel: kernel(s), strides: strides, isSame: isSame,
        fewer: (s.down - s.lastRows, s.across - s.lastColumns))
    }
    return Plain.Convolution(image: image(s), kernel: kernel(s), strides: strides, isSame: isSame)
  }

  /// Before the activation.
  func sums(_ s: Sizes, _ v: Values) -> PlainTensor {
    let plain = plain(s)
    let places = isTransposed ? plain.large : plain.small
    return PlainTensor(
      plain.preactivation(v.x.values, kernel: v.kernel.values, bias: v.bias.values),
      [s.B, places.rows, places.columns, s.O])
  }

  func value(_ s: Sizes, _ activation: Plain.Activation) -> @Sendable (Values) -> PlainTensor {
    { v in
      let sums = sums(s, v)
      return PlainTensor(activation.values(sums.values, columns: s.O), sums.shape)
    }
  }

  func gradient(
    _ s: Sizes, _ activation: Plain.Activation
  ) -> @Sendable (Values, [Double]) -> [String: [Double]] {
    { v, upstream in
      let dz = activation.gradient(sums(s, v).values, upstream: upstream, columns: s.O)
      let slopes = plain(s).backward(v.x.values, kernel: v.kernel.values, upstream: dz)
      return ["x": slopes.x, "kernel": slopes.kernel, "bias": slopes.bias]
    }
  }

  /// More images than are seen at a time, the last block being smaller.
  var blocks: Sizes {
    isTransposed ? sizes(4, (15, 15), (3, 3), (2, 2), (2, 20)) : sizes(4, (30, 30), (3, 3), (2, 2), (20, 2))
  }

  /// The primitive.
  func conforming(_ activation: Activation, small: Sizes, sizes: [Sizes]) -> ConformingCase {
    let plainActivation = Plain.Activation(rawValue: activation.rawValue)!
    let name = isTransposed ? "conv2DTranspose" : "conv2D"
    return ConformingCase(
      "\(self.name), \(activation)",
      covers: [
        "\(name)(Variable, kernel:, bias:, strides:, padding:, \(isTransposed ? "outputSize:" : "dilation:, groups:"), activation:)"
      ],
      small: small, sizes: sizes,
      emptyBatch: .stops(name, "x \(image(small.with("B", 0))), kernel \(kernel(small)), bias [\(small.O)] do not fit"),
      isSmooth: { s, v in keepsOffCorner(plainActivation, sums(s, v).values) },
      trial: { s in
        Trial(
          [
            .input("x", image(s)), .shared("kernel", kernel(s), .between(-0.5, 0.5)),
            .shared("bias", [s.O], plainActivation.hasCorner ? .awayFrom([0]) : .between(-1, 1)),
          ],
          call: { i in
            let strides = Size2D(height: s.down, width: s.across)
            return isTransposed
              ? conv2DTranspose(
                i.x, kernel: i.kernel, bias: i.bias, strides: strides, padding: padding, outputSize: outputSize(s),
                activation: activation)
              : conv2D(i.x, kernel: i.kernel, bias: i.bias, strides: strides, padding: padding, activation: activation)
          },
          plain: value(s, plainActivation), gradient: gradient(s, plainActivation))
      })
  }

  /// The layer, against Keras too.
  var layer: ConformingCase {
    let primitive = isTransposed ? "conv2DTranspose" : "conv2D"
    let name = isTransposed ? "Conv2DTranspose" : "Conv2D"
    let files = [1, 2].map { stride in
      ConformingCase.Keras("\(isTransposed ? "conv2d_transpose" : "conv2d")_stride\(stride)_\(padding)") { golden in
        let (x, kernel) = (golden.shape(of: "x"), golden.shape(of: "weight.kernel"))
        return sizes(
          x[0], (x[1], x[2]), (kernel[0], kernel[1]), (stride, stride), (x[3], kernel[isTransposed ? 2 : 3]))
      }
    }
    return ConformingCase(
      "\(name), \(padding)", covers: [name, "\(name)(Variable)"], small: small,
      sizes: isTransposed && padding == .same ? odd : [],
      emptyBatch: .stops(primitive, "x [0, 3, 4, 4], kernel [2, 3, 4, 4], bias [4] do not fit"), keras: files
    ) { s in
      let strides = Size2D(height: s.down, width: s.across)
      let size = Size2D(height: s.kernelHeight, width: s.kernelWidth)
      let operands = [Operand.input("x", image(s))]
      if isTransposed {
        return Trial(
          operands,
          layer: {
            Conv2DTranspose(
              inputChannels: s.C, outputChannels: s.O, kernelSize: size, strides: strides, padding: padding,
              outputSize: outputSize(s), key: RandomKey(seed: 1), element: $0)
          }, call: { $0($1.x) }, plain: value(s, .linear), gradient: gradient(s, .linear))
      }
      return Trial(
        operands,
        layer: {
          Conv2D(
            inputChannels: s.C, outputChannels: s.O, kernelSize: size, strides: strides, padding: padding,
            key: RandomKey(seed: 1), element: $0)
        }, call: { $0($1.x) }, plain: value(s, .linear), gradient: gradient(s, .linear))
    }
  }
}

/// As many channels as products of bfloat16 need.
private let small = sizes(2, (3, 4), (2, 3), (1, 2), (4, 4))
private let smallest = sizes(2, (2, 2), (2, 1), (1, 2), (4, 4))

private let forms = [false, true].flatMap { isTransposed in
  [Padding.valid, .same].map { Form(isTransposed: isTransposed, padding: $0) }
}

let convolutionCases: [ConformingCase] =
  forms.map { form in
    let sizes = ordinary + channels + [form.blocks] + (form.padding == .same ? beyondTheImage : [])
    let odd = form.isTransposed && form.padding == .same ? odd : []
    return form.conforming(.tanh, small: small, sizes: sizes + odd)
  }
  + forms.filter { $0.padding == .same }.flatMap { form in
    Activation.allCases.filter { $0 != .tanh }.map { form.conforming($0, small: smallest, sizes: []) }
  }
  + forms.map(\.layer)
