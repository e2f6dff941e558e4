import Latent
import TestSupport

private func sizes(_ golden: Golden) -> Sizes {
  let (x, weights) = (golden.shape(of: "x"), golden.names.first { $0.hasSuffix("recurrent_kernel") }!)
  return ["B": x[0], "T": x[1], "D": x[2], "H": golden.shape(of: weights)[0]]
}

extension RecurrentForm {
  /// Keras has neither lengths nor states in its golden files.
  private var keras: [ConformingCase.Keras] {
    if hasLengths || returnsState { return [] }
    var files: [String] = []
    switch (kind, returnsSequence) {
    case (.lstm, true): files = (0..<5).map { "lstm_sequence_\($0)" }
    case (.lstm, false): files = (0..<5).map { "lstm_last_\($0)" } + ["lstm_saturated"]
    case (_, true): files = ["gru_reset_after_\(kind == .gruResettingAfter)"]
    case (_, false): break
    }
    return files.map { .init($0, sizes: sizes) }
  }

  private func lstm(_ s: Sizes) -> Trial {
    Trial(
      operands(s),
      layer: {
        LSTM(
          inputSize: s.D, hiddenSize: s.H, returnsSequence: returnsSequence, key: RandomKey(seed: 1), element: $0)
      },
      calls: { layer, i in
        if returnsState {
          let (y, state) = layer(i.x, from: state(i), lengths: lengths(i))
          return [y, state.h, state.c]
        }
        return [lengths(i).map { layer(i.x, lengths: $0) } ?? layer(i.x)]
      }, plain: plain(s), gradient: gradient(s))
  }

  private func gru(_ s: Sizes) -> Trial {
    Trial(
      operands(s),
      layer: {
        GRU(
          inputSize: s.D, hiddenSize: s.H, resetsAfter: kind == .gruResettingAfter, returnsSequence: returnsSequence,
          key: RandomKey(seed: 1), element: $0)
      },
      calls: { layer, i in
        if returnsState {
          let (y, state) = layer(i.x, from: hasState ? i.h : nil, lengths: lengths(i))
          return [y, state]
        }
        return [lengths(i).map { layer(i.x, lengths: $0) } ?? layer(i.x)]
      }, plain: plain(s), gradient: gradient(s))
  }

  var layer: ConformingCase {
    let name = kind == .lstm ? "LSTM" : "GRU"
    return ConformingCase(
      "\(name), \(self.name)", covers: [name, name + arguments], small: RecurrentForm.small, sizes: [],
      emptyBatch: emptyBatch, tolerance: 2e-5, keras: keras
    ) { s in kind == .lstm ? lstm(s) : gru(s) }
  }

  /// Those of a layer's call.
  var arguments: String {
    hasState ? "(Variable, from:, lengths:)" : hasLengths ? "(Variable, lengths:)" : "(Variable)"
  }
}

/// What each half or each layer of several LSTMs reads first, by a number.
private func states(_ s: Sizes) -> [Operand] {
  ["h0", "c0", "h1", "c1"].map { .input($0, [s.B, s.H]) }
}

/// Each sequence up to its length backwards.
private func reversed(_ values: [Double], _ s: Sizes, _ lengths: [Int]?) -> [Double] {
  let columns = values.count / (s.B * s.T)
  return values.indices.map { index in
    let (row, column) = (index / columns, index % columns)
    let (b, t) = (row / s.T, row % s.T)
    let length = lengths?[b] ?? s.T
    return t < length ? values[(b * s.T + length - 1 - t) * columns + column] : values[index]
  }
}

private func states(_ form: RecurrentForm, _ v: Values, _ number: Int) -> (h: [Double], c: [Double])? {
  form.hasState ? (v["h\(number)"].values, v["c\(number)"].values) : nil
}

/// Small, as two LSTMs have many parameters.
private let small: Sizes = ["B": 2, "T": 3, "D": 1, "H": 2]

extension RecurrentForm {
  /// Odd sizes where the form has all or nothing.
  fileprivate var oddSizes: [Sizes] { hasState == hasLengths ? RecurrentForm.small.odd : [] }

  fileprivate var refusal: ConformingCase.EmptyBatch { .stops("lstm", "x [0, 3, 1]") }
}

