// The page of a scored series: a threshold that is moved, and what alarms there are then.

const data = read('scored-data')

// What is drawn. Scores are doubles, so that alarms are those that Swift finds.
class Source {
  constructor() {
    this.scores = numbers('scores', Float64Array)
    this.axis = new Axis(data, numbers('times', Float64Array), this.scores.length)
    this.thresholds = new ThresholdScale(this.scores)
    this.scale = new ScoreScale(this.thresholds.sorted)
    // What is infinite is drawn as the highest that is not.
    const [highest] = this.thresholds.sorted
    const drawn = this.scores.some(score => Math.abs(score) === Infinity)
      ? this.scores.map(score => score === Infinity ? highest ?? NaN : score === -Infinity ? NaN : score) : this.scores
    this.scoreLevels = new Levels(drawn)
    this.labelled = []
    for (let index = 0; index < (data.labelled ?? []).length; index += 2) {
      this.labelled.push({ from: data.labelled[index], to: data.labelled[index + 1] })
    }
    this.features = data.features.map(name => ({ name, size: data.featureSize / data.scoreSize }))
    this.shares = this.features.map((_, feature) => numbers(`share-${feature}`, Float32Array))
  }

  // Events that were found before the page was made, in bins.
  found() {
    const { scoreSize: size, events } = data
    const found = []
    for (let index = 0; index < events.length; index += 3) {
      const [from, to, peak] = [Math.floor(events[index] / size), Math.ceil(events[index + 1] / size), Math.floor(events[index + 2] / size)]
      found.push({ from, to, peak, score: this.scores[peak], rows: events[index + 1] - events[index] })
    }
    return found
  }

  // A feature's numbers, from when it is first drawn.
  feature(number) {
    const feature = this.features[number]
    if (!feature.value) {
      const part = name => numbers(`${name}-${number}`, Float32Array) ?? undefined
      feature.value = new Levels(part('valueLow'), part('valueHigh'))
      feature.expected = new Levels(part('expectedLow'), part('expectedHigh'))
      feature.band = new Levels(part('low'), part('high'))
    }
    return feature
  }

  // Each feature's part of the scores of some events.
  parts(events) {
    const { size } = this.features[0]
    return partsOf(this.shares, events.map(({ from, to }) => [Math.floor(from / size), Math.ceil(to / size)]))
  }
}

const [mostFeatures, firstFeatures, rowsAtOnce] = [8, 3, 60]
const count = number => number.toLocaleString('en')
const percent = part => part > 0 && part < 0.0005 ? '<0.1%' : `${(100 * part).toFixed(part < 0.0995 ? 1 : 0)}%`
const plural = (number, one) => `${count(number)} ${one}${number === 1 ? '' : 's'}`

class ScoredPage {
  constructor() {
    this.source = new Source()
    const { source } = this
    this.state = {
      from: 0, to: 1, chosen: [], threshold: data.threshold ?? Infinity, minLength: data.minLength, cooldown: data.cooldown, events: [],
      selected: null, pointer: null, mark: null,
    }
    this.rowsShown = rowsAtOnce
    this.panels = new Panels(byId('chart'), source, this.state)
    this.recount()
    this.state.chosen = this.order().slice(0, firstFeatures).sort((a, b) => a - b)
    const sorted = source.thresholds.sorted
    // Where the highest score would press the threshold to the floor.
    source.scale.isLogarithmic = byId('log').checked = sorted[0] > 40 * Math.max(Math.abs(this.state.threshold), source.scale.unit)
    byId('scored').hidden = false
    this.view = new View(this.panels, byId('overview'), this)
    // For whoever looks at the page from outside.
    byId('chart').page = this
    this.listen()
    this.showThreshold()
    this.showRule()
    this.showLegend()
    this.showFeatures()
  }

  listen() {
    byId('threshold').addEventListener('input', () => this.setThreshold(this.source.thresholds.threshold(byId('threshold').value / 1000), byId('threshold')))
    byId('threshold-number').addEventListener('change', () => this.setThreshold(Number(byId('threshold-number').value)))
    byId('reset-threshold').addEventListener('click', () => {
      Object.assign(this.state, { minLength: data.minLength, cooldown: data.cooldown })
      this.showRule()
      this.setThreshold(data.threshold ?? Infinity)
    })
    for (const [id, name] of [['min-length', 'minLength'], ['cooldown', 'cooldown']]) {
      byId(id).addEventListener('change', () => {
        this.state[name] = Math.max(1, Math.round(Number(byId(id).value)) || 1)
        this.showRule()
        this.recountSoon()
      })
    }
    byId('log').addEventListener('change', () => {
      this.source.scale.isLogarithmic = byId('log').checked
      this.view.change()
    })
    const presses = {
      'zoom-in': () => this.view.zoom(0.6), 'zoom-out': () => this.view.zoom(1 / 0.6), 'zoom-reset': () => this.view.reset(),
      'next-alarm': () => this.step(1), 'previous-alarm': () => this.step(-1),
      more: () => {
        this.rowsShown += 400
        this.showAlarms()
      },
    }
    for (const [id, press] of Object.entries(presses)) byId(id).addEventListener('click', press)
    byId('order').addEventListener('change', () => this.showAlarms())
  }

