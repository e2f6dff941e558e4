// The decoder of the run's model: its layers, in order, over one array of weights. Activations and sums are float64,
// so that what differs from the Swift decoder is the latter's rounding to float32.

// The numbers that a base64 text holds: float32, little-endian.
function floats(text) {
  const bytes = octets(text)
  const view = new DataView(bytes.buffer)
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => view.getFloat32(4 * index, true))
}

// The bytes that a base64 text holds.
function octets(text) {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}

const sigmoid = x => 1 / (1 + Math.exp(-x))

class Decoder {
  // model: latent; classes, the label of each; weights; steps, each with an op, sizes, and where its weights start
  constructor(model) {
    Object.assign(this, { latent: model.latent, classes: model.classes, steps: model.steps })
    this.weights = floats(model.weights)
  }

  // z [Z] -> pixels [height width], in 0...1. A conditional model takes the label of a class too.
  decode(z, label = this.classes[0]) {
    let x = new Float64Array(this.latent + this.classes.length)
    x.set(z)
    if (this.classes.length > 0) x[this.latent + this.classes.indexOf(label)] = 1
    for (const step of this.steps) x = this[step.op](x, step)
    return x
  }

  // [I] -> [T, I]
  repeat(x, { count }) {
    const y = new Float64Array(count * x.length)
    for (let row = 0; row < count; row++) y.set(x, row * x.length)
    return y
  }

  // f(x) for each number, or for each row of so many
  activated(x, { activation }, size = x.length) {
    if (activation === "softmax") return softmax(x, size)
    const f = functions[activation]
    if (f) for (let index = 0; index < x.length; index++) x[index] = f(x[index])
    return x
  }

  // The first of every k numbers; the second ones, by which the likelihood spreads, are kept.
  first(x, { of }) {
    this.second = x.filter((_, index) => index % of === 1)
    return x.filter((_, index) => index % of === 0)
  }

  // Of every k numbers the place of the largest.
  largest(x, { of }) {
    return Float64Array.from({ length: x.length / of }, (_, element) => {
      const row = x.subarray(element * of, (element + 1) * of)
      return row.reduce((best, value, place) => value > row[best] ? place : best, 0)
    })
  }

  // The means of mixtures of k, each of k logits of shares, k means in -1...1 and k numbers more: in 0...1.
  mixture(x, { of }) {
    return Float64Array.from({ length: x.length / (3 * of) }, (_, element) => {
      const [start, middle] = [3 * of * element, 3 * of * element + of]
      const shares = softmax(x.slice(start, middle), of)
      const mean = shares.reduce((sum, share, place) => sum + share * x[middle + place], 0)
      return Math.min(Math.max(0.5 + 0.5 * mean, 0), 1)
    })
  }

  // activation(x K + b), for each row: [T, I] -> [T, O], K [I, O]
  dense(x, step) {
    const { inputs, outputs, kernel, bias } = step
    const rows = x.length / inputs
    const y = new Float64Array(rows * outputs)
    for (let row = 0; row < rows; row++) {
      const sums = y.subarray(row * outputs, (row + 1) * outputs)
      sums.set(this.weights.subarray(bias, bias + outputs))
      this.addProduct(x, row * inputs, inputs, kernel, outputs, sums)
    }
    return this.activated(y, step, outputs)
  }

  // [T, I] -> the hidden states [T, H], or the last one [H]; of two halves, forwards and backwards, side by side
  recurrent(x, { cell, inputs, units, returnsSequence, halves }) {
    const rows = x.length / inputs
    const states = halves.map((half, place) => this[cell](x, { inputs, units, isBackward: place === 1, ...half }))
    const width = units * halves.length
    const y = new Float64Array(returnsSequence ? rows * width : width)
    states.forEach((h, place) => {
      if (!returnsSequence) {
        const last = place === 1 ? 0 : rows - 1
        y.set(h.subarray(last * units, (last + 1) * units), place * units)
        return
      }
      for (let row = 0; row < rows; row++) {
        y.set(h.subarray(row * units, (row + 1) * units), row * width + place * units)
      }
    })
    return y
  }

