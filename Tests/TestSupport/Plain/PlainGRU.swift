import Foundation

extension Plain {
  /// A layer of gated recurrent units, in the form of Keras (Cho et al. 2014), starting from h = 0 or a given state.
  /// With columns cut into three parts of H for z, r, n, and h' the state of the step before:
  ///
  ///     z = sigmoid(x W_z + h' R_z + b_z)    r = sigmoid(x W_r + h' R_r + b_r)    h = z h' + (1 - z) n
  ///     n = tanh(x W_n + (r h') R_n + b_n)                     one bias [3H]
  ///     n = tanh(x W_n + b_n + r (h' R_n + c_n))               resetsAfter: a second bias c, also for z and r
  public struct GRU: Sendable {
    /// [D, 3H].
    public var kernel: [Double]
    /// [H, 3H].
    public var recurrent: [Double]
    /// [2, 3H] or [3H].
    public var bias: [Double]
    public var hidden: Int
    public var resetsAfter: Bool

    public init(kernel: [Double], recurrent: [Double], bias: [Double], hidden: Int, resetsAfter: Bool) {
      precondition(bias.count == (resetsAfter ? 6 : 3) * hidden && recurrent.count == 3 * hidden * hidden)
      self.kernel = kernel
      self.recurrent = recurrent
      self.bias = bias
      self.hidden = hidden
      self.resetsAfter = resetsAfter
    }

    /// All outputs [B, T, H], zero beyond a sequence's end, each sequence's last one [B, H], and the gradients in the
    /// shapes of what they are for; h is the first state.
    public struct Result: Sendable {
      public var y, last, x, kernel, recurrent, bias, h: [Double]
    }

    /// One step of one sequence: h' before it, the gates, and what the candidate gets from the state (q).
    private struct Step {
      var previous, z, r, n, q: [Double]
    }

    /// Runs the sequences x [B, T, D] from h [B, H] and walks back from upstream [B, T, H] and lastUpstream [B, H], one
    /// sequence and one unit at a time.
    public func run(
      _ x: [Double], initial: [Double]? = nil, lengths: [Int]? = nil, upstream: [Double]? = nil,
      lastUpstream: [Double]? = nil, batch: Int, time: Int
    ) -> Result {
      var result = Result(
        y: [], last: [], x: x.map { _ in 0 }, kernel: kernel.map { _ in 0 }, recurrent: recurrent.map { _ in 0 },
        bias: bias.map { _ in 0 }, h: [])
      let inputs = kernel.count / (3 * hidden)
      let zero = [Double](repeating: 0, count: hidden)
      func row(_ values: [Double]?, _ index: Int) -> [Double] {
        values.map { Array($0[index * hidden..<(index + 1) * hidden]) } ?? zero
      }
      for b in 0..<batch {
        var steps: [Step] = []
        var h = row(initial, b)
        let length = lengths?[b] ?? time
        for t in 0..<length {
          let row = (b * time + t) * inputs
          let step = gates(Array(x[row..<row + inputs]), h)
          for k in 0..<hidden { h[k] = step.z[k] * h[k] + (1 - step.z[k]) * step.n[k] }
          steps.append(step)
          result.y += h
        }
        for _ in length..<time { result.y += zero }
        result.last += h
        var dh = row(lastUpstream, b)
        for t in (0..<length).reversed() {
          let above = row(upstream, b * time + t)
          for k in 0..<hidden { dh[k] += above[k] }
          dh = walkBack(steps[t], dh, x, row: (b * time + t) * inputs, &result)
        }
        result.h += dh
      }
      return result
    }

    /// a · matrix[:, column], for a matrix of 3H columns.
    private func product(_ a: [Double], _ matrix: [Double], _ column: Int) -> Double {
      var sum = 0.0
      for index in a.indices { sum += a[index] * matrix[index * 3 * hidden + column] }
      return sum
    }

    private func gates(_ x: [Double], _ h: [Double]) -> Step {
      var step = Step(previous: h, z: h, r: h, n: h, q: h)
      for k in 0..<hidden {
        let second = resetsAfter ? (bias[3 * hidden + k], bias[4 * hidden + k]) : (0, 0)
        step.z[k] = Plain.sigmoid(product(x, kernel, k) + product(h, recurrent, k) + bias[k] + second.0)
        let r = product(x, kernel, hidden + k) + product(h, recurrent, hidden + k)
        step.r[k] = Plain.sigmoid(r + bias[hidden + k] + second.1)
      }
      let reset = zip(step.r, h).map { $0 * $1 }
      for k in 0..<hidden {
        let column = 2 * hidden + k
        let fromInput = product(x, kernel, column) + bias[column]
        if resetsAfter {
          step.q[k] = product(h, recurrent, column) + bias[5 * hidden + k]
          step.n[k] = tanh(fromInput + step.r[k] * step.q[k])
        } else {
          step.q[k] = product(reset, recurrent, column)
          step.n[k] = tanh(fromInput + step.q[k])
        }
      }
      return step
    }

    /// Adds a step's part to the gradients and returns that for h'.
    private func walkBack(
      _ step: Step, _ dh: [Double], _ x: [Double], row: Int, _ result: inout Result
    ) -> [Double] {
      let inputs = kernel.count / (3 * hidden)
      // For the sums before the gates' functions: on the input's side, and on the state's.
      var inputSide = [Double](repeating: 0, count: 3 * hidden)
      for k in 0..<hidden {
        let (z, n) = (step.z[k], step.n[k])
        inputSide[k] = dh[k] * (step.previous[k] - n) * z * (1 - z)
        inputSide[2 * hidden + k] = dh[k] * (1 - z) * (1 - n * n)
      }
      var stateSide = inputSide
      if resetsAfter {
        for k in 0..<hidden { stateSide[2 * hidden + k] *= step.r[k] }
      }
      var throughCandidate = [Double](repeating: 0, count: hidden)
      for j in 0..<hidden {
        for k in 2 * hidden..<3 * hidden { throughCandidate[j] += stateSide[k] * recurrent[j * 3 * hidden + k] }
      }
      for k in 0..<hidden {
        let dr = resetsAfter ? inputSide[2 * hidden + k] * step.q[k] : throughCandidate[k] * step.previous[k]
        inputSide[hidden + k] = dr * step.r[k] * (1 - step.r[k])
        stateSide[hidden + k] = inputSide[hidden + k]
      }
      var dPrevious = dh
      for j in 0..<hidden {
        dPrevious[j] = dh[j] * step.z[j] + throughCandidate[j] * (resetsAfter ? 1 : step.r[j])
        for k in 0..<2 * hidden { dPrevious[j] += stateSide[k] * recurrent[j * 3 * hidden + k] }
      }
      for column in 0..<3 * hidden {
        result.bias[column] += inputSide[column]
        if resetsAfter { result.bias[3 * hidden + column] += stateSide[column] }
        for i in 0..<inputs {
          result.kernel[i * 3 * hidden + column] += x[row + i] * inputSide[column]
          result.x[row + i] += kernel[i * 3 * hidden + column] * inputSide[column]
        }
        for j in 0..<hidden {
          let isReset = !resetsAfter && column >= 2 * hidden
          let operand = isReset ? step.r[j] * step.previous[j] : step.previous[j]
          result.recurrent[j * 3 * hidden + column] += operand * stateSide[column]
        }
      }
      return dPrevious
    }
  }
}
