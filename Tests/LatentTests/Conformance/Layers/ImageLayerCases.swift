import Foundation
import Latent
import TestSupport

/// What a window sees at each of its places on an image [B, height, width, C], row by row, without what is outside.
private func windows(
  _ x: PlainTensor, _ size: Int, _ stride: Int, isSame: Bool
) -> (places: [Int], values: [[Double]]) {
  func places(_ length: Int) -> (count: Int, before: Int) {
    if !isSame { return ((length - size) / stride + 1, 0) }
    let count = Int(ceil(Double(length) / Double(stride)))
    return (count, max((count - 1) * stride + size - length, 0) / 2)
  }
  let (down, across) = (places(x.shape[1]), places(x.shape[2]))
  let shape = [x.shape[0], down.count, across.count, x.shape[3]]
  var values: [[Double]] = []
  _ = PlainTensor(shape) { index in
    var seen: [Double] = []
    for row in 0..<size {
      for column in 0..<size {
        let (i, j) = (index[1] * stride + row - down.before, index[2] * stride + column - across.before)
        if i >= 0 && j >= 0 && i < x.shape[1] && j < x.shape[2] { seen.append(x[[index[0], i, j, index[3]]]) }
      }
    }
    values.append(seen)
    return 0
  }
  return (shape, values)
}

private func pooled(_ x: PlainTensor, _ size: Int, _ stride: Int, _ isSame: Bool, _ f: ([Double]) -> Double)
  -> PlainTensor
{
  let (shape, values) = windows(x, size, stride, isSame: isSame)
  return PlainTensor(values.map(f), shape)
}

private let images: Sizes = ["B": 2, "X": 5, "Y": 4, "C": 2]
private let others: [Sizes] = [["B": 1, "X": 7, "Y": 9, "C": 3], ["B": 3, "X": 3, "Y": 3, "C": 1]]

private func input(_ s: Sizes) -> [Operand] { [.input("x", [s.B, s.X, s.Y, s.C])] }

/// Whether no two of the largest are near enough for a difference to exchange them.
private func isClear(_ size: Int, _ stride: Int, _ isSame: Bool) -> @Sendable (Sizes, Values) -> Bool {
  { sizes, v in
    if sizes.X < size || sizes.Y < size { return true }
    return windows(v.x, size, stride, isSame: isSame).values.allSatisfy { values in
      let sorted = values.sorted(by: >)
      return sorted.count < 2 || sorted[0] - sorted[1] > 0.01
    }
  }
}

/// Whether no difference makes another pixel the largest of a channel.
private let hasOneLargest: @Sendable (Sizes, Values) -> Bool = { _, v in
  v.x.values.count > 200
    || v.x.reduced([1, 2]) { x in
      let sorted = x.sorted(by: >)
      return x.count < 2 ? 1 : sorted[0] - sorted[1]
    }.values.allSatisfy { $0 > 0.01 }
}