private func bidirectional(_ form: RecurrentForm) -> ConformingCase {
  ConformingCase(
    "BidirectionalLSTM, \(form.name)", covers: ["Bidirectional", "Bidirectional\(form.arguments)"],
    small: small, sizes: form.oddSizes, emptyBatch: form.refusal, tolerance: 2e-5,
    keras: form.returnsSequence && !form.hasLengths && !form.returnsState
      ? [.init("lstm_bidirectional", sizes: sizes)] : []
  ) { s in
    Trial(
      [form.operands(s)[0]] + (form.hasState ? states(s) : []) + (form.hasLengths ? [form.operands(s).last!] : []),
      layer: {
        BidirectionalLSTM(
          inputSize: s.D, hiddenSize: s.H, returnsSequence: form.returnsSequence, key: RandomKey(seed: 1), element: $0)
      },
      calls: { layer, i in
        if form.returnsState {
          let before = form.hasState ? (LSTMState(h: i.h0, c: i.c0), LSTMState(h: i.h1, c: i.c1)) : nil
          let (y, (first, second)) = layer(i.x, from: before, lengths: form.lengths(i))
          return [y, first.h, first.c, second.h, second.c]
        }
        return [form.lengths(i).map { layer(i.x, lengths: $0) } ?? layer(i.x)]
      },
      plain: { v in
        let lengths = form.lengths(v)
        let first = plainLSTM(v, at: "forward.").forward(
          v.x.values, batch: s.B, time: s.T, initial: states(form, v, 0), lengths: lengths)
        let second = plainLSTM(v, at: "backward.").forward(
          reversed(v.x.values, s, lengths), batch: s.B, time: s.T, initial: states(form, v, 1), lengths: lengths)
        let halves =
          form.returnsSequence ? (first.h, reversed(second.h, s, lengths)) : (first.last, second.last)
        var y: [Double] = []
        for start in stride(from: 0, to: halves.0.count, by: s.H) {
          y += halves.0[start..<start + s.H]
          y += halves.1[start..<start + s.H]
        }
        let all = [PlainTensor(y, form.returnsSequence ? [s.B, s.T, 2 * s.H] : [s.B, 2 * s.H])]
        let ends = [first.last, first.lastCell, second.last, second.lastCell]
        return form.returnsState ? all + ends.map { PlainTensor($0, [s.B, s.H]) } : all
      })
  }
}

private func stacked(_ form: RecurrentForm) -> ConformingCase {
  ConformingCase(
    "StackedLSTM, \(form.name)", covers: ["StackedLSTM", "StackedLSTM\(form.arguments)"], small: small,
    sizes: form.oddSizes, emptyBatch: form.refusal, tolerance: 2e-5
  ) { s in
    Trial(
      [form.operands(s)[0]] + (form.hasState ? states(s) : []) + (form.hasLengths ? [form.operands(s).last!] : []),
      layer: {
        StackedLSTM(
          inputSize: s.D, hiddenSize: s.H, layerCount: 2, returnsSequence: form.returnsSequence,
          key: RandomKey(seed: 1), element: $0)
      },
      calls: { layer, i in
        if form.returnsState {
          let before = form.hasState ? [LSTMState(h: i.h0, c: i.c0), LSTMState(h: i.h1, c: i.c1)] : nil
          let (y, after) = layer(i.x, from: before, lengths: form.lengths(i))
          return [y] + after.flatMap { [$0.h, $0.c] }
        }
        return [form.lengths(i).map { layer(i.x, lengths: $0) } ?? layer(i.x)]
      },
      plain: { v in
        let lengths = form.lengths(v)
        let first = plainLSTM(v, at: "0.").forward(
          v.x.values, batch: s.B, time: s.T, initial: states(form, v, 0), lengths: lengths)
        let second = plainLSTM(v, at: "1.").forward(
          first.h, batch: s.B, time: s.T, initial: states(form, v, 1), lengths: lengths)
        let y =
          form.returnsSequence ? PlainTensor(second.h, [s.B, s.T, s.H]) : PlainTensor(second.last, [s.B, s.H])
        let ends = [first.last, first.lastCell, second.last, second.lastCell]
        return form.returnsState ? [y] + ends.map { PlainTensor($0, [s.B, s.H]) } : [y]
      })
  }
}

let recurrentLayerCases: [ConformingCase] =
  RecurrentForm.all.map(\.layer)
  + RecurrentForm.all.filter { $0.kind == .lstm }.flatMap { [bidirectional($0), stacked($0)] }
