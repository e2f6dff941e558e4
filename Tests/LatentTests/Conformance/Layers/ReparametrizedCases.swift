import Foundation
import Latent
import TestSupport

/// The axes of a kernel that make outputs.
private typealias Axes = [Int]

/// The place of an index's entries along some axes, the last running fastest.
private func place(_ index: [Int], _ shape: [Int], _ axes: Axes) -> Int {
  axes.reduce(0) { $0 * shape[$1] + index[$1] }
}

/// g v / |v| for each output.
private func weightNormalized(_ v: Values, _ axes: Axes) -> PlainTensor {
  let (kernel, gain) = (v["layer.kernel"], v.gain.values)
  var squares = gain.map { _ in 0.0 }
  for index in PlainTensor.walk(kernel.shape, { $0 }) {
    squares[place(index, kernel.shape, axes)] += kernel[index] * kernel[index]
  }
  return PlainTensor(kernel.shape) { index in
    let output = place(index, kernel.shape, axes)
    return kernel[index] * gain[output] / squares[output].squareRoot()
  }
}

/// The kernel over v^T W u.
private func spectrallyNormalized(_ v: Values, _ axes: Axes) -> PlainTensor {
  let kernel = v["layer.kernel"]
  let inputs = kernel.shape.indices.filter { !axes.contains($0) }
  let value = PlainTensor.walk(kernel.shape, { $0 }).reduce(0) { sum, index in
    sum + kernel[index] * v.v.values[place(index, kernel.shape, inputs)] * v.u.values[place(index, kernel.shape, axes)]
  }
  return PlainTensor(kernel.shape) { kernel[$0] / value }
}

private func biased(_ v: Values) -> [Double] { v["layer.bias"].values }

private func dense(_ x: PlainTensor, _ kernel: PlainTensor, bias: [Double]) -> PlainTensor {
  PlainTensor(
    Plain.Dense(kernel: kernel.values, bias: bias, activation: .linear).forward(x.values),
    [x.shape[0], kernel.shape[1]])
}

/// W, u and v after a power iteration, for a kernel [I, O].
private struct Iterated {
  let u: [Double], v: [Double], value: Double

  init(_ w: PlainTensor, v: [Double]) {
    func normalized(_ x: [Double]) -> [Double] {
      let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return x.map { $0 / length }
    }
    let (rows, columns) = (w.shape[0], w.shape[1])
    let u = normalized((0..<columns).map { o in (0..<rows).reduce(0) { $0 + w[[$1, o]] * v[$1] } })
    self.v = normalized((0..<rows).map { i in (0..<columns).reduce(0) { $0 + w[[i, $1]] * u[$1] } })
    self.u = u
    let right = self.v
    value = (0..<rows).reduce(0) { sum, i in
      (0..<columns).reduce(sum) { $0 + right[i] * w[[i, $1]] * u[$1] }
    }
  }
}

private let matrices: Sizes = ["B": 2, "I": 3, "O": 4]
private let images: Sizes = ["B": 2, "X": 3, "Y": 2, "C": 2]
private let others: [Sizes] = [["B": 1, "X": 7, "Y": 5, "C": 3]]
private let refused = ConformingCase.EmptyBatch.stops("conv2D", "with B > 0")