  // Another threshold. The control that is being moved stays as it is.
  setThreshold(threshold, mover) {
    if (!Number.isFinite(threshold) && threshold !== Infinity) return this.showThreshold()
    this.state.threshold = threshold
    this.showThreshold(mover)
    this.recountSoon()
  }

  showThreshold(mover) {
    const { threshold } = this.state
    const slider = byId('threshold')
    if (mover !== slider) slider.value = Math.round(1000 * this.source.thresholds.position(threshold))
    byId('threshold-number').value = Number.isFinite(threshold) ? Number(threshold.toPrecision(6)) : ''
    this.sayThreshold()
  }

  // What the slider tells those who do not see it.
  sayThreshold() {
    const { threshold, events } = this.state
    byId('threshold').setAttribute('aria-valuetext', `${Number(threshold.toPrecision(4))}: ${plural(events.length, 'alarm')}`)
  }

  showRule() {
    byId('min-length').value = this.state.minLength
    byId('cooldown').value = this.state.cooldown
  }

  recountSoon() {
    if (this.isWaiting) return
    this.isWaiting = true
    requestAnimationFrame(() => {
      this.isWaiting = false
      this.recount()
      this.showFeatures()
      this.view.change()
    })
  }

  // Whether the alarms are those that were found before the page was made, by whatever rule.
  get isAsFound() {
    const { threshold, minLength, cooldown } = this.state
    return data.events !== null && threshold === (data.threshold ?? Infinity) && minLength === data.minLength && cooldown === data.cooldown
  }

  // Alarms, and the figures of them.
  recount() {
    const { state, source } = this
    const chosen = state.selected?.peak
    state.events = this.isAsFound ? source.found() : alarmEvents(source.scores, state, data.scoreSize)
    state.selected = state.events.find(event => event.peak === chosen) ?? null
    const { above, known } = countAbove(source.scores, state.threshold)
    const rows = data.scoreSize === 1 ? 'row' : 'bin'
    byId('count').textContent = count(state.events.length)
    byId('count-detail').textContent = state.events.length > 0 ? `the longest ${plural(state.events.reduce((most, event) => Math.max(most, this.rowsOf(event)), 0), 'row')}` : 'none'
    byId('above').textContent = count(above)
    byId('above-detail').textContent = known > 0 ? `${percent(above / known)} of ${known === 1 ? `the ${rows}` : `all ${rows}s`}${above > 0 && known / above >= 20 ? `, 1 in ${count(Math.round(known / above))}` : ''}` : ''
    byId('known').textContent = count(known)
    byId('known-detail').textContent = `of ${plural(source.scores.length, rows)}${data.scoreSize > 1 ? ` of ${data.scoreSize} rows` : ''}`
    if (data.labelled) {
      const { found, falseAlarms } = compareWithLabels(state.events, source.labelled.map(({ from, to }) => [from, to]))
      byId('found-card').hidden = byId('false-card').hidden = byId('label-column').hidden = false
      byId('found').textContent = `${count(found)} of ${count(source.labelled.length)}`
      byId('found-detail').textContent = source.labelled.length > 0 ? percent(found / source.labelled.length) : 'there are none'
      byId('false').textContent = count(falseAlarms)
    }
    this.all = source.parts(state.events.length > 0 ? state.events : [{ from: 0, to: source.scores.length }])
    this.rowsShown = rowsAtOnce
    this.sayThreshold()
    this.showAlarms()
  }

  // The features' numbers, the one with the greatest share first.
  order() {
    const parts = this.state.selected ? this.source.parts([this.state.selected]) : this.all
    return parts.map((_, feature) => feature).sort((a, b) => parts[b] - parts[a] || a - b)
  }

  showFeatures() {
    const { source, state } = this
    const own = state.selected ? source.parts([state.selected]) : null
    byId('features-hint').textContent = (own ? 'Of the chosen alarm, and of all alarms.' : state.events.length > 0 ? 'Of all alarms.' : 'Of all rows: there is no alarm.')
      + (source.features.length > 1 ? ` Press a feature to draw it, or not; at most ${mostFeatures} are drawn.` : '')
    const focused = document.activeElement?.dataset?.feature
    byId('features').replaceChildren(...this.order().map(feature => {
      const part = (own ?? this.all)[feature]
      const texts = own ? `${percent(part)} · ${percent(this.all[feature])}` : percent(part)
      const bar = make('i', { 'aria-hidden': 'true' })
      bar.style.width = `${100 * part}%`
      const button = make('button', { type: 'button', 'aria-pressed': state.chosen.includes(feature), 'data-feature': feature }, make('span', {}, source.features[feature].name), make('b', {}, texts), bar)
      button.addEventListener('click', () => this.toggle(feature))
      return button
    }))
    if (focused !== undefined) byId('features').querySelector(`[data-feature="${focused}"]`)?.focus()
  }

