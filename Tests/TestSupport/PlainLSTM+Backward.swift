import Foundation

extension Plain.LSTM {
  /// The gradients of a number with respect to the input and the weights, in their shapes.
  public struct Gradients: Sendable {
    public var x: [Double]
    public var kernel: [Double]
    public var recurrent: [Double]
    public var bias: [Double]
  }

  /// The gradients, given those for the last output alone: upstream [B, H].
  public func backward(_ x: [Double], _ states: States, lastUpstream: [Double]) -> Gradients {
    var upstream = [Double](repeating: 0, count: states.h.count)
    for b in 0..<states.batch {
      for k in 0..<hidden {
        upstream[((b + 1) * states.time - 1) * hidden + k] = lastUpstream[b * hidden + k]
      }
    }
    return backward(x, states, upstream: upstream)
  }

  /// The gradients, given those for the outputs of all time steps: upstream [B, T, H].
  ///
  /// The chain rule through the equations of ``Plain/LSTM``, from the last time step to the first:
  ///
  ///     dh = upstream_t + dz_(t+1) · recurrentᵀ
  ///     dc = dh o (1 - tanh²(c_t)) + dc_(t+1) f_(t+1)
  ///     dz_i = dc g i (1 - i)    dz_f = dc c_(t-1) f (1 - f)    dz_g = dc i (1 - g²)    dz_o = dh tanh(c_t) o (1 - o)
  ///
  /// and then dx = dz · kernelᵀ, dkernel = xᵀ · dz, drecurrent = h_(t-1)ᵀ · dz, dbias = dz, the last three summed over
  /// all sequences and time steps.
  public func backward(_ x: [Double], _ states: States, upstream: [Double]) -> Gradients {
    precondition(upstream.count == states.h.count, "upstream is not [B, T, H]")
    let steps = states.batch * states.time
    var dz = [Double](repeating: 0, count: steps * 4 * hidden)
    var previousH = [Double](repeating: 0, count: steps * hidden)
    let recurrentTransposed = Plain.transpose(recurrent, rows: hidden, columns: 4 * hidden)
    for b in 0..<states.batch {
      var dhFromNext = [Double](repeating: 0, count: hidden)
      var dcFromNext = dhFromNext
      for t in (0..<states.time).reversed() {
        let step = b * states.time + t
        for k in 0..<hidden {
          let index = step * hidden + k
          let (i, f, g, o) = (states.i[index], states.f[index], states.g[index], states.o[index])
          let previousC = t == 0 ? 0 : states.c[index - hidden]
          previousH[index] = t == 0 ? 0 : states.h[index - hidden]
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
    }
    return Gradients(
      x: Plain.product(
        dz, Plain.transpose(kernel, rows: inputs, columns: 4 * hidden), rows: steps, inner: 4 * hidden, columns: inputs),
      kernel: Plain.product(
        Plain.transpose(x, rows: steps, columns: inputs), dz, rows: inputs, inner: steps, columns: 4 * hidden),
      recurrent: Plain.product(
        Plain.transpose(previousH, rows: steps, columns: hidden), dz, rows: hidden, inner: steps, columns: 4 * hidden),
      bias: Plain.columnSums(dz, columns: 4 * hidden))
  }
}
