import Foundation
import Latent
import TestSupport

private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// With mean 0 and variance 1, times gamma plus beta. A larger epsilon than the layer's own keeps slopes small where a row's numbers are
/// nearly equal.
private func normalized(_ x: [Double], gamma: [Double], beta: [Double]? = nil) -> [Double] {
  Plain.Normalization(gamma: gamma, beta: beta ?? gamma.map { _ in 0 }, epsilon: 0.5, isByRow: true).forward(x)
}

/// LSTMs of a sequence and a step at a time.
private struct PlainSteps {
  enum Kind: CaseIterable { case zoneout, peephole, layerNorm }

  let kind: Kind
  let sizes: Sizes
  let values: Values
  var noise = RecurrentNoise.none
  var isTraining = false

  private func gates(_ x: [Double], _ h: [Double]) -> [Double] {
    let columns = 4 * sizes.H
    var input = Plain.product(x, values.kernel.values, rows: 1, inner: sizes.D, columns: columns)
    var recurrent = Plain.product(h, values.recurrentKernel.values, rows: 1, inner: sizes.H, columns: columns)
    if kind == .layerNorm {
      input = normalized(input, gamma: values["inputNorm.gamma"].values)
      recurrent = normalized(recurrent, gamma: values["recurrentNorm.gamma"].values)
    }
    return (0..<columns).map { input[$0] + recurrent[$0] + values.bias.values[$0] }
  }

  private func step(_ x: [Double], _ h: [Double], _ c: [Double]) -> (h: [Double], c: [Double]) {
    let (z, hidden) = (gates(x, h), sizes.H)
    func seen(_ gate: Int, _ c: [Double], _ k: Int) -> Double {
      kind == .peephole ? values.peepholes[[gate, k]] * c[k] : 0
    }
    let next = (0..<hidden).map { k in
      sigmoid(z[hidden + k] + seen(1, c, k)) * c[k] + sigmoid(z[k] + seen(0, c, k)) * tanh(z[2 * hidden + k])
    }
    var shown = next
    if kind == .layerNorm {
      shown = normalized(next, gamma: values["cellNorm.gamma"].values, beta: values["cellNorm.beta"].values)
    }
    return ((0..<hidden).map { sigmoid(z[3 * hidden + $0] + seen(2, next, $0)) * tanh(shown[$0]) }, next)
  }

  /// What the draw of this number multiplies the elements of an example by; 1 - rate for all in evaluation.
  private func kept(_ rate: Double, draw: Int, _ b: Int) -> [Double] {
    let shape = [sizes.B, sizes.H]
    if !isTraining { return [Double](repeating: 1, count: sizes.H) }
    return Array(PlainDropout(rate: rate, draw: draw).factors(shape)[b * sizes.H..<(b + 1) * sizes.H])
  }

  func run(lengths: PlainTensor? = nil, hasState: Bool = false) -> [PlainTensor] {
    let (batch, time, hidden) = (sizes.B, sizes.T, sizes.H)
    var all = [Double](repeating: 0, count: batch * time * hidden)
    var (lastH, lastC): ([Double], [Double]) = ([], [])
    // The mask is drawn before all steps, and in each step one for either state, where there is something to draw.
    let masks = noise.dropout > 0 ? 1 : 0
    let states = (noise.hiddenZoneout > 0 ? 1 : 0) + (noise.cellZoneout > 0 ? 1 : 0)
    for b in 0..<batch {
      func row(_ tensor: PlainTensor) -> [Double] { Array(tensor.values[b * hidden..<(b + 1) * hidden]) }
      let zeros = [Double](repeating: 0, count: hidden)
      var (h, c) = hasState ? (row(values.h), row(values.c)) : (zeros, zeros)
      let mask = noise.dropout > 0 ? kept(noise.dropout, draw: 1, b) : zeros.map { _ in 1 }
      for t in 0..<(lengths.map { Int($0.values[b]) } ?? time) {
        let start = (b * time + t) * sizes.D
        let next = step(Array(values.x.values[start..<start + sizes.D]), zip(h, mask).map { $0 * $1 }, c)
        var draw = masks + states * t
        func mixed(_ old: [Double], _ new: [Double], _ rate: Double) -> [Double] {
          if rate == 0 { return new }
          draw += 1
          let kept = self.kept(rate, draw: draw, b)
          return (0..<hidden).map { old[$0] + (1 - rate) * kept[$0] * (new[$0] - old[$0]) }
        }
        (h, c) = (mixed(h, next.h, noise.hiddenZoneout), mixed(c, next.c, noise.cellZoneout))
        all.replaceSubrange((b * time + t) * hidden..<(b * time + t + 1) * hidden, with: h)
      }
      lastH += h
      lastC += c
    }
    return [
      PlainTensor(all, [batch, time, hidden]), PlainTensor(lastH, [batch, hidden]),
      PlainTensor(lastC, [batch, hidden]),
    ]
  }
}