  toggle(feature) {
    const { chosen } = this.state
    const place = chosen.indexOf(feature)
    if (place >= 0) chosen.splice(place, 1)
    else {
      if (chosen.length === mostFeatures) chosen.shift()
      chosen.push(feature)
    }
    this.showFeatures()
    this.view.change()
  }

  showAlarms() {
    const { state, source } = this
    const events = byId('order').value === 'score' ? [...state.events].sort((a, b) => b.score - a.score) : state.events
    const shown = events.slice(0, this.rowsShown)
    const text = bin => source.axis.text(source.axis.at(bin))
    byId('alarms-hint').textContent = events.length === 0 ? 'No alarm at this threshold.'
      : `${events.length > shown.length ? `${count(shown.length)} of ` : ''}${plural(events.length, 'alarm')}${this.isAsFound ? ' as found; another threshold counts anew' : ''}. Press one to see it.`
    byId('alarm-rows').replaceChildren(...shown.map(event => {
      const parts = source.parts([event])
      const features = parts.map((_, feature) => feature).sort((a, b) => parts[b] - parts[a] || a - b).slice(0, 3).filter((feature, place) => place === 0 || parts[feature] > 0.05)
      const button = make('button', { type: 'button' }, text(event.from))
      const cells = [
        make('th', { scope: 'row' }, button), make('td', {}, source.axis.text(source.axis.last(event.to - 1))), make('td', {}, count(this.rowsOf(event))),
        make('td', {}, text(event.peak)), make('td', {}, measure(event.score)),
      ]
      if (data.labelled) cells.push(make('td', { class: event.isFalse ? 'false' : 'found' }, event.isFalse ? 'false alarm' : 'labelled'))
      cells.push(make('td', {}, features.map(feature => `${source.features[feature].name} ${percent(parts[feature])}`).join(', ')))
      const row = make('tr', event === state.selected ? { 'aria-current': 'true' } : {}, ...cells)
      row.addEventListener('click', () => this.choose(event))
      event.row = row
      return row
    }))
    byId('more').hidden = events.length <= shown.length
  }

  // Shows an alarm, in the chart and in the list; null for none.
  choose(event) {
    const { state, source } = this
    state.selected?.row?.removeAttribute('aria-current')
    state.selected = event
    if (!event) {
      this.said = ''
      this.showFeatures()
      return this.view.change()
    }
    event.row?.setAttribute('aria-current', 'true')
    // Its first feature is drawn too.
    const [first] = this.order()
    if (!state.chosen.includes(first)) {
      if (state.chosen.length >= firstFeatures) state.chosen.shift()
      state.chosen.push(first)
    }
    this.showFeatures()
    this.view.showEvent(event)
    const number = state.events.indexOf(event) + 1
    this.said = `Alarm ${count(number)} of ${count(state.events.length)}, peak ${source.axis.text(source.axis.at(event.peak))}, score ${measure(event.score)}, mostly ${source.features[first].name}. `
  }

  // The next alarm, or the one before: of the chosen one, or of what is shown.
  step(by) {
    const { state, source: { axis } } = this
    if (state.events.length === 0) return
    let place = state.selected ? state.events.indexOf(state.selected) + by : -1
    if (!state.selected) {
      const middle = axis.bin((state.from + state.to) / 2)
      const after = this.view.isWhole ? (by > 0 ? 0 : state.events.length) : firstEnding(state.events, middle)
      place = by > 0 ? after : after - 1
    }
    this.choose(state.events[(place + state.events.length) % state.events.length])
  }

  // The alarm at a place of the axis, or close to it.
  chooseAt(place, reach) {
    const { state, source: { axis } } = this
    const event = state.events[firstEnding(state.events, axis.bin(place - reach))]
    if (event && axis.at(event.from) <= place + reach && axis.at(event.to - 1) >= place - reach - axis.step) this.choose(event)
  }

  rowsOf({ from, to, rows }) { return rows ?? Math.min(to * data.scoreSize, data.rows) - from * data.scoreSize }

  // What the chart shows, in words.
  shows(from, to) {
    const { axis } = this.source
    const part = `${axis.text(axis.at(from))} to ${axis.text(axis.last(to))}, ${plural(this.rowsOf({ from, to: to + 1 }), 'row')}`
    const text = (this.said ?? '') + part
    if (byId('shown').textContent !== text) byId('shown').textContent = text
  }

  showLegend() {
    const marks = [['value', '--text', 'line'], ['expected', '--accent', 'line'], ['where most values are expected', '--accent', 'area'], ['alarm', '--bad', 'area'], ['threshold', '--bad', 'dashed']]
    if (data.labelled) marks.push(['labelled', '--good', 'line'])
    byId('chart-legend').replaceChildren(...marks.map(([name, color, look]) => {
      const sample = make('i', { class: look })
      sample.style.setProperty('--sample', `var(${color})`)
      return make('span', {}, sample, name)
    }))
  }
}

if (data) new ScoredPage()
