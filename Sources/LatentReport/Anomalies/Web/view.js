// Which part of the series is shown: moved and zoomed by wheel, pointer, touch and keys, and seen in a strip of the whole.

class View {
  // panels; overview: a canvas; page: what is told of a threshold that was dragged, and of a step to another alarm
  constructor(panels, overview, page) {
    Object.assign(this, { panels, overview, page, state: panels.state, axis: panels.source.axis })
    this.pointers = new Map()
    this.milliseconds = []
    this.reset()
    this.listen(panels.canvas)
    this.listenToOverview()
    new ResizeObserver(() => this.change()).observe(panels.canvas.parentElement)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.change())
  }

  // Draws before the next frame, once for all that has changed.
  change() {
    if (this.isWaiting) return
    this.isWaiting = true
    requestAnimationFrame(() => {
      this.isWaiting = false
      this.draw()
    })
  }

  draw() {
    const start = performance.now()
    this.panels.draw()
    this.drawOverview()
    this.milliseconds.push(performance.now() - start)
    if (this.milliseconds.length > 200) this.milliseconds.shift()
    const { axis, state, page } = this
    const bins = [axis.bin(state.from), axis.bin(state.to)]
    page.shows(bins[0] < 0 ? 0 : bins[0], bins[1])
  }

  get isWhole() { return this.state.from <= this.axis.start && this.state.to >= this.axis.end }

  // Shows from one place to another, as far as there are rows and no fewer than some.
  show(from, to) {
    const { axis, state } = this
    const whole = axis.end - axis.start
    const span = Math.min(Math.max(to - from, Math.min(8 * axis.step, whole)), whole)
    const middle = (from + to) / 2
    state.from = Math.max(axis.start, Math.min(middle - span / 2, axis.end - span))
    state.to = state.from + span
    this.page.said = ''
    this.change()
  }

  reset() { this.show(this.axis.start, this.axis.end) }

  // By a factor, around a place that stays where it is.
  zoom(factor, place = (this.state.from + this.state.to) / 2) {
    const { from, to } = this.state
    this.show(place - (place - from) * factor, place + (to - place) * factor)
  }

  // By a part of what is shown.
  move(part) {
    const span = this.state.to - this.state.from
    const { axis } = this
    const by = Math.max(axis.start - this.state.from, Math.min(axis.end - this.state.to, part * span))
    this.show(this.state.from + by, this.state.to + by)
  }

  // An alarm in the middle, with as much on both sides as shows what is usual.
  showEvent({ from, to }) {
    const { axis } = this
    const [start, end] = [axis.at(from), axis.at(to - 1)]
    const margin = Math.max(1.5 * (end - start), 40 * axis.step)
    this.show(start - margin, end + margin)
  }

  listen(canvas) {
    canvas.addEventListener('wheel', event => this.wheel(event), { passive: false })
    // A page that is being scrolled goes on when the chart comes below the pointer.
    addEventListener('wheel', event => { if (event.target !== canvas) this.scrolled = event.timeStamp }, { passive: true })
    canvas.addEventListener('pointerdown', event => this.down(event))
    canvas.addEventListener('pointermove', event => this.moved(event))
    canvas.addEventListener('pointerup', event => this.up(event))
    canvas.addEventListener('pointercancel', event => this.up(event))
    canvas.addEventListener('pointerleave', () => { if (!this.drag) this.point(null) })
    canvas.addEventListener('dblclick', () => this.reset())
    canvas.addEventListener('keydown', event => this.press(event))
  }

  inCanvas(event) {
    const box = this.panels.canvas.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }

  wheel(event) {
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    if (event.timeStamp - (this.scrolled ?? -1e9) < 400) {
      this.scrolled = event.timeStamp
      return
    }
    // Where nothing is left to zoom out of, the page scrolls.
    if (this.isWhole && (isSideways || event.deltaY > 0) && !event.ctrlKey) return
    event.preventDefault()
    const unit = event.deltaMode === 1 ? 16 : 1
    if (isSideways) return this.move(sideways * unit / this.panels.plotWidth)
    const factor = Math.exp(Math.max(-120, Math.min(120, event.deltaY * unit)) * (event.ctrlKey ? 0.01 : 0.0025))
    this.zoom(factor, this.panels.place(this.inCanvas(event)[0]))
  }

  down(event) {
    if (event.button !== 0) return
    const [x, y] = this.inCanvas(event)
    this.pointers.set(event.pointerId, x)
    this.panels.canvas.setPointerCapture(event.pointerId)
    const { panels, state } = this
    const isThreshold = Math.abs(y - panels.thresholdY) < (event.pointerType === 'touch' ? 14 : 6) && x >= plotLeft
    const kind = this.pointers.size > 1 ? 'pinch' : isThreshold ? 'threshold' : this.isWhole || event.shiftKey ? 'mark' : 'move'
    this.drag = { kind, x, y, from: state.from, to: state.to, start: panels.place(x) }
  }

  moved(event) {
    const [x, y] = this.inCanvas(event)
    const { panels, drag } = this
    if (!drag) {
      const isThreshold = Math.abs(y - panels.thresholdY) < 6 && x >= plotLeft
      panels.canvas.style.cursor = isThreshold ? 'ns-resize' : this.isWhole ? 'crosshair' : 'grab'
      return this.point(x >= plotLeft && x <= panels.width - plotRight ? x : null)
    }
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId)
    if (drag.kind === 'pinch' && others.length > 0) {
      const [before, other] = [this.pointers.get(event.pointerId), others[0][1]]
      const factor = Math.abs(before - other) / Math.max(8, Math.abs(x - other))
      if (Number.isFinite(factor) && factor > 0) this.zoom(factor, panels.place(other))
    }
    this.pointers.set(event.pointerId, x)
    if (drag.kind === 'threshold') this.page.setThreshold(panels.scoreAt(y))
    if (drag.kind === 'move') {
      const by = (drag.x - x) / panels.plotWidth * (drag.to - drag.from)
      const bounded = Math.max(this.axis.start - drag.from, Math.min(this.axis.end - drag.to, by))
      this.show(drag.from + bounded, drag.to + bounded)
    }
    if (drag.kind === 'mark') {
      this.state.mark = [drag.x, x]
      this.change()
    }
  }

  up(event) {
    this.pointers.delete(event.pointerId)
    const { drag, state, panels } = this
    const [x, y] = this.inCanvas(event)
    this.drag = null
    state.mark = null
    if (!drag || event.type === 'pointercancel') return this.change()
    if (drag.kind === 'mark' && Math.abs(x - drag.x) > 4) {
      const ends = [drag.start, panels.place(x)].sort((a, b) => a - b)
      return this.show(...ends)
    }
    // A press on an alarm chooses it.
    const isPress = Math.abs(x - drag.x) <= 4 && Math.abs(y - drag.y) <= 4 && (drag.kind === 'move' || drag.kind === 'mark')
    if (isPress) this.page.chooseAt(panels.place(x), 4 / panels.plotWidth * (state.to - state.from))
    this.change()
  }

  point(x) {
    if (this.state.pointer === x) return
    this.state.pointer = x
    this.change()
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const far = event.shiftKey ? 0.9 : 0.15
    const actions = {
      ArrowLeft: () => this.move(-far), ArrowRight: () => this.move(far), PageUp: () => this.move(-0.9), PageDown: () => this.move(0.9),
      Home: () => this.move(-1e9), End: () => this.move(1e9), '+': () => this.zoom(0.6), '=': () => this.zoom(0.6),
      '-': () => this.zoom(1 / 0.6), _: () => this.zoom(1 / 0.6), 0: () => this.reset(), n: () => this.page.step(1),
      p: () => this.page.step(-1), Escape: () => this.page.choose(null),
    }
    const action = actions[event.key] ?? actions[event.key.toLowerCase()]
    if (!action) return
    event.preventDefault()
    action()
  }

  // All scores, alarms below them, and the part that is shown.
  drawOverview() {
    const { overview, panels, state, axis } = this
    const { source, width } = panels
    const height = 46
    if (!(width > plotLeft + plotRight)) return
    const ratio = devicePixelRatio || 1
    overview.width = Math.round(width * ratio)
    overview.height = Math.round(height * ratio)
    overview.style.height = `${height}px`
    const context = overview.getContext('2d')
    context.scale(ratio, ratio)
    const across = panels.plotWidth
    const x = place => plotLeft + (place - axis.start) / (axis.end - axis.start) * across
    context.fillStyle = colors.of('--fill')
    context.fillRect(plotLeft, 0, across, height)
    const levels = source.scoreLevels
    const level = Math.min(Levels.of(axis.count, across), levels.low.length - 1)
    const ends = levels.reach(level, 0, levels.low[level].length, [Infinity, -Infinity]).map(score => source.scale.to(score))
    context.fillStyle = colors.of('--soft')
    const bar = Math.max(1, across / levels.low[level].length)
    for (let bin = 0; bin < levels.low[level].length; bin++) {
      const top = (source.scale.to(levels.high[level][bin]) - ends[0]) / (ends[1] - ends[0] || 1) * (height - 14)
      if (top >= 0) context.fillRect(x(axis.at(bin * 2 ** level)), height - 8 - top, bar, top + 1)
    }
    const marks = (list, color, top) => {
      context.fillStyle = colors.of(color)
      let end = -1
      for (const { from, to } of list) {
        const left = Math.max(end, Math.floor(x(axis.at(from))))
        const right = Math.max(left + 2, Math.ceil(x(axis.at(to - 1))))
        if (right > end) context.fillRect(left, top, right - left, 5)
        end = right
      }
    }
    marks(state.events, '--bad', height - 6)
    marks(source.labelled, '--good', 1)
    const [left, right] = [x(state.from), x(state.to)]
    context.globalAlpha = 0.6
    context.fillStyle = colors.of('--page')
    context.fillRect(plotLeft, 0, left - plotLeft, height)
    context.fillRect(right, 0, plotLeft + across - right, height)
    context.globalAlpha = 1
    context.strokeStyle = colors.of('--accent')
    context.lineWidth = 1.5
    context.strokeRect(Math.max(left, plotLeft) + 0.5, 0.75, Math.max(right - left - 1, 3), height - 1.5)
  }

  // A press in the strip brings its place to the middle, and a drag moves it.
  listenToOverview() {
    const { overview } = this
    const go = event => {
      const { state, axis, panels } = this
      const x = event.clientX - overview.getBoundingClientRect().left
      const place = axis.start + (x - plotLeft) / panels.plotWidth * (axis.end - axis.start)
      const half = (this.isWhole ? 0.1 * (axis.end - axis.start) : state.to - state.from) / 2
      const middle = Math.max(axis.start + half, Math.min(axis.end - half, place))
      this.show(middle - half, middle + half)
    }
    overview.addEventListener('pointerdown', event => {
      overview.setPointerCapture(event.pointerId)
      go(event)
    })
    overview.addEventListener('pointermove', event => { if (event.buttons === 1) go(event) })
  }
}
