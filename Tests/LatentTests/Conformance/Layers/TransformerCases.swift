import Foundation
import Latent
import TestSupport

/// A block of a Transformer, plainly: numbers by their paths, sizes B, T, N heads of d, H units.
private struct PlainBlock {
  let sizes: Sizes
  let values: Values
  let normFirst: Bool
  /// Of what is dropped in training, in the order in which it is drawn.
  var rate = 0.0

  var size: Int { sizes.N * sizes.d }

  private func normalized(_ x: [Double], _ path: String) -> [Double] {
    Plain.Normalization(
      gamma: values[path + ".gamma"].values, beta: values[path + ".beta"].values, epsilon: 1e-5, isByRow: true
    ).forward(x)
  }

  private func dropped(_ x: [Double], draw: Int) -> [Double] {
    if rate == 0 { return x }
    return PlainDropout(rate: rate, draw: draw).dropped(x, [sizes.B, x.count / sizes.B])
  }

  private func residual(_ x: [Double], _ norm: String, draw: Int, _ part: ([Double]) -> [Double]) -> [Double] {
    let change = dropped(part(normFirst ? normalized(x, norm) : x), draw: draw)
    let sum = zip(x, change).map { $0 + $1 }
    return normFirst ? sum : normalized(sum, norm)
  }

  /// A part that attends to a context [B, S, C], or to what it reads.
  func attended(
    _ x: [Double], _ norm: String, at path: String, context: PlainTensor? = nil, isCausal: Bool = false,
    lengths: PlainTensor? = nil, draw: Int = 1
  ) -> [Double] {
    func dense(_ name: String, _ x: [Double]) -> [Double] {
      plainDense(values, .linear, at: "\(path).\(name).").forward(x)
    }
    let (keys, s) = (context?.shape[1] ?? sizes.T, sizes)
    let shape = [s.B, s.N, s.T, keys]
    let kept = rate == 0 ? nil : PlainTensor(PlainDropout(rate: rate, draw: draw).factors(shape), shape)
    return residual(x, norm, draw: draw + 1) { x in
      let source = context?.values ?? x
      return dense(
        "output",
        Plain.attention(
          dense("query", x), dense("key", source), dense("value", source), batch: s.B, heads: s.N, isCausal: isCausal,
          queries: s.T, keys: keys,
          added: { b, _, _, k in lengths.map { Double(k) < $0.values[b] ? 0 : -.infinity } ?? 0 },
          kept: { b, head, t, k in kept?[[b, head, t, k]] ?? 1 }))
    }
  }

  func fed(_ x: [Double], draw: Int = 3) -> PlainTensor {
    let y = residual(x, "feedForwardNorm", draw: draw + 1) { x in
      let hidden = plainDense(values, .tanh, at: "feedForward.hidden.").forward(x)
      return plainDense(values, .linear, at: "feedForward.output.").forward(dropped(hidden, draw: draw))
    }
    return PlainTensor(y, [sizes.B, sizes.T, size])
  }
}

private let small: Sizes = ["B": 2, "T": 3, "N": 2, "d": 2, "H": 3]
private let sizes: [Sizes] = [["B": 3, "T": 9, "N": 3, "d": 4, "H": 7], ["B": 1, "T": 17, "N": 1, "d": 7, "H": 33]]

/// What it reads: of one element nothing would be left by a normalisation.
private func input(_ s: Sizes) -> Operand { .input("x", [s.B, s.T, s.N * s.d], .between(-2, 2)) }

private func encoder(
  _ name: String, covers: [String] = [], normFirst: Bool, isCausal: Bool = false, hasLengths: Bool = false,
  rate: Double = 0, call: (@Sendable (TransformerEncoderBlock, Inputs) -> Variable)? = nil
) -> ConformingCase {
  ConformingCase(
    "TransformerEncoderBlock, \(name)", covers: covers, small: small, sizes: sizes,
    emptyBatch: rate > 0 && !normFirst
      ? .stops("dropout", "with 0 examples") : .stops("layerNorm", "gamma [4], beta [4] do not fit"),
    tolerance: 5e-5, pass: Pass(isTraining: rate > 0), idle: ["attention.key.bias"],
    except: rate > 0 ? [.repeatedUse] : []
  ) { s in
    Trial(
      [input(s)] + (hasLengths ? [.constant("lengths", [s.B], .lengths(s.T))] : []),
      layer: {
        TransformerEncoderBlock(
          size: s.N * s.d, heads: s.N, hiddenSize: s.H, activation: .tanh, dropout: rate, normFirst: normFirst,
          isCausal: isCausal, key: RandomKey(seed: 1), element: $0)
      },
      call: { layer, i in
        call?(layer, i) ?? layer(i.x, lengths: hasLengths ? i.numbers("lengths") : nil)
      },
      plain: { v in
        let plain = PlainBlock(sizes: s, values: v, normFirst: normFirst, rate: rate)
        let y = plain.attended(
          v.x.values, "attentionNorm", at: "attention", isCausal: isCausal, lengths: hasLengths ? v.lengths : nil)
        return plain.fed(y)
      })
  }
}

