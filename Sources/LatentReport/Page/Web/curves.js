// The losses over the epochs: a chart for each, whose values are read by pointer, touch or arrow keys.

const SVG = 'http://www.w3.org/2000/svg'

function svgElement(name, attributes, parent, text) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  if (text !== undefined) element.textContent = text
  parent.append(element)
  return element
}

class Chart {
  // panel: a title, a unit and series, each with a name, a look and a value for each epoch
  constructor(panel, epochs) {
    Object.assign(this, { panel, epochs, chosen: epochs.length - 1 })
    this.epochText = make('span', { class: 'epoch' })
    this.values = panel.series.map(() => make('b'))
    const reading = make('p', { class: 'reading' }, this.epochText)
    panel.series.forEach((series, index) => {
      reading.append(make('span', { class: series.look }, make('i', { 'aria-hidden': 'true' }), series.name + ' ', this.values[index]))
    })
    this.plot = make('div', {
      class: 'plot', role: 'slider', tabindex: '0', 'aria-label': `${panel.title} by epoch`,
      'aria-valuemin': epochs[0], 'aria-valuemax': epochs[epochs.length - 1],
    })
    this.element = make(
      'figure', { class: 'chart card' },
      make('figcaption', {}, make('h3', {}, panel.title), make('span', { class: 'unit' }, panel.unit), reading), this.plot)
    this.plot.addEventListener('pointermove', event => this.read(event))
    this.plot.addEventListener('pointerdown', event => this.read(event))
    this.plot.addEventListener('pointerleave', () => this.choose(epochs.length - 1))
    this.plot.addEventListener('keydown', event => this.press(event))
    new ResizeObserver(() => this.draw()).observe(this.plot)
    this.choose(this.chosen)
  }

  draw() {
    const [width, height] = [this.plot.clientWidth, this.plot.clientHeight]
    if (width === 0) return
    const all = this.panel.series.flatMap(series => series.values).filter(Number.isFinite)
    let [low, high] = [Math.min(...all), Math.max(...all)]
    if (!(low < high)) [low, high] = all.length ? [low - 1, high + 1] : [0, 1]
    const margin = (high - low) * 0.06
    ;[low, high] = [low - margin, high + margin]
    const [left, right, top, bottom] = [46, 10, 8, 24]
    const [first, last] = [this.epochs[0], this.epochs[this.epochs.length - 1]]
    this.x = epoch => left + (first === last ? 0.5 : (epoch - first) / (last - first)) * (width - left - right)
    this.y = value => top + (high - value) / (high - low) * (height - top - bottom)
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    svg.setAttribute('aria-hidden', 'true')
    for (const { value, text } of ticks(low, high, 4)) {
      svgElement('line', { class: 'grid', x1: left, x2: width - right, y1: this.y(value), y2: this.y(value) }, svg)
      svgElement('text', { x: left - 8, y: this.y(value) + 4, 'text-anchor': 'end' }, svg, text)
    }
    for (const { value, text } of ticks(first, last, Math.min(6, last - first))) {
      if (!Number.isInteger(value)) continue
      svgElement('text', { x: this.x(value), y: height - 6, 'text-anchor': 'middle' }, svg, text)
    }
    for (const series of this.panel.series) {
      let path = ''
      series.values.forEach((value, index) => {
        if (!Number.isFinite(value)) return
        const joins = index > 0 && Number.isFinite(series.values[index - 1])
        path += `${joins ? 'L' : 'M'}${this.x(this.epochs[index]).toFixed(1)} ${this.y(value).toFixed(1)}`
      })
      svgElement('path', { class: 'curve ' + series.look, d: path }, svg)
    }
    this.cross = svgElement('line', { class: 'cross', y1: top, y2: height - bottom }, svg)
    this.dots = this.panel.series.map(series => svgElement('circle', { class: 'dot ' + series.look, r: 4 }, svg))
    this.plot.replaceChildren(svg)
    this.show()
  }

  choose(index) {
    this.chosen = Math.max(0, Math.min(this.epochs.length - 1, index))
    const values = this.panel.series.map(series => measure(series.values[this.chosen] ?? NaN))
    this.epochText.textContent = `epoch ${this.epochs[this.chosen]}`
    values.forEach((text, index) => { this.values[index].textContent = text })
    this.plot.setAttribute('aria-valuenow', this.epochs[this.chosen])
    this.plot.setAttribute(
      'aria-valuetext',
      `epoch ${this.epochs[this.chosen]}: ` + this.panel.series.map((series, index) => `${series.name} ${values[index]}`).join(', '))
    this.show()
  }

  show() {
    if (!this.cross) return
    const x = this.x(this.epochs[this.chosen])
    this.cross.setAttribute('x1', x)
    this.cross.setAttribute('x2', x)
    this.dots.forEach((dot, index) => {
      const value = this.panel.series[index].values[this.chosen]
      dot.setAttribute('visibility', Number.isFinite(value) ? 'visible' : 'hidden')
      dot.setAttribute('cx', x)
      if (Number.isFinite(value)) dot.setAttribute('cy', this.y(value))
    })
  }

  read(event) {
    const x = event.clientX - this.plot.getBoundingClientRect().left
    let best = 0
    this.epochs.forEach((epoch, index) => {
      if (Math.abs(this.x(epoch) - x) < Math.abs(this.x(this.epochs[best]) - x)) best = index
    })
    this.choose(best)
  }

  press(event) {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -1e9, End: 1e9 }
    if (!(event.key in steps)) return
    event.preventDefault()
    this.choose(this.chosen + steps[event.key])
  }
}

function showCurves(place, data) {
  place.replaceChildren(...data.panels.map(panel => new Chart(panel, data.epochs).element))
}