  // [T, I] -> [T, H]; W [I, 4H], R [H, 4H], gates i, f, g, o
  lstm(x, { inputs, units, kernel, recurrent, bias, isBackward }) {
    const rows = x.length / inputs
    const y = new Float64Array(rows * units)
    const [cell, gates] = [new Float64Array(units), new Float64Array(4 * units)]
    for (const [row, before] of steps(rows, isBackward)) {
      gates.set(this.weights.subarray(bias, bias + 4 * units))
      this.addProduct(x, row * inputs, inputs, kernel, 4 * units, gates)
      if (before >= 0) this.addProduct(y, before * units, units, recurrent, 4 * units, gates)
      for (let unit = 0; unit < units; unit++) {
        const [i, f] = [sigmoid(gates[unit]), sigmoid(gates[units + unit])]
        const [g, o] = [Math.tanh(gates[2 * units + unit]), sigmoid(gates[3 * units + unit])]
        cell[unit] = f * cell[unit] + i * g
        y[row * units + unit] = o * Math.tanh(cell[unit])
      }
    }
    return y
  }

  // [T, I] -> [T, H]; W [I, 3H], R [H, 3H], bias [2, 3H], gates z, r, n; the reset gate acts after the product
  gru(x, { inputs, units, kernel, recurrent, bias, isBackward }) {
    const rows = x.length / inputs
    const y = new Float64Array(rows * units)
    const [fromInput, fromState] = [new Float64Array(3 * units), new Float64Array(3 * units)]
    for (const [row, before] of steps(rows, isBackward)) {
      fromInput.set(this.weights.subarray(bias, bias + 3 * units))
      fromState.set(this.weights.subarray(bias + 3 * units, bias + 6 * units))
      this.addProduct(x, row * inputs, inputs, kernel, 3 * units, fromInput)
      if (before >= 0) this.addProduct(y, before * units, units, recurrent, 3 * units, fromState)
      for (let unit = 0; unit < units; unit++) {
        const z = sigmoid(fromInput[unit] + fromState[unit])
        const r = sigmoid(fromInput[units + unit] + fromState[units + unit])
        const n = Math.tanh(fromInput[2 * units + unit] + r * fromState[2 * units + unit])
        y[row * units + unit] = (1 - z) * n + (before >= 0 ? z * y[before * units + unit] : 0)
      }
    }
    return y
  }

  // Large images [height, width, C] -> small ones [rows, columns, O]: the patch around each place times the kernel
  // [size, size, C, O].
  convolution(x, step) {
    const { small: [rows, columns], large: [height, width], channels, filters, kernel, bias } = step
    const { size: [down, across], stride: [stepDown, stepAcross], before: [top, left] } = step
    const y = new Float64Array(rows * columns * filters)
    for (let place = 0; place < rows * columns; place++) {
      const sums = y.subarray(place * filters, (place + 1) * filters)
      sums.set(this.weights.subarray(bias, bias + filters))
      const [first, start] = [Math.floor(place / columns) * stepDown - top, (place % columns) * stepAcross - left]
      for (let i = 0; i < down; i++) {
        if (first + i < 0 || first + i >= height) continue
        for (let j = 0; j < across; j++) {
          if (start + j < 0 || start + j >= width) continue
          const pixel = ((first + i) * width + start + j) * channels
          this.addProduct(x, pixel, channels, kernel + (i * across + j) * channels * filters, filters, sums)
        }
      }
    }
    return this.activated(y, step, filters)
  }

