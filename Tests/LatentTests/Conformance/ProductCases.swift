import Latent
import TestSupport

private let smallDense: Sizes = ["B": 2, "I": 3, "O": 4]

private let denseCases: [ConformingCase] = Activation.allCases.map { activation in
  let plain = Plain.Activation(rawValue: activation.rawValue)!
  return ConformingCase(
    "dense, \(activation)", covers: ["dense(Variable, kernel:, bias:, activation:)"],
    small: smallDense, sizes: smallDense.odd + [["B": 40, "I": 70, "O": 70]],
    isSmooth: { _, v in keepsOffCorner(plain, plainDense(v, .linear).preactivation(v.x.values)) }
  ) { s in
    Trial(
      [.input("x", [s.B, s.I]), .shared("kernel", [s.I, s.O]), .shared("bias", [s.O], .between(-0.5, 1))],
      call: { dense($0.x, kernel: $0.kernel, bias: $0.bias, activation: activation) },
      plain: { PlainTensor(plainDense($0, plain).forward($0.x.values), [s.B, s.O]) },
      gradient: { v, upstream in
        let slopes = plainDense(v, plain).backward(v.x.values, upstream: upstream)
        return ["x": slopes.x, "kernel": slopes.kernel, "bias": slopes.bias]
      })
  }
}