private let spectral: [ConformingCase] = [
  ConformingCase(
    "SpectralNorm of Dense", covers: ["SpectralNorm", "SpectralNorm(Variable)", "Dense(Variable, kernel:)"],
    small: matrices
  ) { s in
    Trial(
      [.input("x", [s.B, s.I])],
      layer: { SpectralNorm(Dense(inputSize: s.I, outputSize: s.O, key: RandomKey(seed: 1), element: $0)) },
      call: { $0($1.x) }, plain: { dense($0.x, spectrallyNormalized($0, [1]), bias: biased($0)) })
  },
  // The singular vectors are constants, which differences do not know.
  ConformingCase(
    "SpectralNorm of Dense in training", small: matrices, pass: Pass(isTraining: true),
    except: [.centralDifferences, .secondDerivatives]
  ) { s in
    Trial(
      [.input("x", [s.B, s.I])],
      layer: { SpectralNorm(Dense(inputSize: s.I, outputSize: s.O, key: RandomKey(seed: 1), element: $0)) },
      call: { $0($1.x) },
      plain: { v in
        let kernel = v["layer.kernel"]
        let value = Iterated(kernel, v: v.v.values).value
        return dense(v.x, PlainTensor(kernel.values.map { $0 / value }, kernel.shape), bias: biased(v))
      },
      gradient: { v, upstream in
        let kernel = v["layer.kernel"]
        let last = Iterated(kernel, v: v.v.values)
        let whole = Plain.Dense(kernel: kernel.values.map { $0 / last.value }, bias: biased(v), activation: .linear)
        let slopes = whole.backward(v.x.values, upstream: upstream)
        let along = zip(slopes.kernel, kernel.values).reduce(0) { $0 + $1.0 * $1.1 } / (last.value * last.value)
        let gradient = PlainTensor(kernel.shape) { index in
          slopes.kernel[kernel.place(index)] / last.value - along * last.v[index[0]] * last.u[index[1]]
        }
        return ["x": slopes.x, "layer.kernel": gradient.values, "layer.bias": slopes.bias]
      })
  },
  ConformingCase(
    "SpectralNorm of Conv2D", covers: ["Conv2D(Variable, kernel:)"], small: images, sizes: others, emptyBatch: refused
  ) { s in
    Trial(
      [.input("x", [s.B, s.X, s.Y, s.C])],
      layer: {
        SpectralNorm(
          Conv2D(
            inputChannels: s.C, outputChannels: 2, kernelSize: 2, padding: 1, key: RandomKey(seed: 1), element: $0)
        )
      }, call: { $0($1.x) },
      plain: { v in
        PlainForm(zeros: [(0, 0), (1, 1), (1, 1)]).images(v.x, spectrallyNormalized(v, [3]), bias: biased(v))
      })
  },
  ConformingCase(
    "SpectralNorm of Conv2DTranspose", covers: ["Conv2DTranspose(Variable, kernel:)"], small: images, sizes: others,
    emptyBatch: .stops("conv2DTranspose", "with B > 0")
  ) { s in
    Trial(
      [.input("x", [s.B, s.X, s.Y, s.C])],
      layer: {
        SpectralNorm(
          Conv2DTranspose(
            inputChannels: s.C, outputChannels: 3, kernelSize: 2, strides: [2, 1],
            key: RandomKey(seed: 1), element: $0))
      }, call: { $0($1.x) },
      plain: { v in
        let kernel = spectrallyNormalized(v, [2])
        let plain = Plain.Convolution(transposedImage: v.x.shape, kernel: kernel.shape, strides: (2, 1), isSame: false)
        return PlainTensor(
          plain.preactivation(v.x.values, kernel: kernel.values, bias: biased(v)),
          [s.B, plain.large.rows, plain.large.columns, 3])
      })
  },
]

private let weightNorms: [ConformingCase] = [
  ConformingCase("WeightNorm of Dense", covers: ["WeightNorm", "WeightNorm(Variable)"], small: matrices) { s in
    Trial(
      [.input("x", [s.B, s.I])],
      layer: { WeightNorm(Dense(inputSize: s.I, outputSize: s.O, key: RandomKey(seed: 1), element: $0)) },
      call: { $0($1.x) }, plain: { dense($0.x, weightNormalized($0, [1]), bias: biased($0)) })
  },
  ConformingCase(
    "WeightNorm of Conv1D", covers: ["Conv1D(Variable, kernel:)"], small: ["B": 2, "T": 4, "C": 2], emptyBatch: refused
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.C])],
      layer: {
        WeightNorm(
          Conv1D(
            inputChannels: s.C, outputChannels: 3, kernelSize: 2, padding: 1, key: RandomKey(seed: 1), element: $0))
      }, call: { $0($1.x) },
      plain: { v in
        let kernel = weightNormalized(v, [2])
        let y = PlainForm(zeros: [(0, 0), (0, 0), (1, 1)]).images(
          PlainTensor(v.x.values, [s.B, 1, s.T, s.C]), PlainTensor(kernel.values, [1] + kernel.shape), bias: biased(v))
        return PlainTensor(y.values, [s.B, s.T + 1, 3])
      })
  },
  ConformingCase(
    "WeightNorm of each channel by itself", covers: ["DepthwiseConv2D(Variable, kernel:)"], small: images,
    sizes: others,
    emptyBatch: refused
  ) { s in
    Trial(
      [.input("x", [s.B, s.X, s.Y, s.C])],
      layer: {
        WeightNorm(
          DepthwiseConv2D(
            inputChannels: s.C, kernelSize: 2, depthMultiplier: 2, padding: 1, key: RandomKey(seed: 1),
            element: $0))
      }, call: { $0($1.x) },
      plain: { v in
        PlainForm(zeros: [(0, 0), (1, 1), (1, 1)], groups: s.C).images(
          v.x, PlainTensor(weightNormalized(v, [2, 3]).values, [2, 2, 1, 2 * s.C]), bias: biased(v))
      })
  },
  ConformingCase(
    "WeightNorm of Conv3D", covers: ["Conv3D(Variable, kernel:)"], small: ["B": 2, "Z": 2, "X": 2, "Y": 2, "C": 1],
    sizes: [["B": 1, "Z": 4, "X": 5, "Y": 3, "C": 2]], emptyBatch: .stops("Conv3D", "with B > 0")
  ) { s in
    Trial(
      [.input("x", [s.B, s.Z, s.X, s.Y, s.C])],
      layer: {
        WeightNorm(
          Conv3D(
            inputChannels: s.C, outputChannels: 2, kernelSize: 2, padding: 1, key: RandomKey(seed: 1),
            element: $0))
      }, call: { $0($1.x) },
      plain: { v in
        PlainForm(zeros: [(1, 1), (1, 1), (1, 1)]).value(v.x, weightNormalized(v, [4]), bias: biased(v))
      })
  },
]

let reparametrizedCases: [ConformingCase] = spectral + weightNorms