private let small: Sizes = ["B": 2, "T": 3, "D": 2, "H": 2]
private let sizes: [Sizes] = [["B": 3, "T": 7, "D": 5, "H": 9], ["B": 1, "T": 5, "D": 3, "H": 33]]

private func layer<Layer: RecurrentLayer>(
  _ type: Layer.Type, _ kind: PlainSteps.Kind,
  make: @escaping @Sendable (Sizes, Bool, RecurrentNoise, ElementType) -> Layer
) -> [ConformingCase] where Layer.State == LSTMState {
  let name = "\(type)"
  let refused = ConformingCase.EmptyBatch.stops(name, "do not fit [B, T, D] with B, T > 0")
  // What is normalised moves far where its spread is small.
  let tolerance = kind == .layerNorm ? 2e-4 : 2e-5
  @Sendable func input(_ s: Sizes) -> Operand { .input("x", [s.B, s.T, s.D], .between(-2, 2)) }
  let all = RecurrentNoise(hiddenZoneout: 0.2, cellZoneout: 0.3, dropout: 0.25)
  return [
    ConformingCase(
      "\(name), last state", covers: [name, "\(name)(Variable)"], small: small, sizes: sizes, emptyBatch: refused,
      tolerance: tolerance
    ) { s in
      Trial(
        [input(s)], layer: { make(s, false, .none, $0) }, call: { $0($1.x) },
        plain: { PlainSteps(kind: kind, sizes: s, values: $0).run()[1] })
    },
    ConformingCase(
      "\(name), lengths", covers: ["\(name)(Variable, lengths:)"], small: small, sizes: sizes, emptyBatch: refused,
      tolerance: tolerance
    ) { s in
      Trial(
        [input(s), .constant("lengths", [s.B], .lengths(s.T))], layer: { make(s, true, .none, $0) },
        call: { $0($1.x, lengths: $1.numbers("lengths")) },
        plain: { PlainSteps(kind: kind, sizes: s, values: $0).run(lengths: $0.lengths)[0] })
    },
    ConformingCase(
      "\(name), states", covers: ["\(name)(Variable, from:, lengths:)"], small: small, sizes: sizes,
      emptyBatch: refused, tolerance: tolerance
    ) { s in
      Trial(
        [input(s), .input("h", [s.B, s.H]), .input("c", [s.B, s.H]), .constant("lengths", [s.B], .lengths(s.T))],
        layer: { make(s, true, all, $0) },
        calls: { layer, i in
          let (y, state) = layer(i.x, from: LSTMState(h: i.h, c: i.c), lengths: i.numbers("lengths"))
          return [y, state.h, state.c]
        },
        plain: { v in
          // Evaluation drops nothing, and takes the mean of what zoneout chooses from.
          let noise = RecurrentNoise(hiddenZoneout: 0.2, cellZoneout: 0.3)
          return PlainSteps(kind: kind, sizes: s, values: v, noise: noise).run(lengths: v.lengths, hasState: true)
        })
    },
    ConformingCase(
      "\(name) in training", small: small, sizes: sizes, emptyBatch: refused, tolerance: tolerance,
      pass: Pass(isTraining: true), except: [.repeatedUse]  // which draws again
    ) { s in
      Trial(
        [input(s), .constant("lengths", [s.B], .lengths(s.T))], layer: { make(s, true, all, $0) },
        call: { $0($1.x, lengths: $1.numbers("lengths")) },
        plain: { v in
          PlainSteps(kind: kind, sizes: s, values: v, noise: all, isTraining: true).run(lengths: v.lengths)[0]
        })
    },
  ]
}

let steppedLayerCases: [ConformingCase] =
  layer(ZoneoutLSTM.self, .zoneout) { s, returnsSequence, noise, element in
    ZoneoutLSTM(
      inputSize: s.D, hiddenSize: s.H, returnsSequence: returnsSequence, noise: noise, key: RandomKey(seed: 1),
      element: element)
  }
  + layer(PeepholeLSTM.self, .peephole) { s, returnsSequence, noise, element in
    PeepholeLSTM(
      inputSize: s.D, hiddenSize: s.H, returnsSequence: returnsSequence, noise: noise, key: RandomKey(seed: 1),
      element: element)
  }
  + layer(LayerNormLSTM.self, .layerNorm) { s, returnsSequence, noise, element in
    LayerNormLSTM(
      inputSize: s.D, hiddenSize: s.H, returnsSequence: returnsSequence, noise: noise, epsilon: 0.5,
      key: RandomKey(seed: 1),
      element: element)
  }
