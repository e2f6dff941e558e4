// Curves: a chart for each panel, whose values are read by pointer, touch or arrow keys.

const SVG = 'http://www.w3.org/2000/svg'

function svgElement(name, attributes, parent, text) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  if (text !== undefined) element.textContent = text
  parent.append(element)
  return element
}

// What a mark looks like around 0, and how large it is.
const marks = {
  circle: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z', triangle: 'M0-5L4.5 3.3L-4.5 3.3z', square: 'M-3.5-3.5h7v7h-7z',
  diamond: 'M0-5L5 0L0 5L-5 0z',
}

// Numbers as the page has them: a list, or base64 of float64.
function numbersOf(data) {
  return typeof data === 'string' ? Array.from(new Float64Array(octets(data).buffer)) : data
}

class Chart {
  // panel: titles, axes, spans, and series, each with a name, a look, values, and what else there is of them: places, a band
  // level: of its heading
  constructor(panel, epochs, level) {
    Object.assign(this, { panel, level })
    const [xIsDrawn, yIsDrawn] = [panel.xAxis, panel.yAxis].map(axis =>
      value => Number.isFinite(value) && (axis !== 'logarithmic' || value > 0))
    this.yIsDrawn = yIsDrawn
    this.series = panel.series.map(series => {
      const values = numbersOf(series.values)
      const x = series.x ? numbersOf(series.x) : values.map((_, index) => epochs[index])
      const isDrawn = values.map((value, index) => xIsDrawn(x[index]) && yIsDrawn(value))
      const [low, high] = series.low ? [numbersOf(series.low), numbersOf(series.high)] : [null, null]
      return { ...series, values, x, isDrawn, low, high }
    })
    const drawn = this.series.flatMap(({ x, isDrawn }) => x.filter((_, index) => isDrawn[index]))
    const isPlain = panel.series.every(({ x }) => !x) && panel.xAxis === 'linear'
    this.places = isPlain ? epochs : [...new Set(drawn)].sort((a, b) => a - b)
    this.isPlain = isPlain
    this.x = this.makeX()
    this.xName = panel.xTitle || (panel.xAxis === 'time' ? '' : 'x')
    this.build()
  }

  makeX() {
    let [first, last] = [this.places[0] ?? 0, this.places[this.places.length - 1] ?? 1]
    const { xAxis, time } = this.panel
    if (this.isPlain) return new EpochAxis(...(first === last ? [first - 0.5, last + 0.5] : [first, last]))
    if (xAxis === 'logarithmic') return new LogarithmicAxis(...(first === last ? [first / 2, last * 2] : [first, last]))
    if (first === last) [first, last] = [first - 1, last + 1]
    return xAxis === 'time' ? new TimeAxis(first, last, time) : new NumberAxis(first, last)
  }

  makeY() {
    let [low, high] = [Infinity, -Infinity]
    for (const { values, isDrawn, low: lower, high: upper } of this.series) {
      values.forEach((value, index) => {
        if (!isDrawn[index]) return
        for (const number of [value, lower?.[index], upper?.[index]]) {
          if (this.yIsDrawn(number)) [low, high] = [Math.min(low, number), Math.max(high, number)]
        }
      })
    }
    if (this.panel.yAxis === 'logarithmic') {
      if (!(low < high)) [low, high] = low === high ? [low / 2, high * 2] : [1, 10]
      const margin = (high / low) ** 0.06
      return new LogarithmicAxis(low / margin, high * margin)
    }
    if (!(low < high)) [low, high] = low === high ? [low - 1, high + 1] : [0, 1]
    const margin = (high - low) * 0.06
    return new NumberAxis(low - margin, high + margin)
  }

