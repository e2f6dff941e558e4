// What people move to choose a latent point, and the image or series that the decoder makes of it.

// The shortest decimal number that is the same float32.
function shortest(value) {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(text) === value) return Number(text)
  }
  return Number(value.toPrecision(9))
}

// Pixels in 0...1 on a canvas of their size: grey, or red, green and blue.
function paint(canvas, pixels, { height, width, channels }) {
  canvas.width = width
  canvas.height = height
  const image = new ImageData(width, height)
  for (let index = 0; index < height * width; index++) {
    for (let part = 0; part < 3; part++) {
      image.data[4 * index + part] = Math.round(pixels[index * channels + part % channels] * 255)
    }
    image.data[4 * index + 3] = 255
  }
  canvas.getContext('2d').putImageData(image, 0, 0)
}

// The point between two: on the line, or on the arc around the origin (Shoemake 1985; White 2016).
function interpolated(a, b, t, isSpherical) {
  let [first, second] = [1 - t, t]
  if (isSpherical) {
    const dot = (x, y) => x.reduce((sum, value, index) => sum + value * y[index], 0)
    const angle = Math.acos(Math.max(-1, Math.min(1, dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)))))
    if (angle > 1e-4 && angle < Math.PI - 1e-4) {
      [first, second] = [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)]
    }
  }
  return a.map((value, index) => first * value + second * b[index])
}

