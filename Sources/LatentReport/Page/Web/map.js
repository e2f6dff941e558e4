// The latent space seen in two dimensions: a point for each image, coloured by its class. Any place on it can be decoded.

// Paul Tol's "muted" colours, which colour-blind people tell apart, with a grey at the end; and lighter ones for the dark.
const classColors = {
  light: ['#332288', '#cc6677', '#117733', '#c9a400', '#56a8d8', '#882255', '#2f9e8a', '#7d7d1f', '#aa4499', '#777777'],
  dark: ['#9a8cff', '#ee8899', '#4cc070', '#ddcc77', '#88ccee', '#d0598f', '#44bba4', '#b5b53c', '#d97fca', '#b0b0b0'],
}

class LatentMap {
  // data: points [N, 2], labels, the place of (0, 0) in the latent space, and the two directions there
  constructor(data, canvas, legend, names, onPick) {
    Object.assign(this, { canvas, onPick, isFlat: data.isFlat })
    this.points = floats(data.points)
    this.labels = data.labels ? octets(data.labels) : null
    this.center = floats(data.center)
    const axes = floats(data.axes)
    this.axes = [axes.subarray(0, this.center.length), axes.subarray(this.center.length)]
    // A square around all points and the prior's mean.
    const ranges = this.project(this.center.map(() => 0)).map(value => [value, value])
    this.points.forEach((value, index) => {
      const range = ranges[index % 2]
      if (index % 2 === 0 || !this.isFlat) [range[0], range[1]] = [Math.min(range[0], value), Math.max(range[1], value)]
    })
    this.middle = ranges.map(([low, high]) => (low + high) / 2)
    this.reach = Math.max(1e-6, ...ranges.map(([low, high]) => (high - low) / 2)) * 1.12
    this.cursor = this.middle
    this.highlighted = null
    this.makeLegend(legend, names)
    this.listen()
    new ResizeObserver(() => this.draw()).observe(canvas)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw())
  }

  // A point of the map in the latent space, and back.
  latent(x, y) {
    return this.center.map((value, index) => value + x * this.axes[0][index] + (this.isFlat ? 0 : y * this.axes[1][index]))
  }

  project(z) {
    const along = axis => axis.reduce((sum, value, index) => sum + value * (z[index] - this.center[index]), 0)
    return [along(this.axes[0]), this.isFlat ? 0 : along(this.axes[1])]
  }

  makeLegend(legend, names) {
    this.items = []
    if (!this.labels) return
    for (const label of [...new Set(this.labels)].sort((a, b) => a - b)) {
      const swatch = make('i', { 'aria-hidden': 'true', 'data-class': label })
      const item = make('button', { type: 'button', 'aria-pressed': 'false' }, swatch, names[label] ?? `${label}`)
      item.addEventListener('click', () => {
        this.highlighted = this.highlighted === label ? null : label
        for (const other of this.items) other.setAttribute('aria-pressed', String(other === item && this.highlighted === label))
        this.draw()
      })
      this.items.push(item)
    }
    legend.append(...this.items)
  }

  listen() {
    const canvas = this.canvas
    const pick = event => {
      const box = canvas.getBoundingClientRect()
      this.cursor = [
        this.middle[0] + ((event.clientX - box.left) / box.width * 2 - 1) * this.reach,
        this.middle[1] + (1 - (event.clientY - box.top) / box.height * 2) * this.reach,
      ]
      this.onPick(this.latent(...this.cursor))
    }
    canvas.addEventListener('pointerdown', event => {
      canvas.setPointerCapture(event.pointerId)
      pick(event)
    })
    canvas.addEventListener('pointermove', event => { if (canvas.hasPointerCapture(event.pointerId)) pick(event) })
    canvas.addEventListener('keydown', event => {
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }
      if (event.key in moves) {
        const step = this.reach * (event.shiftKey ? 0.2 : 0.04)
        this.cursor = this.cursor.map((value, axis) => {
          const [low, high] = [this.middle[axis] - this.reach, this.middle[axis] + this.reach]
          return Math.max(low, Math.min(high, value + step * moves[event.key][axis]))
        })
        this.draw()
      } else if (event.key === 'Enter' || event.key === ' ') {
        this.onPick(this.latent(...this.cursor))
      } else return
      event.preventDefault()
    })
    for (const name of ['focus', 'blur']) canvas.addEventListener(name, () => this.draw())
  }

  // Shows where the decoded point lies.
  mark(z) {
    this.marked = this.project(z)
    if (document.activeElement !== this.canvas) this.cursor = this.marked
    this.draw()
  }

  draw() {
    const { canvas, reach, middle } = this
    const size = canvas.clientWidth
    if (size === 0) return
    const ratio = devicePixelRatio || 1
    canvas.width = canvas.height = Math.round(size * ratio)
    const context = canvas.getContext('2d')
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const style = getComputedStyle(canvas)
    const colors = classColors[matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light']
    const color = label => colors[label % colors.length]
    const place = ([x, y]) => [((x - middle[0]) / reach + 1) / 2 * size, (1 - (y - middle[1]) / reach) / 2 * size]
    const line = (x1, y1, x2, y2) => {
      context.beginPath()
      context.moveTo(x1, y1)
      context.lineTo(x2, y2)
      context.stroke()
    }

    context.strokeStyle = style.getPropertyValue('--line')
    const [x0, y0] = place(this.project(this.center.map(() => 0)))
    line(x0, 0, x0, size)
    line(0, y0, size, y0)
    const faded = this.highlighted === null ? 0.75 : 0.1
    for (let index = 0; 2 * index < this.points.length; index++) {
      const label = this.labels ? this.labels[index] : 0
      const [x, y] = place([this.points[2 * index], this.points[2 * index + 1] * (this.isFlat ? reach : 1)])
      context.globalAlpha = label === this.highlighted ? 0.95 : faded
      context.fillStyle = color(this.labels ? label : 4)
      context.beginPath()
      context.arc(x, y, 2.4, 0, 2 * Math.PI)
      context.fill()
    }
    context.globalAlpha = 1
    for (const item of this.items) {
      const swatch = item.firstChild
      swatch.style.background = color(Number(swatch.dataset.class))
    }
    if (this.marked) {
      const [x, y] = place(this.marked).map(value => Math.max(2, Math.min(size - 2, value)))
      for (const [radius, stroke, width] of [[7, style.getPropertyValue('--card'), 5], [7, style.getPropertyValue('--text'), 2]]) {
        context.lineWidth = width
        context.strokeStyle = stroke
        context.beginPath()
        context.arc(x, y, radius, 0, 2 * Math.PI)
        context.stroke()
      }
    }
    if (document.activeElement === canvas) {
      const [x, y] = place(this.cursor)
      context.lineWidth = 1.5
      context.strokeStyle = style.getPropertyValue('--accent')
      line(x - 12, y, x + 12, y)
      line(x, y - 12, x, y + 12)
    }
  }
}
