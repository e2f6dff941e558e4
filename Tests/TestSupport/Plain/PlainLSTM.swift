import Foundation

extension Plain {
  /// A layer of long short-term memory, in the form of Keras (Hochreiter & Schmidhuber 1997, with the forget gate of
  /// Gers et al. 2000), starting from h = c = 0 or a given state. For each time step, with z = x_t · kernel + h_(t-1) · recurrent + bias
  /// cut into four parts of H columns for i, f, g, o:
  ///
  ///     i = sigmoid(z_i)    f = sigmoid(z_f)    g = tanh(z_g)    o = sigmoid(z_o)
  ///     c_t = f c_(t-1) + i g
  ///     h_t = o tanh(c_t)
  public struct LSTM: Sendable {
    /// [D, 4H], the gates in the order i, f, g (Keras calls it c), o.
    public var kernel: [Double]
    /// [H, 4H].
    public var recurrent: [Double]
    /// [4H].
    public var bias: [Double]

    /// D.
    public var inputs: Int { kernel.count / bias.count }
    /// H.
    public var hidden: Int { bias.count / 4 }

    public init(kernel: [Double], recurrent: [Double], bias: [Double]) {
      precondition(
        !bias.isEmpty && bias.count % 4 == 0 && kernel.count % bias.count == 0
          && recurrent.count == bias.count / 4 * bias.count, "weights of an LSTM that do not fit")
      self.kernel = kernel
      self.recurrent = recurrent
      self.bias = bias
    }

    /// All that the forward pass computes, each [B, T, H], with zeros beyond the end of a sequence.
    public struct States: Sendable {
      public let batch: Int
      public let time: Int
      /// The steps of each sequence.
      public let lengths: [Int]
      /// The state before the first step, [B, H].
      public let initial: (h: [Double], c: [Double])
      public var i: [Double]
      public var f: [Double]
      public var g: [Double]
      public var o: [Double]
      /// The cell's state after each time step.
      public var c: [Double]
      /// The output of each time step.
      public var h: [Double]

      /// The output of each sequence's last time step, [B, H].
      public var last: [Double] { ends(h) }

      /// The cell's state after it, [B, H].
      public var lastCell: [Double] { ends(c) }

      private func ends(_ values: [Double]) -> [Double] {
        let hidden = values.count / (batch * time)
        return (0..<batch).flatMap { b in
          let start = (b * time + lengths[b] - 1) * hidden
          return values[start..<start + hidden]
        }
      }
    }

    /// Runs the sequences x [B, T, D], from h and c [B, H].
    public func forward(
      _ x: [Double], batch: Int, time: Int, initial: (h: [Double], c: [Double])? = nil, lengths: [Int]? = nil
    ) -> States {
      precondition(x.count == batch * time * inputs, "x is not [\(batch), \(time), \(inputs)]")
      let none = [Double](repeating: 0, count: batch * time * hidden)
      let zero = [Double](repeating: 0, count: batch * hidden)
      let initial = initial ?? (zero, zero)
      var states = States(
        batch: batch, time: time, lengths: lengths ?? [Int](repeating: time, count: batch), initial: initial, i: none,
        f: none, g: none, o: none, c: none, h: none)
      let fromInput = Plain.product(x, kernel, rows: batch * time, inner: inputs, columns: 4 * hidden)
      for b in 0..<batch {
        var h = Array(initial.h[b * hidden..<(b + 1) * hidden])
        var c = Array(initial.c[b * hidden..<(b + 1) * hidden])
        for t in 0..<states.lengths[b] {
          let fromState = Plain.product(h, recurrent, rows: 1, inner: hidden, columns: 4 * hidden)
          let step = b * time + t
          func z(_ column: Int) -> Double { fromInput[step * 4 * hidden + column] + fromState[column] + bias[column] }
          for k in 0..<hidden {
            let i = Plain.sigmoid(z(k))
            let f = Plain.sigmoid(z(hidden + k))
            let g = tanh(z(2 * hidden + k))
            let o = Plain.sigmoid(z(3 * hidden + k))
            c[k] = f * c[k] + i * g
            h[k] = o * tanh(c[k])
            let index = step * hidden + k
            (states.i[index], states.f[index], states.g[index], states.o[index]) = (i, f, g, o)
            (states.c[index], states.h[index]) = (c[k], h[k])
          }
        }
      }
      return states
    }
  }
}
