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
    return x.map(sigmoid)
  }

  // [I] -> [T, I]
  repeat(x, { count }) {
    const y = new Float64Array(count * x.length)
    for (let row = 0; row < count; row++) y.set(x, row * x.length)
    return y
  }

  // activation(x K + b), for each row: [T, I] -> [T, O], K [I, O]
  dense(x, { inputs, outputs, relu, kernel, bias }) {
    const rows = x.length / inputs
    const y = new Float64Array(rows * outputs)
    for (let row = 0; row < rows; row++) {
      const sums = y.subarray(row * outputs, (row + 1) * outputs)
      sums.set(this.weights.subarray(bias, bias + outputs))
      this.addProduct(x, row * inputs, inputs, kernel, outputs, sums)
    }
    return relu ? rectified(y) : y
  }

  // [T, I] -> the hidden states [T, H]; W [I, 4H], R [H, 4H], gates i, f, g, o
  lstm(x, { inputs, units, kernel, recurrent, bias }) {
    const rows = x.length / inputs
    const y = new Float64Array(rows * units)
    const [cell, gates] = [new Float64Array(units), new Float64Array(4 * units)]
    for (let row = 0; row < rows; row++) {
      gates.set(this.weights.subarray(bias, bias + 4 * units))
      this.addProduct(x, row * inputs, inputs, kernel, 4 * units, gates)
      if (row > 0) this.addProduct(y, (row - 1) * units, units, recurrent, 4 * units, gates)
      for (let unit = 0; unit < units; unit++) {
        const [i, f] = [sigmoid(gates[unit]), sigmoid(gates[units + unit])]
        const [g, o] = [Math.tanh(gates[2 * units + unit]), sigmoid(gates[3 * units + unit])]
        cell[unit] = f * cell[unit] + i * g
        y[row * units + unit] = o * Math.tanh(cell[unit])
      }
    }
    return y
  }

  // Images [height, width, C] -> [height stride, width stride, O]: each pixel's channels times the kernel [3, 3, O, C]
  // are added to the patch that lies around it.
  transposed(x, { height, width, channels, filters, size, stride, before, relu, kernel, bias }) {
    const [rows, columns] = [height * stride, width * stride]
    const [weights, y] = [this.weights, new Float64Array(rows * columns * filters)]
    for (let pixel = 0; pixel < rows * columns; pixel++) {
      y.set(weights.subarray(bias, bias + filters), pixel * filters)
    }
    for (let place = 0; place < height * width; place++) {
      const start = place * channels
      const [top, left] = [Math.floor(place / width) * stride - before, (place % width) * stride - before]
      for (let i = 0; i < size; i++) {
        if (top + i < 0 || top + i >= rows) continue
        for (let j = 0; j < size; j++) {
          if (left + j < 0 || left + j >= columns) continue
          const target = ((top + i) * columns + left + j) * filters
          let weight = kernel + (i * size + j) * filters * channels
          for (let filter = 0; filter < filters; filter++) {
            let sum = 0
            for (let channel = 0; channel < channels; channel++) sum += x[start + channel] * weights[weight++]
            y[target + filter] += sum
          }
        }
      }
    }
    return relu ? rectified(y) : y
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

function rectified(values) {
  for (let index = 0; index < values.length; index++) if (values[index] < 0) values[index] = 0
  return values
}
