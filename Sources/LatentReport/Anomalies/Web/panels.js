// Draws panels below each other on one axis of time: features with what was expected of them, and the scores.

// Colours of the page's style, until the light changes.
const colors = {
  of(name) { return this.known[name] ??= getComputedStyle(document.documentElement).getPropertyValue(name).trim() },
  known: {},
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { colors.known = {} })

const [plotLeft, plotRight, headHeight, footHeight, scoreHeight] = [58, 12, 22, 24, 150]

// A tick's number, in little room.
function tickText({ value, text }) {
  const size = Math.abs(value)
  return size >= 1e6 || (size > 0 && size < 1e-4) ? value.toExponential(2).replace(/\.?0+e/, 'e') : text
}

// How scores become heights: as they are, or by their logarithm beyond the middle of them.
class ScoreScale {
  constructor(sorted) {
    this.unit = Math.abs(sorted[sorted.length >> 1] ?? 1) || 1
    this.isLogarithmic = false
  }

  to(score) { return this.isLogarithmic ? Math.sign(score) * Math.log1p(Math.abs(score) / this.unit) : score }

  from(height) { return this.isLogarithmic ? Math.sign(height) * Math.expm1(Math.abs(height)) * this.unit : height }

  // Ticks between two heights, so many at the most.
  ticks(low, high, most) {
    if (!this.isLogarithmic) return ticks(low, high, most)
    const result = []
    for (let power = -12; power <= 15; power++) {
      for (const factor of [-5, -2, -1, 1, 2, 5]) {
        const value = factor * 10 ** power
        const height = this.to(value)
        if (Math.abs(value) >= this.unit / 3 && height >= low && height <= high) {
          result.push({ value: height, text: tickText({ value, text: `${Number(value.toPrecision(1))}` }) })
        }
      }
    }
    if (low <= 0 && high >= 0) result.push({ value: 0, text: '0' })
    // Those that have room.
    const kept = []
    for (const tick of result.sort((a, b) => a.value - b.value)) {
      if (kept.length === 0 || tick.value - kept[kept.length - 1].value >= (high - low) / (most + 1)) kept.push(tick)
    }
    return kept
  }
}

class Panels {
  // canvas; source: scores, features, axis; state: view, chosen features, threshold, events, what is selected and pointed at
  constructor(canvas, source, state) { Object.assign(this, { canvas, source, state }) }

  get plotWidth() { return this.width - plotLeft - plotRight }

  x(place) { return plotLeft + (place - this.state.from) / (this.state.to - this.state.from) * this.plotWidth }

  place(x) { return this.state.from + (x - plotLeft) / this.plotWidth * (this.state.to - this.state.from) }