class Playground {
  constructor(data) {
    this.data = data
    this.decoder = new Decoder(data)
    this.z = new Float32Array(data.latent)
    this.label = this.data.classes[0] ?? 0
    this.shown = -1
    this.series = data.series ? new Series(data.series) : null
    if (this.series) {
      rename(byId('playground-body'), data)
      document.querySelector('.stage').classList.add('lines')
    }
    document.querySelector('.stage').classList.toggle('few', data.latent <= 4)
    this.makeSliders()
    this.makeClasses()
    this.makeExamples()
    this.makeMap()
    if (!this.series) byId('image').style.aspectRatio = `${data.width} / ${data.height}`
    byId('random').onclick = () => this.go(this.z.map(() => this.normal()), 'a random sample of the prior')
    byId('zero').onclick = () => this.go(new Float32Array(data.latent), 'the prior mean')
    byId('mean').onclick = () => this.go(this.means, `the mean of the ${data.plural}`)
    byId('playground-body').hidden = false
    this.go(this.z, 'the prior mean')
    if (this.series) {
      new ResizeObserver(() => this.draw()).observe(byId('image').parentElement)
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw())
    }
  }

  // Moves to a latent point.
  go(z, where, { label = this.label, example = -1 } = {}) {
    this.z = Float32Array.from(z)
    this.label = label
    this.shown = example
    byId('where').textContent = `Decoded from ${where}`
    byId('class').value = label
    byId('original').hidden = example < 0 || this.series !== null
    if (example >= 0 && !this.series) byId('original').getContext('2d').drawImage(this.thumbs[example].firstChild, 0, 0)
    this.thumbs.forEach((thumb, index) => thumb.setAttribute('aria-pressed', String(index === example)))
    this.update()
  }

  update() {
    const { data, z } = this
    data.dimensions.forEach(({ index }, place) => {
      this.sliders[place].value = z[index]
      this.outputs[place].textContent = z[index].toFixed(2)
    })
    this.decoded = this.decoder.decode(z, this.label)
    this.draw()
    byId('point').textContent = `[${Array.from(z, shortest).join(', ')}]`
    this.map?.mark(z)
  }

  draw() {
    if (!this.series) return paint(byId('image'), this.decoded, this.data)
    const lines = this.series.lines(this.decoded, this.decoder.second)
    // What is drawn, for those who ask.
    byId('image').lines = lines
    this.series.draw(byId('image'), this.shown < 0 ? [lines] : [this.series.plain(this.exampleValues(this.shown)), lines])
  }

  // Standard normal (Box & Muller 1958).
  normal() {
    return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
  }

  makeSliders() {
    const { dimensions, latent } = this.data
    this.sliders = []
    this.outputs = []
    this.means = new Float32Array(latent)
    const most = Math.max(...dimensions.map(({ kl }) => kl ?? 0), 1e-9)
    for (const { index, kl, mean, reach } of dimensions) {
      this.means[index] = mean ?? 0
      const id = `z${index}`
      const label = make('label', { for: id }, `z${index}`)
      const nats = kl === null ? '–' : `${kl.toFixed(2)} nats`
      const amount = make('span', { class: 'kl', title: `KL divergence: ${nats}` }, nats)
      amount.style.setProperty('--share', Math.max(0, Math.min(1, (kl ?? 0) / most)))
      const slider = make('input', {
        type: 'range', id, min: -reach, max: reach, step: 0.01, 'aria-label': `z${index}, KL ${nats}`,
      })
      const output = make('output', { for: id })
      slider.oninput = () => {
        const z = Float32Array.from(this.z)
        z[index] = Number(slider.value)
        this.go(z, 'a point of your own')
      }
      this.sliders.push(slider)
      this.outputs.push(output)
      byId('sliders').append(make('div', { class: 'dimension' }, label, amount, slider, output))
    }
  }

  name(label) { return this.data.classNames[label] ?? `${label}` }

  makeClasses() {
    if (this.data.classes.length === 0) return
    for (const label of this.data.classes) {
      byId('class').append(make('option', { value: label }, this.name(label)))
    }
    byId('class').onchange = () => {
      this.label = Number(byId('class').value)
      this.update()
    }
    byId('class-choice').hidden = false
  }

  // The images that may be encoded: their means are known.
  makeExamples() {
    const { examples, latent, height, width, channels } = this.data
    this.thumbs = []
    if (!examples) {
      byId('examples-card').hidden = true
      byId('mean').hidden = true
      return
    }
    const [pixels, means, size] = [octets(examples.pixels), floats(examples.means), height * width * channels]
    this.count = means.length / latent
    this.exampleMean = index => means.subarray(index * latent, (index + 1) * latent)
    this.exampleLabel = index => examples.labels?.[index]
    this.exampleName = index => {
      const label = this.exampleLabel(index)
      return `${this.data.singular} ${index + 1}` + (label === undefined ? '' : `, ${this.name(label)}`)
    }
    byId('examples-title').textContent = examples.title
    if (!this.series) Object.assign(byId('original'), { width, height })
    const values = this.series ? floats(examples.values) : null
    const length = values ? values.length / this.count : 0
    this.exampleValues = index => values.subarray(index * length, (index + 1) * length)
    for (let index = 0; index < this.count; index++) {
      const canvas = make('canvas', { 'aria-hidden': 'true' })
      if (this.series) this.series.draw(canvas, [this.series.plain(this.exampleValues(index))], true)
      else paint(canvas, Float32Array.from(pixels.subarray(index * size, (index + 1) * size), value => value / 255), this.data)
      const thumb = make('button', {
        type: 'button', class: 'thumb', 'aria-pressed': 'false', 'aria-label': `Encode ${this.exampleName(index)}`,
        title: this.exampleName(index),
      }, canvas)
      thumb.onclick = () => { if (!this.hasDragged) this.encode(index) }
      this.thumbs.push(thumb)
      for (const select of [byId('from'), byId('to')]) select.append(make('option', { value: index }, this.exampleName(index)))
    }
    byId('thumbs').append(...this.thumbs)
    byId('previous').onclick = () => this.encode((Math.max(this.shown, 0) + this.count - 1) % this.count)
    byId('next').onclick = () => this.encode((this.shown + 1) % this.count)
    byId('to').value = Math.min(1, this.count - 1)
    for (const id of ['from', 'to']) byId(id).onchange = () => this.interpolate()
    byId('between').oninput = () => this.interpolate()
    for (const way of document.getElementsByName('way')) way.onchange = () => this.interpolate()
    byId('thumbs').addEventListener('pointerdown', event => this.drag(event))
    this.showEnds()
  }

  encode(index) {
    const where = `the mean of ${this.exampleName(index)}`
    this.go(this.exampleMean(index), where, { label: this.exampleLabel(index) ?? this.label, example: index })
  }

  interpolate() {
    const [from, to, t] = ['from', 'to', 'between'].map(id => Number(byId(id).value))
    const isSpherical = document.querySelector('input[name=way]:checked').value === 'spherical'
    const nearer = this.exampleLabel(t < 0.5 ? from : to)
    const z = interpolated(this.exampleMean(from), this.exampleMean(to), t, isSpherical)
    this.go(z, `${Math.round(t * 100)}% of the way from ${this.data.singular} ${from + 1} to ${this.data.singular} ${to + 1}`, { label: nearer ?? this.label })
    byId('between').setAttribute('aria-valuetext', `${Math.round(t * 100)}%`)
    this.showEnds()
  }

  showEnds() {
    this.thumbs.forEach((thumb, index) => {
      thumb.classList.toggle('from', index === Number(byId('from').value))
      thumb.classList.toggle('to', index === Number(byId('to').value))
    })
  }

  // From one image towards the one that the pointer is nearest to, as far as it has come.
  drag(event) {
    const from = this.thumbs.indexOf(event.target.closest('.thumb'))
    this.hasDragged = false
    if (from < 0 || this.count < 2) return
    const centers = this.thumbs.map(thumb => {
      const box = thumb.getBoundingClientRect()
      return [box.left + box.width / 2, box.top + box.height / 2]
    })
    const move = ({ clientX, clientY }) => {
      const [dx, dy] = [clientX - event.clientX, clientY - event.clientY]
      if (!this.hasDragged && Math.hypot(dx, dy) < 8) return
      this.hasDragged = true
      const distance = index => Math.hypot(clientX - centers[index][0], clientY - centers[index][1])
      let to = from === 0 ? 1 : 0
      for (let index = 0; index < this.count; index++) if (index !== from && distance(index) < distance(to)) to = index
      const way = [centers[to][0] - centers[from][0], centers[to][1] - centers[from][1]]
      const along = (way[0] * (clientX - centers[from][0]) + way[1] * (clientY - centers[from][1])) / (way[0] ** 2 + way[1] ** 2)
      byId('from').value = from
      byId('to').value = to
      byId('between').value = Math.max(0, Math.min(1, along))
      this.interpolate()
    }
    const stop = () => {
      removeEventListener('pointermove', move)
      for (const name of ['pointerup', 'pointercancel']) removeEventListener(name, stop)
    }
    addEventListener('pointermove', move)
    for (const name of ['pointerup', 'pointercancel']) addEventListener(name, stop)
  }

  makeMap() {
    const { map, classNames } = this.data
    if (!map) {
      byId('map-card').hidden = true
      return
    }
    byId('map-axes').textContent = map.caption
    this.map = new LatentMap(map, byId('map'), byId('legend'), classNames, z => this.go(z, 'the place on the map'))
  }

  // The largest difference from the pixels that the Swift decoder makes of some points.
  largestDifference() {
    const { check, latent } = this.data
    const [points, pixels] = [floats(check.points), floats(check.pixels)]
    const size = pixels.length * latent / points.length
    let largest = 0
    for (let point = 0; point * latent < points.length; point++) {
      const decoded = this.decoder.decode(points.subarray(point * latent, (point + 1) * latent), check.labels?.[point])
      for (let index = 0; index < size; index++) {
        const difference = Math.abs(decoded[index] - pixels[point * size + index])
        if (!(difference <= largest)) largest = difference
      }
    }
    return { largest, count: points.length / latent }
  }

  // Milliseconds of one decoding: the median of some, a few at a time so that the page stays alive.
  async medianMilliseconds(repeats) {
    const times = []
    while (times.length < repeats) {
      await new Promise(resolve => setTimeout(resolve, 0))
      for (let turn = 0; turn < 5; turn++) {
        const start = performance.now()
        this.decoder.decode(this.z, this.label)
        times.push(performance.now() - start)
      }
    }
    return times.sort((a, b) => a - b)[times.length >> 1]
  }
}