  build() {
    const { panel, places } = this
    this.placeText = make('span', { class: 'epoch' })
    this.values = panel.series.map(() => make('b'))
    const reading = make('p', { class: 'reading' }, this.placeText)
    panel.series.forEach((series, index) => {
      const sample = make('i', { 'aria-hidden': 'true' })
      if (series.mark) {
        const svg = svgElement('svg', { viewBox: '-6 -6 12 12' }, sample)
        svgElement('path', { d: marks[series.mark] }, svg)
      }
      reading.append(make('span', { class: series.look }, sample, series.name + ' ', this.values[index]))
    })
    const spans = new Map(panel.spans.map(span => [`${span.look} ${span.name}`, span]))
    for (const span of spans.values()) {
      reading.append(make('span', { class: 'span-key ' + span.look }, make('i', { 'aria-hidden': 'true' }), span.name))
    }
    const name = (panel.title || panel.unit || 'Curves') + (this.xName ? ` by ${this.xName}` : '')
    this.plot = make('div', {
      class: 'plot', role: 'slider', tabindex: '0', 'aria-label': name,
      'aria-valuemin': places[0] ?? 0, 'aria-valuemax': places[places.length - 1] ?? 0,
    })
    const head = panel.title ? [make(this.level, {}, panel.title)] : []
    const unit = [panel.unit, ...(this.isPlain ? [] : [this.xName && `by ${this.xName}`])].filter(Boolean).join(' ')
    this.element = make(
      'figure', { class: 'chart card' },
      make('figcaption', {}, ...head, make('span', { class: 'unit' }, unit), reading), this.plot)
    this.plot.addEventListener('pointermove', event => this.read(event))
    this.plot.addEventListener('pointerdown', event => this.read(event))
    this.plot.addEventListener('pointerleave', () => this.choose(places.length - 1))
    this.plot.addEventListener('keydown', event => this.press(event))
    new ResizeObserver(() => this.draw()).observe(this.plot)
    this.choose(places.length - 1)
  }

  draw() {
    const [width, height] = [this.plot.clientWidth, this.plot.clientHeight]
    if (width === 0) return
    const y = this.makeY()
    const yTicks = y.ticks(4)
    const left = Math.max(46, 14 + 6.2 * Math.max(0, ...yTicks.map(({ text }) => text.length)))
    const [right, top, bottom] = [10, 8, 24]
    this.placeX = place => left + this.x.position(place) * (width - left - right)
    this.placeY = value => height - bottom - y.position(value) * (height - top - bottom)
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    svg.setAttribute('aria-hidden', 'true')
    if (this.places.length === 0) {
      svgElement('text', { x: width / 2, y: height / 2, 'text-anchor': 'middle' }, svg, 'no data')
      this.plot.replaceChildren(svg)
      return
    }
    this.drawSpans(svg, left, width - right, top, height - bottom)
    for (const { value, text } of yTicks) {
      svgElement('line', { class: 'grid', x1: left, x2: width - right, y1: this.placeY(value), y2: this.placeY(value) }, svg)
      svgElement('text', { x: left - 8, y: this.placeY(value) + 4, 'text-anchor': 'end' }, svg, text)
    }
    let end = -Infinity
    for (const { value, text } of this.x.ticks(Math.max(2, Math.min(8, Math.floor((width - left - right) / 75))))) {
      // What would cover the label before, or lie outside, is left out.
      const [middle, half] = [this.placeX(value), 3.1 * text.length]
      if (middle - half < end + 6 || middle + half > width + 4) continue
      end = middle + half
      svgElement('text', { x: middle, y: height - 6, 'text-anchor': 'middle' }, svg, text)
    }
    for (const series of this.series) if (series.low) this.drawBand(svg, series)
    for (const series of this.series) this.drawCurve(svg, series)
    this.cross = svgElement('line', { class: 'cross', y1: top, y2: height - bottom }, svg)
    this.dots = this.series.map(series =>
      svgElement('path', { class: 'dot ' + series.look, d: marks[series.mark || 'circle'] }, svg))
    this.plot.replaceChildren(svg)
    this.show()
  }

  // Shaded parts, as far as the axis has them, with the names that fit.
  drawSpans(svg, left, right, top, bottom) {
    let end = -Infinity
    for (const span of this.panel.spans) {
      if (span.to < this.x.low || span.from > this.x.high) continue
      const from = this.placeX(Math.max(span.from, this.x.low))
      const width = Math.max(this.placeX(Math.min(span.to, this.x.high)) - from, 1.5)
      const area = svgElement('rect', { class: 'span ' + span.look, x: from, y: top, width, height: bottom - top }, svg)
      svgElement('title', {}, area, span.name)
      const [middle, half] = [from + width / 2, 3.1 * span.name.length]
      if (2 * half + 8 > width || middle - half < end + 4) continue
      end = middle + half
      svgElement('text', { class: 'span-name', x: middle, y: top + 13, 'text-anchor': 'middle' }, svg, span.name)
    }
  }

  drawBand(svg, { look, x, isDrawn, low, high }) {
    let [path, piece] = ['', []]
    const close = () => {
      if (piece.length > 1) {
        const upper = piece.map(index => `${this.placeX(x[index]).toFixed(1)} ${this.placeY(high[index]).toFixed(1)}`)
        const lower = piece.reverse().map(index => `${this.placeX(x[index]).toFixed(1)} ${this.placeY(low[index]).toFixed(1)}`)
        path += `M${[...upper, ...lower].join('L')}z`
      }
      piece = []
    }
    isDrawn.forEach((is, index) => is && this.yIsDrawn(low[index]) && this.yIsDrawn(high[index]) ? piece.push(index) : close())
    close()
    svgElement('path', { class: 'band ' + look, d: path }, svg)
  }