  draw() {
    const { canvas, state } = this
    const count = state.chosen.length
    const featureHeight = [0, 200, 150, 120, 100, 88][count] ?? 76
    this.width = canvas.parentElement.clientWidth - 40
    if (this.width <= plotLeft + plotRight) return
    this.height = count * (headHeight + featureHeight) + headHeight + scoreHeight + footHeight
    const ratio = devicePixelRatio || 1
    const size = [Math.round(this.width * ratio), Math.round(this.height * ratio)]
    if (canvas.width !== size[0] || canvas.height !== size[1]) {
      [canvas.width, canvas.height] = size
      canvas.style.height = `${this.height}px`
    }
    const context = this.context = canvas.getContext('2d')
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, this.width, this.height)
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`
    context.lineJoin = 'round'
    this.pixels = this.plotWidth * ratio
    const { axis } = this.source
    this.bins = [Math.max(0, axis.bin(state.from) - 1), Math.min(axis.count, axis.bin(state.to) + 2)]
    this.bottom = this.height - footHeight
    let top = headHeight
    for (const number of state.chosen) {
      this.feature(this.source.feature(number), top, featureHeight)
      top += featureHeight + headHeight
    }
    this.score(top)
    this.axis()
    this.cross()
  }

  // Which bins of some levels are drawn, and where.
  part(levels, size) {
    const [from, to] = [Math.floor(this.bins[0] / size), Math.ceil(this.bins[1] / size)]
    const level = Math.min(Levels.of(to - from, this.pixels), levels.low.length - 1)
    const width = size * 2 ** level
    const { axis } = this.source
    return {
      level, from: from >> level, to: Math.min(((to - 1) >> level) + 1, levels.low[level].length), gap: 5 * width * axis.step,
      place: bin => axis.at(Math.min(axis.count - 1, bin * width + (width >> 1))),
    }
  }

  feature(feature, top, height) {
    const { context } = this
    const { value, expected, band, size } = feature
    const part = this.part(value, size)
    const ends = [Infinity, -Infinity]
    for (const levels of [value, expected, band]) levels.reach(part.level, part.from, part.to, ends)
    const y = this.scale(ends, top, height)
    this.frame(top, height, ticks(ends[0], ends[1], height / 26).map(tick => ({ ...tick, text: tickText(tick) })), y)
    this.clipped(top, height, () => {
      context.fillStyle = context.strokeStyle = colors.of('--accent')
      context.globalAlpha = 0.22
      this.fill(band, part, y)
      context.globalAlpha = 1
      context.lineWidth = 1.4
      context.stroke(this.line(expected, part, y))
      context.strokeStyle = colors.of('--text')
      context.lineWidth = 1.2
      // Where many rows share a pixel, what is expected of them shines through.
      if (part.level > 0 || size > 1) context.globalAlpha = 0.72
      context.stroke(this.line(value, part, y))
      context.globalAlpha = 1
    })
    const bin = this.pointed === null ? null : Math.floor(this.pointed / size)
    const text = (levels, bin) => rangeText(levels.low[0][bin], levels.high[0][bin])
    this.head(feature.name, top, bin === null ? [] : [
      [text(value, bin), '--text'], [`expected ${text(expected, bin)}`, '--accent'],
      [`${measure(band.low[0][bin])} to ${measure(band.high[0][bin])}`, '--soft'],
    ])
  }

  score(top) {
    const { context, source, state } = this
    const { scale, scoreLevels } = source
    const part = this.part(scoreLevels, 1)
    const ends = scoreLevels.reach(part.level, part.from, part.to, [Infinity, -Infinity])
    const limits = Number.isFinite(state.threshold) ? [...ends, state.threshold] : ends
    const reach = [Math.min(...limits), Math.max(...limits)].map(score => scale.to(score))
    const height = this.scale(reach, top, scoreHeight)
    const y = score => height(scale.to(score))
    this.scoreTop = top
    // From a height of the canvas to the score there.
    this.scoreAt = at => scale.from(reach[0] + (top + scoreHeight - at) / scoreHeight * (reach[1] - reach[0]))
    this.frame(top, scoreHeight, scale.ticks(reach[0], reach[1], 6), height)
    const line = this.line(scoreLevels, part, y)
    const limit = this.thresholdY = y(state.threshold)
    context.lineWidth = 1.2
    this.clipped(top, scoreHeight, () => {
      context.strokeStyle = colors.of('--soft')
      context.stroke(line)
    })
    this.clipped(top, Math.max(0, limit - top), () => {
      context.strokeStyle = colors.of('--bad')
      context.lineWidth = 1.6
      context.stroke(line)
    })
    context.strokeStyle = context.fillStyle = colors.of('--bad')
    context.setLineDash([6, 4])
    context.beginPath()
    context.moveTo(plotLeft, limit)
    context.lineTo(this.width - plotRight, limit)
    context.stroke()
    context.setLineDash([])
    context.beginPath()
    context.arc(this.width - plotRight, limit, 5, 0, 2 * Math.PI)
    context.fill()
    this.head('score', top, this.pointed === null ? [] : [[measure(source.scores[this.pointed]), '--text']])
  }

  // Heights of the canvas for values between two, which become a little further apart.
  scale(ends, top, height) {
    if (!(ends[0] <= ends[1])) [ends[0], ends[1]] = [0, 1]
    const margin = (ends[1] - ends[0]) * 0.06 || Math.abs(ends[0]) * 0.1 || 1
    ends[0] -= margin
    ends[1] += margin
    return value => top + (ends[1] - value) / (ends[1] - ends[0]) * height
  }

  // Alarms, what is labelled, and the grid.
  frame(top, height, marks, y) {
    const { context, state, source } = this
    const right = this.width - plotRight
    context.textAlign = 'right'
    context.lineWidth = 1
    for (const { value, text } of marks) {
      context.strokeStyle = colors.of('--line')
      context.beginPath()
      context.moveTo(plotLeft, Math.round(y(value)) + 0.5)
      context.lineTo(right, Math.round(y(value)) + 0.5)
      context.stroke()
      context.fillStyle = colors.of('--soft')
      context.fillText(text, plotLeft - 7, y(value) + 4)
    }
    context.fillStyle = colors.of('--bad')
    this.stretches(state.events, top, height, 0.16)
    if (state.selected) this.stretches([state.selected], top, height, 0.12)
    context.fillStyle = colors.of('--good')
    this.stretches(source.labelled, top + height - 5, 5, 0.9)
    context.strokeStyle = colors.of('--line')
    context.strokeRect(plotLeft + 0.5, top + 0.5, right - plotLeft - 1, height - 1)
  }

  // Stretches of bins, those that would cover the same pixels once.
  stretches(list, top, height, alpha) {
    const { context, source: { axis }, width } = this
    const last = this.bins[1]
    context.globalAlpha = alpha
    let end = -1
    for (let index = firstEnding(list, this.bins[0]); index < list.length && list[index].from < last; index++) {
      const { from, to } = list[index]
      let [left, right] = [this.x(axis.at(from)), this.x(axis.at(to - 1))]
      const half = to - from > 1 ? 0.5 : 1
      left = Math.max(Math.floor(left - half), plotLeft, end)
      right = Math.min(Math.ceil(right + half), width - plotRight)
      if (right > left) context.fillRect(left, top, right - left, height)
      end = Math.max(end, right)
    }
    context.globalAlpha = 1
  }

  clipped(top, height, body) {
    const { context } = this
    context.save()
    context.beginPath()
    context.rect(plotLeft, top, this.plotWidth, height)
    context.clip()
    body()
    context.restore()
  }

  // From the least to the greatest of each bin, and on to the next.
  line(levels, { level, from, to, gap, place }, y) {
    const [lows, highs, path] = [levels.low[level], levels.high[level], new Path2D()]
    let [isDown, before, height] = [false, 0, 0]
    for (let bin = from; bin < to; bin++) {
      if (!(lows[bin] <= highs[bin])) { isDown = false; continue }
      const at = place(bin)
      const [x, low, high] = [this.x(at), y(lows[bin]), y(highs[bin])]
      if (!isDown || at - before > gap) {
        path.moveTo(x - 0.5, low)
        height = low
      }
      const isLowFirst = Math.abs(low - height) <= Math.abs(high - height)
      path.lineTo(x, isLowFirst ? low : high)
      if (low !== high) path.lineTo(x, isLowFirst ? high : low)
      height = isLowFirst ? high : low
      ;[isDown, before] = [true, at]
    }
    return path
  }

  // Between the least and the greatest.
  fill(levels, { level, from, to, gap, place }, y) {
    const [lows, highs, { context }] = [levels.low[level], levels.high[level], this]
    let [upper, lower, before] = [[], [], 0]
    const finish = () => {
      if (upper.length === 0) return
      context.beginPath()
      for (const [x, y] of upper) context.lineTo(x, y)
      while (lower.length > 0) context.lineTo(...lower.pop())
      context.fill()
      upper = []
    }
    for (let bin = from; bin < to; bin++) {
      if (!(lows[bin] <= highs[bin])) { finish(); continue }
      const at = place(bin)
      if (at - before > gap) finish()
      const x = this.x(at)
      if (upper.length === 0) {
        upper.push([x - 0.5, y(highs[bin])])
        lower.push([x - 0.5, y(lows[bin])])
      }
      upper.push([x, y(highs[bin])])
      lower.push([x, y(lows[bin])])
      before = at
    }
    finish()
  }

  // A panel's name, and what is at the pointer.
  head(name, top, reading) {
    const { context } = this
    const font = context.font
    context.textAlign = 'left'
    context.fillStyle = colors.of('--text')
    context.font = `600 12px ${font.slice(font.indexOf(' ') + 1)}`
    context.fillText(shortened(context, name, this.plotWidth * 0.45), plotLeft, top - 7)
    const used = context.measureText(shortened(context, name, this.plotWidth * 0.45)).width
    context.font = font
    context.textAlign = 'right'
    let right = this.width - plotRight
    for (const [text, color] of reading.reverse()) {
      const width = context.measureText(text).width
      // In little room, what comes last is left out.
      if (right - width < plotLeft + used + 10) continue
      context.fillStyle = colors.of(color)
      context.fillText(text, right, top - 7)
      right -= width + 14
    }
  }

  axis() {
    const { context, state, source: { axis } } = this
    context.textAlign = 'center'
    for (const { value, text } of axis.ticks(state.from, state.to, this.plotWidth / 92)) {
      const x = Math.round(this.x(value)) + 0.5
      context.strokeStyle = colors.of('--soft')
      context.beginPath()
      context.moveTo(x, this.bottom)
      context.lineTo(x, this.bottom + 4)
      context.stroke()
      const half = context.measureText(text).width / 2
      context.fillStyle = colors.of('--soft')
      context.fillText(text, Math.max(half, Math.min(x, this.width - half)), this.bottom + 17)
    }
  }

  cross() {
    const { context, state: { mark } } = this
    if (mark) {
      context.globalAlpha = 0.18
      context.fillStyle = colors.of('--accent')
      context.fillRect(Math.min(...mark), headHeight, Math.abs(mark[1] - mark[0]), this.bottom - headHeight)
      context.globalAlpha = 1
    }
    if (this.pointed === null) return
    const place = this.source.axis.at(this.pointed)
    const x = this.x(place)
    context.strokeStyle = colors.of('--soft')
    context.setLineDash([2, 3])
    context.beginPath()
    context.moveTo(x, headHeight)
    context.lineTo(x, this.bottom)
    context.stroke()
    context.setLineDash([])
    // Its time, in place of the ticks there.
    const text = this.source.axis.text(place)
    const half = context.measureText(text).width / 2 + 6
    const middle = Math.max(half, Math.min(x, this.width - half))
    context.fillStyle = colors.of('--fill')
    context.fillRect(middle - half, this.bottom + 3, 2 * half, footHeight - 4)
    context.fillStyle = colors.of('--text')
    context.textAlign = 'center'
    context.fillText(text, middle, this.bottom + 17)
  }

  // The bin at the pointer; null without one.
  get pointed() {
    const { pointer, from, to } = this.state
    if (pointer === null) return null
    return this.source.axis.nearest(Math.max(from, Math.min(to, this.place(pointer))))
  }
}

// The first of ascending stretches that ends behind a bin.
function firstEnding(list, bin) {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    list[middle].to <= bin ? low = middle + 1 : high = middle
  }
  return low
}

const rangeText = (low, high) => low === high || low !== low ? measure(low) : `${measure(low)} to ${measure(high)}`

// As much of a text as there is room for.
function shortened(context, text, width) {
  if (context.measureText(text).width <= width) return text
  while (text && context.measureText(`${text}…`).width > width) text = text.slice(0, -1)
  return `${text}…`
}