private func decoder(
  _ name: String, covers: [String] = [], normFirst: Bool, rate: Double = 0,
  call: @escaping @Sendable (TransformerDecoderBlock, Inputs) -> Variable
) -> ConformingCase {
  ConformingCase(
    "TransformerDecoderBlock, \(name)", covers: covers, small: small.with("T", 2), sizes: sizes,
    emptyBatch: .stops("layerNorm", "gamma [4], beta [4] do not fit"), tolerance: 5e-5,
    pass: Pass(isTraining: rate > 0), idle: ["attention.key.bias", "contextAttention.key.bias"],
    except: rate > 0 ? [.repeatedUse] : []
  ) { s in
    Trial(
      [
        input(s), .input("context", [s.B, s.T + 2, 3]), .constant("lengths", [s.B], .lengths(s.T)),
        .constant("contextLengths", [s.B], .lengths(s.T + 2)),
      ],
      layer: {
        TransformerDecoderBlock(
          size: s.N * s.d, heads: s.N, hiddenSize: s.H, contextSize: 3, activation: .tanh, dropout: rate,
          normFirst: normFirst, key: RandomKey(seed: 1), element: $0)
      }, call: call,
      plain: { v in
        let plain = PlainBlock(sizes: s, values: v, normFirst: normFirst, rate: rate)
        // The cases in steps have no lengths of x.
        let y = plain.attended(
          v.x.values, "attentionNorm", at: "attention", isCausal: true, lengths: normFirst ? nil : v.lengths)
        let z = plain.attended(
          y, "contextNorm", at: "contextAttention", context: v.context, lengths: v.contextLengths, draw: 3)
        return plain.fed(z, draw: 5)
      })
  }
}

/// The first step alone, then all others at once.
private func inSteps(_ x: Variable, _ step: (Variable) -> Variable) -> Variable {
  let parts = x.shape[1] == 1 ? [x] : x.split([1, x.shape[1] - 1], axis: 1)
  return Variable.concatenated(parts.map(step), axis: 1)
}

let transformerCases: [ConformingCase] = [
  encoder(
    "normalised after", covers: ["TransformerEncoderBlock", "TransformerEncoderBlock(Variable)"], normFirst: false
  ) { $0($1.x) },
  encoder(
    "normalised first, padded", covers: ["TransformerEncoderBlock(Variable, mask:, lengths:)"], normFirst: true,
    hasLengths: true),
  encoder(
    "causal, in steps", covers: ["TransformerEncoderBlock(Variable, cache:)"], normFirst: true, isCausal: true
  ) { layer, i in
    var cache = AttentionCache()
    return inSteps(i.x) { layer($0, cache: &cache) }
  },
  encoder("in training", normFirst: false, rate: 0.2),
  encoder("causal, in training", normFirst: true, isCausal: true, rate: 0.2),
  decoder(
    "normalised after",
    covers: [
      "TransformerDecoderBlock",
      "TransformerDecoderBlock(Variable, context:, isCausal:, mask:, lengths:, contextMask:, contextLengths:)",
    ], normFirst: false
  ) {
    $0($1.x, context: $1.context, lengths: $1.numbers("lengths"), contextLengths: $1.numbers("contextLengths"))
  },
  decoder("normalised first, in training", normFirst: true, rate: 0.2) {
    $0($1.x, context: $1.context, contextLengths: $1.numbers("contextLengths"))
  },
  decoder(
    "in steps", covers: ["TransformerDecoderBlock(Variable, context:, cache:, contextLengths:)"], normFirst: true
  ) { layer, i in
    var cache = TransformerDecoderBlock.Cache()
    return inSteps(i.x) {
      layer($0, context: i.context, cache: &cache, contextLengths: i.numbers("contextLengths"))
    }
  },
  ConformingCase(
    "FeedForward", covers: ["FeedForward", "FeedForward(Variable)"], small: ["B": 2, "T": 2, "D": 3, "H": 4]
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.D])],
      layer: {
        FeedForward(size: s.D, hiddenSize: s.H, activation: .tanh, key: RandomKey(seed: 1), element: $0)
      }, call: { $0($1.x) },
      plain: { v in
        let hidden = plainDense(v, .tanh, at: "hidden.").forward(v.x.values)
        return PlainTensor(plainDense(v, .linear, at: "output.").forward(hidden), v.x.shape)
      })
  },
]