  // Small images [rows, columns, C] -> large ones [height, width, O]: each pixel's channels times the kernel
  // [size, size, O, C] are added to the patch that lies around it.
  transposed(x, step) {
    const { small: [rows, columns], large: [height, width], channels, filters, kernel, bias } = step
    const { size: [down, across], stride: [stepDown, stepAcross], before: [top, left] } = step
    const [weights, y] = [this.weights, new Float64Array(height * width * filters)]
    for (let pixel = 0; pixel < height * width; pixel++) {
      y.set(weights.subarray(bias, bias + filters), pixel * filters)
    }
    for (let place = 0; place < rows * columns; place++) {
      const from = place * channels
      const [first, start] = [Math.floor(place / columns) * stepDown - top, (place % columns) * stepAcross - left]
      for (let i = 0; i < down; i++) {
        if (first + i < 0 || first + i >= height) continue
        for (let j = 0; j < across; j++) {
          if (start + j < 0 || start + j >= width) continue
          const target = ((first + i) * width + start + j) * filters
          let weight = kernel + (i * across + j) * filters * channels
          for (let filter = 0; filter < filters; filter++) {
            let sum = 0
            for (let channel = 0; channel < channels; channel++) sum += x[from + channel] * weights[weight++]
            y[target + filter] += sum
          }
        }
      }
    }
    return this.activated(y, step, filters)
  }

  // sums += x K, four rows of K at a time; rows that meet zeros, as after relu, are left out.
  addProduct(x, start, inputs, kernel, outputs, sums) {
    const weights = this.weights
    let row = 0
    for (; row + 4 <= inputs; row += 4) {
      const [a, b, c, d] = [x[start + row], x[start + row + 1], x[start + row + 2], x[start + row + 3]]
      if (a === 0 && b === 0 && c === 0 && d === 0) continue
      const first = kernel + row * outputs
      const [second, third, fourth] = [first + outputs, first + 2 * outputs, first + 3 * outputs]
      for (let j = 0; j < outputs; j++) {
        sums[j] += a * weights[first + j] + b * weights[second + j] + c * weights[third + j] + d * weights[fourth + j]
      }
    }
    for (; row < inputs; row++) {
      const [a, first] = [x[start + row], kernel + row * outputs]
      for (let j = 0; j < outputs; j++) sums[j] += a * weights[first + j]
    }
  }
}

// The steps of a sequence in the order in which they are read, each with the one read before it, or -1.
function steps(count, isBackward) {
  return Array.from({ length: count }, (_, step) => isBackward
    ? [count - 1 - step, step === 0 ? -1 : count - step] : [step, step - 1])
}

// What layers apply to their sums; a linear one nothing.
const functions = {
  relu: x => x < 0 ? 0 : x,
  sigmoid,
  tanh: Math.tanh,
  exp: Math.exp,
  continuous_bernoulli: x => Math.abs(x) < 1e-2 ? 0.5 + x / 12 - x ** 3 / 720 : 0.5 + 0.5 / Math.tanh(x / 2) - 1 / x,
  softplus: x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  silu: x => x * sigmoid(x),
  gelu: x => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  elu: x => x < 0 ? Math.expm1(x) : x,
  leaky_relu: x => x < 0 ? 0.2 * x : x
}

// The error function by its series, and by a continued fraction (Lentz) where that takes longer (Abramowitz & Stegun,
// 7.1.6 and 7.1.14).
function erf(x) {
  const size = Math.abs(x)
  if (size > 6) return Math.sign(x)
  if (size < 2.5) {
    let [term, sum] = [x, x]
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1)
      sum += term
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum
  }
  let fraction = size
  for (let n = 60; n > 0; n--) fraction = size + n / 2 / fraction
  return Math.sign(x) * (1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction)
}

function softmax(x, size) {
  for (let start = 0; start < x.length; start += size) {
    const row = x.subarray(start, start + size)
    const most = row.reduce((a, b) => Math.max(a, b), -Infinity)
    row.forEach((value, index) => { row[index] = Math.exp(value - most) })
    const sum = row.reduce((a, b) => a + b, 0)
    row.forEach((value, index) => { row[index] = value / sum })
  }
  return x
}