let imageLayerCases: [ConformingCase] = [
  ConformingCase(
    "maxPool2D", covers: ["maxPool2D(Variable, size:, strides:, padding:)", "MaxPool2D", "MaxPool2D(Variable)"],
    small: images,
    sizes: others, isSmooth: isClear(2, 1, true)
  ) { s in
    Trial(
      input(s), layer: { _ in MaxPool2D(size: 2, strides: 1, padding: .same) },
      call: { $0($1.x) }, plain: { pooled($0.x, 2, 1, true) { $0.max()! } })
  },
  ConformingCase(
    "maxPool2D, by windows", small: images.with("X", 4), sizes: [["B": 2, "X": 6, "Y": 7, "C": 1]],
    except: [.plainAgreement, .centralDifferences], isSmooth: isClear(2, 2, false)
  ) { s in
    Trial(
      input(s), call: { maxPool2D($0.x, size: 2) }, plain: { pooled($0.x, 2, 2, false) { $0.max()! } })
  },
  ConformingCase(
    "averagePool2D",
    covers: ["averagePool2D(Variable, size:, strides:, padding:)", "AveragePool2D", "AveragePool2D(Variable)"],
    small: images, sizes: others
  ) { s in
    Trial(
      input(s), layer: { _ in AveragePool2D(size: 3, strides: 2, padding: .same) },
      call: { $0($1.x) }, plain: { pooled($0.x, 3, 2, true) { $0.reduce(0, +) / Double($0.count) } })
  },
  ConformingCase(
    "GlobalAveragePool", covers: ["GlobalAveragePool", "GlobalAveragePool(Variable)"], small: images, sizes: others
  ) { s in
    Trial(
      input(s), layer: { _ in GlobalAveragePool() }, call: { $0($1.x) },
      plain: { v in
        PlainTensor(v.x.reduced([1, 2]) { $0.reduce(0, +) / Double($0.count) }.values, [s.B, s.C])
      })
  },
  ConformingCase(
    "GlobalMaxPool", covers: ["GlobalMaxPool", "GlobalMaxPool(Variable)"], small: images, sizes: others,
    isSmooth: hasOneLargest
  ) { s in
    Trial(
      input(s), layer: { _ in GlobalMaxPool() }, call: { $0($1.x) },
      plain: { v in PlainTensor(v.x.reduced([1, 2]) { $0.max()! }.values, [s.B, s.C]) })
  },
  ConformingCase(
    "UpSampling2D",
    covers: ["UpSampling2D", "UpSampling2D(Variable)", "Variable.upsampled(Size2D)"], small: images,
    sizes: others
  ) { s in
    Trial(
      input(s), layer: { _ in UpSampling2D(factor: [2, 3]) }, call: { $0($1.x) },
      plain: { v in
        PlainTensor([s.B, 2 * s.X, 3 * s.Y, s.C]) { v.x[[$0[0], $0[1] / 2, $0[2] / 3, $0[3]]] }
      })
  },
  ConformingCase(
    "Conv1D", covers: ["Conv1D", "Conv1D(Variable)"], small: ["B": 2, "T": 5, "C": 2, "O": 3],
    sizes: [["B": 3, "T": 9, "C": 1, "O": 5]], emptyBatch: .stops("conv2D", "with B > 0")
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.C])],
      layer: {
        Conv1D(
          inputChannels: s.C, outputChannels: s.O, kernelSize: 3, stride: 2, padding: .same, activation: .tanh,
          key: RandomKey(seed: 1), element: $0)
      }, call: { $0($1.x) },
      plain: { v in
        let count = (s.T + 1) / 2
        let before = max((count - 1) * 2 + 3 - s.T, 0) / 2
        return PlainTensor([s.B, count, s.O]) { index in
          var sum = v.bias[[index[2]]]
          for place in 0..<3 {
            let t = index[1] * 2 + place - before
            if t < 0 || t >= s.T { continue }
            for c in 0..<s.C { sum += v.x[[index[0], t, c]] * v.kernel[[place, c, index[2]]] }
          }
          return tanh(sum)
        }
      })
  },
  ConformingCase(
    "GroupNorm",
    covers: ["GroupNorm", "GroupNorm(Variable)", "groupNorm(Variable, gamma:, beta:, groups:, epsilon:)"],
    small: ["B": 2, "T": 3, "C": 2],
    sizes: [["B": 3, "T": 7, "C": 3], ["B": 2, "T": 5, "C": 35], ["B": 1, "T": 70, "C": 1]],
    emptyBatch: .stops("GroupNorm", "is not [B, ...,")
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, 2 * s.C], .between(-2, 3))],
      layer: { GroupNorm(groups: 2, size: 2 * s.C, element: $0) }, call: { $0($1.x) },
      plain: { groupNorm($0, s.B, s.T, groups: 2, width: s.C) })
  },
  ConformingCase(
    "InstanceNorm", covers: ["InstanceNorm", "InstanceNorm(Variable)"], small: ["B": 2, "T": 3, "C": 2],
    sizes: [["B": 3, "T": 7, "C": 3]], emptyBatch: .stops("GroupNorm", "is not [B, ...,")
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.C], .between(-2, 3))], layer: { InstanceNorm(size: s.C, element: $0) },
      call: { $0($1.x) }, plain: { groupNorm($0, s.B, s.T, groups: s.C, width: 1) })
  },
]

private func groupNorm(_ v: Values, _ batch: Int, _ time: Int, groups: Int, width: Int) -> PlainTensor {
  PlainTensor([batch, time, groups * width]) { index in
    let first = index[2] / width * width
    var all: [Double] = []
    for t in 0..<time { for c in first..<first + width { all.append(v.x[[index[0], t, c]]) } }
    let mean = all.reduce(0, +) / Double(all.count)
    let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count)
    return (v.x[index] - mean) / sqrt(variance + 1e-3) * v.gamma[[index[2]]] + v.beta[[index[2]]]
  }
}
