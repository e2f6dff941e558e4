import Foundation

extension Plain.LSTM {
  /// The gradients of a number with respect to the input, the weights and the first state, in their shapes.
  public struct Gradients: Sendable {
    public var x: [Double]
    public var kernel: [Double]
    public var recurrent: [Double]
    public var bias: [Double]
    public var h: [Double]
    public var c: [Double]
  }

  /// The gradients, given those for the outputs of all time steps, upstream [B, T, H], and those for each sequence's last
  /// output and cell, [B, H].
  ///
  /// The chain rule through the equations of ``Plain/LSTM``, from the last time step to the first:
  ///
  ///     dh = upstream_t + dz_(t+1) · recurrentᵀ
  ///     dc = dh o (1 - tanh²(c_t)) + dc_(t+1) f_(t+1)
  ///     dz_i = dc g i (1 - i)    dz_f = dc c_(t-1) f (1 - f)    dz_g = dc i (1 - g²)    dz_o = dh tanh(c_t) o (1 - o)
  ///
  /// and then dx = dz · kernelᵀ, dkernel = xᵀ · dz, drecurrent = h_(t-1)ᵀ · dz, dbias = dz, the last three summed over
  /// all sequences and time steps. The last output's gradient is a part of dh at its step, the last cell's of dc.
  public func backward(
    _ x: [Double], _ states: States, upstream: [Double]? = nil, lastUpstream: [Double]? = nil,
    lastCellUpstream: [Double]? = nil
  ) -> Gradients {
    let upstream = upstream ?? states.h.map { _ in 0 }
    precondition(upstream.count == states.h.count, "upstream is not [B, T, H]")
    let zero = states.initial.h.map { _ in 0.0 }
    var initial = (h: zero, c: zero)
    let steps = states.batch * states.time
    var dz = [Double](repeating: 0, count: steps * 4 * hidden)
    var previousH = [Double](repeating: 0, count: steps * hidden)
    let recurrentTransposed = Plain.transpose(recurrent, rows: hidden, columns: 4 * hidden)
    for b in 0..<states.batch {
      let row = b * hidden..<(b + 1) * hidden
      var dhFromNext = Array((lastUpstream ?? zero)[row])
      var dcFromNext = Array((lastCellUpstream ?? zero)[row])
      for t in (0..<states.lengths[b]).reversed() {
        let step = b * states.time + t
        for k in 0..<hidden {
          let index = step * hidden + k
          let (i, f, g, o) = (states.i[index], states.f[index], states.g[index], states.o[index])
          let previousC = t == 0 ? states.initial.c[b * hidden + k] : states.c[index - hidden]
          previousH[index] = t == 0 ? states.initial.h[b * hidden + k] : states.h[index - hidden]
          let tanhC = tanh(states.c[index])
          let dh = upstream[index] + dhFromNext[k]
          let dc = dh * o * (1 - tanhC * tanhC) + dcFromNext[k]
          dz[step * 4 * hidden + k] = dc * g * i * (1 - i)
          dz[step * 4 * hidden + hidden + k] = dc * previousC * f * (1 - f)
          dz[step * 4 * hidden + 2 * hidden + k] = dc * i * (1 - g * g)
          dz[step * 4 * hidden + 3 * hidden + k] = dh * tanhC * o * (1 - o)
          dcFromNext[k] = dc * f
        }
        let dzOfStep = Array(dz[(step * 4 * hidden)..<((step + 1) * 4 * hidden)])
        dhFromNext = Plain.product(dzOfStep, recurrentTransposed, rows: 1, inner: 4 * hidden, columns: hidden)
      }
      initial.h.replaceSubrange(row, with: dhFromNext)
      initial.c.replaceSubrange(row, with: dcFromNext)
    }
    return Gradients(
      x: Plain.product(
        dz, Plain.transpose(kernel, rows: inputs, columns: 4 * hidden), rows: steps, inner: 4 * hidden, columns: inputs),
      kernel: Plain.product(
        Plain.transpose(x, rows: steps, columns: inputs), dz, rows: inputs, inner: steps, columns: 4 * hidden),
      recurrent: Plain.product(
        Plain.transpose(previousH, rows: steps, columns: hidden), dz, rows: hidden, inner: steps, columns: 4 * hidden),
      bias: Plain.columnSums(dz, columns: 4 * hidden), h: initial.h, c: initial.c)
  }
}