  drawCurve(svg, { look, mark, values, isDrawn, x: places }) {
    let path = ''
    const points = []
    values.forEach((value, index) => {
      if (!isDrawn[index]) return
      const [placeX, placeY] = [this.placeX(places[index]).toFixed(1), this.placeY(value).toFixed(1)]
      path += `${index > 0 && isDrawn[index - 1] ? 'L' : 'M'}${placeX} ${placeY}`
      // A point between gaps has no line.
      const isAlone = !isDrawn[index - 1] && !isDrawn[index + 1]
      points.push({ placeX, placeY, isAlone })
    })
    svgElement('path', { class: 'curve ' + look, d: path }, svg)
    const every = !this.isPlain && points.length <= 12 ? 1 : mark ? Math.max(1, Math.floor(points.length / 8)) : Infinity
    points.forEach(({ placeX, placeY, isAlone }, number) => {
      if (!isAlone && (number + 1) % every !== 0) return
      svgElement('path', { class: 'dot ' + look, d: marks[mark || 'circle'], transform: `translate(${placeX} ${placeY})` }, svg)
    })
  }

  // The point of a series that is nearest to a place; -1 where the series does not reach there.
  nearest({ x, isDrawn }, place) {
    let [best, low, high] = [-1, Infinity, -Infinity]
    for (let index = 0; index < x.length; index++) {
      if (!isDrawn[index]) continue
      ;[low, high] = [Math.min(low, x[index]), Math.max(high, x[index])]
      if (best < 0 || Math.abs(x[index] - place) < Math.abs(x[best] - place)) best = index
    }
    return place < low || place > high ? -1 : best
  }

  choose(index) {
    if (this.places.length === 0) return
    this.chosen = Math.max(0, Math.min(this.places.length - 1, index))
    const place = this.places[this.chosen]
    // Of epochs, each series has its own value or none.
    this.points = this.series.map(series =>
      this.isPlain ? series.isDrawn[this.chosen] ? this.chosen : -1 : this.nearest(series, place))
    const values = this.series.map((series, number) => {
      const point = this.points[number]
      if (point < 0) return '–'
      const band = series.low && this.yIsDrawn(series.low[point]) ? ` (${measure(series.low[point])} to ${measure(series.high[point])})` : ''
      return measure(series.values[point]) + band
    })
    const text = [this.xName, this.x.text(place)].filter(Boolean).join(' ')
    const spans = this.panel.spans.filter(({ from, to }) => from <= place && place <= to).map(({ name }) => name)
    this.placeText.textContent = [text, ...new Set(spans)].join(', ')
    values.forEach((text, index) => { this.values[index].textContent = text })
    this.plot.setAttribute('aria-valuenow', place)
    this.plot.setAttribute(
      'aria-valuetext',
      `${this.placeText.textContent}: ` + this.series.map((series, index) => `${series.name} ${values[index]}`).join(', '))
    this.show()
  }

  show() {
    if (!this.cross || this.places.length === 0) return
    const x = this.placeX(this.places[this.chosen])
    this.cross.setAttribute('x1', x)
    this.cross.setAttribute('x2', x)
    this.dots.forEach((dot, number) => {
      const [point, { x: places, values }] = [this.points[number], this.series[number]]
      dot.setAttribute('visibility', point >= 0 ? 'visible' : 'hidden')
      if (point >= 0) dot.setAttribute('transform', `translate(${this.placeX(places[point])} ${this.placeY(values[point])})`)
    })
  }

  read(event) {
    if (!this.placeX) return
    const x = event.clientX - this.plot.getBoundingClientRect().left
    let best = 0
    this.places.forEach((place, index) => {
      if (Math.abs(this.placeX(place) - x) < Math.abs(this.placeX(this.places[best]) - x)) best = index
    })
    this.choose(best)
  }

  press(event) {
    const page = Math.max(10, Math.round(this.places.length / 20))
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -page, PageUp: page, Home: -1e9, End: 1e9 }
    if (!(event.key in steps)) return
    event.preventDefault()
    this.choose(this.chosen + steps[event.key])
  }
}

// data: panels, and epochs for series without places of their own
function showCurves(place, data, level = 'h3') {
  place.replaceChildren(...data.panels.map(panel => new Chart(panel, data.epochs, level).element))
}