/// The product of stacks of matrices, one at a time.
private func product(_ a: PlainTensor, _ b: PlainTensor) -> PlainTensor {
  let (m, k, n) = (a.shape[a.shape.count - 2], a.shape[a.shape.count - 1], b.shape[b.shape.count - 1])
  let stack = PlainTensor.broadcast(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
  var values: [Double] = []
  for (i, j) in zip(stackPlaces(a, stack), stackPlaces(b, stack)) {
    let (left, right) = (a.values[i * m * k..<(i + 1) * m * k], b.values[j * k * n..<(j + 1) * k * n])
    values += Plain.product(Array(left), Array(right), rows: m, inner: k, columns: n)
  }
  return PlainTensor(values, stack + [m, n])
}

/// Which matrix of a stack is used at each place of a larger stack.
private func stackPlaces(_ a: PlainTensor, _ stack: [Int]) -> [Int] {
  PlainTensor([], Array(a.shape.dropLast(2))).places(in: stack)
}

private func transposed(_ a: PlainTensor) -> PlainTensor {
  let (rows, columns) = (a.shape[a.shape.count - 2], a.shape[a.shape.count - 1])
  let size = rows * columns
  let values = stride(from: 0, to: a.values.count, by: max(size, 1)).flatMap {
    Plain.transpose(Array(a.values[$0..<$0 + size]), rows: rows, columns: columns)
  }
  return PlainTensor(values, a.shape.dropLast(2) + [columns, rows])
}

/// The sum over what was repeated.
private func summed(_ a: PlainTensor, to shape: [Int]) -> [Double] {
  var sums = [Double](repeating: 0, count: shape.reduce(1, *))
  for (place, value) in zip(PlainTensor([], shape).places(in: a.shape), a.values) { sums[place] += value }
  return sums
}

private let matrixPairs = [("a", "b"), ("a", "w"), ("v", "b"), ("p", "q")]

let productCases: [ConformingCase] =
  denseCases + [
    ConformingCase(
      "dense on sequences", small: ["B": 2, "T": 3, "I": 4, "O": 2]
    ) { s in
      Trial(
        [.input("x", [s.B, s.T, s.I]), .shared("kernel", [s.I, s.O]), .shared("bias", [s.O])],
        call: { dense($0.x, kernel: $0.kernel, bias: $0.bias, activation: .tanh) },
        plain: { PlainTensor(plainDense($0, .tanh).forward($0.x.values), [s.B, s.T, s.O]) },
        gradient: { v, upstream in
          let slopes = plainDense(v, .tanh).backward(v.x.values, upstream: upstream)
          return ["x": slopes.x, "kernel": slopes.kernel, "bias": slopes.bias]
        })
    },
    ConformingCase(
      "matmul", covers: ["matmul(Variable, Variable)"], small: ["B": 2, "M": 2, "K": 3, "N": 4]
    ) { s in
      Trial(
        [
          .input("a", [s.B, s.M, s.K]), .input("b", [s.B, s.K, s.N]), .shared("w", [s.K, s.N]),
          .shared("v", [s.M, s.K]), .input("p", [s.B, 1, s.M, s.K]), .shared("q", [3, s.K, s.N]),
        ],
        calls: { i in [matmul(i.a, i.b), matmul(i.a, i.w), matmul(i.v, i.b), matmul(i.p, i.q)] },
        plain: { v in matrixPairs.map { product(v[$0], v[$1]) } },
        gradient: { v, upstreams in
          var gradients: [String: [Double]] = [:]
          for ((first, second), upstream) in zip(matrixPairs, upstreams) {
            let (a, b) = (v[first], v[second])
            let dy = PlainTensor(upstream, product(a, b).shape)
            for (name, slopes) in [
              (first, summed(product(dy, transposed(b)), to: a.shape)),
              (second, summed(product(transposed(a), dy), to: b.shape)),
            ] {
              gradients[name] = gradients[name].map { Plain.sum($0, slopes) } ?? slopes
            }
          }
          return gradients
        })
    },
    ConformingCase("matmul of two matrices", small: ["B": 2, "K": 3, "N": 4]) { s in
      Trial(
        [.input("a", [s.B, s.K]), .shared("b", [s.K, s.N])], call: { matmul($0.a, $0.b) },
        plain: { product($0.a, $0.b) },
        gradient: { v, upstream in
          let dy = PlainTensor(upstream, [s.B, s.N])
          return ["a": product(dy, transposed(v.b)).values, "b": product(transposed(v.a), dy).values]
        })
    },
  ] + [transposedOperands]

/// Dimensions in another order.
private func permuted(_ a: PlainTensor, _ order: [Int]) -> PlainTensor {
  let shape = order.map { a.shape[$0] }
  let own = a.shape.indices.map { a.shape[($0 + 1)...].reduce(1, *) }
  let values = (0..<a.values.count).map { index in
    var (rest, place) = (index, 0)
    for (size, axis) in zip(shape, order).reversed() {
      place += rest % size * own[axis]
      rest /= size
    }
    return a.values[place]
  }
  return PlainTensor(values, shape)
}

private func inverse(_ order: [Int]) -> [Int] { order.indices.map { order.firstIndex(of: $0)! } }

/// Operands that lie in memory in any order: matrices transposed, heads of attention side by side, and one of which neither
/// rows nor columns lie together.
private let transposedOperands: ConformingCase = {
  let swap = [0, 2, 1]
  let heads = [0, 2, 1, 3]
  let keys = [0, 2, 3, 1]
  let pairs: [[(name: String, order: [Int])]] = [
    [("a", swap), ("b", swap)], [("a", swap), ("w", [1, 0])], [("v", [1, 0]), ("b", swap)],
    [("d", [0, 1, 2]), ("w", [1, 0])], [("v", [1, 0]), ("e", [0, 1, 2])],
    [("q", heads), ("p", keys)], [("u", [0, 3, 1, 2]), ("w", [1, 0])],
  ]
  return ConformingCase(
    "matmul of transposed operands", small: ["B": 2, "M": 2, "K": 3, "N": 4],
    sizes: [
      ["B": 3, "M": 17, "K": 5, "N": 1], ["B": 2, "M": 1, "K": 1, "N": 3], ["B": 1, "M": 70, "K": 130, "N": 120],
    ],
    rows: .mixed
  ) { s in
    Trial(
      [
        .input("a", [s.B, s.K, s.M]), .input("b", [s.B, s.N, s.K]), .shared("w", [s.N, s.K]),
        .shared("v", [s.K, s.M]), .input("d", [s.B, s.M, s.K]), .input("e", [s.B, s.K, s.N]),
        .input("q", [s.B, s.M, 2, s.K]), .input("p", [s.B, s.N, 2, s.K]), .input("u", [s.B, s.M, s.K, 2]),
      ],
      calls: { i in
        pairs.map {
          matmul(
            i[dynamicMember: $0[0].name].transposed($0[0].order), i[dynamicMember: $0[1].name].transposed($0[1].order))
        }
      },
      plain: { v in pairs.map { product(permuted(v[$0[0].name], $0[0].order), permuted(v[$0[1].name], $0[1].order)) } },
      gradient: { v, upstreams in
        var gradients: [String: [Double]] = [:]
        for (pair, upstream) in zip(pairs, upstreams) {
          let (a, b) = (permuted(v[pair[0].name], pair[0].order), permuted(v[pair[1].name], pair[1].order))
          let dy = PlainTensor(upstream, product(a, b).shape)
          for ((name, order), slopes) in zip(
            pair,
            [
              PlainTensor(summed(product(dy, transposed(b)), to: a.shape), a.shape),
              PlainTensor(summed(product(transposed(a), dy), to: b.shape), b.shape),
            ])
          {
            let slopes = permuted(slopes, inverse(order)).values
            gradients[name] = gradients[name].map { Plain.sum($0, slopes) } ?? slopes
          }
        }
        return gradients
      })
  }
}()
