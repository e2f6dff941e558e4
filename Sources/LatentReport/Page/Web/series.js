// Series, and the numbers of vectors, as lines in the units of the data.

const mostFeatures = 6

class Series {
  // data: steps; features, their names; what turns a number into its unit; the ends of axes; how far 90% lies around a number
  constructor(data) { Object.assign(this, data) }

  // What is decoded, with its band, feature by feature in the units of the data.
  lines(decoded, second) {
    return this.split(decoded).map((values, feature) => {
      const [below, above] = [[], []]
      const unit = this.unit(feature)
      values.forEach((value, step) => {
        const [offset, scale] = unit(step)
        const around = this.around(feature, step, second)
        if (around) {
          below.push((value + around[0]) * scale + offset)
          above.push((value + around[1]) * scale + offset)
        }
        values[step] = value * scale + offset
      })
      return { name: 'expected', values, band: below.length > 0 ? [below, above] : null }
    })
  }

  // Numbers in their units already.
  plain(values) { return this.split(values).map(line => ({ name: 'data', values: line })) }

  split(numbers) {
    const count = this.features.length
    return this.features.map((_, feature) => Array.from({ length: this.steps }, (_, step) => numbers[step * count + feature]))
  }

  // A vector's numbers are one feature, each with a unit of its own.
  unit(feature) {
    const { offsets, scales } = this
    return step => offsets.length === this.features.length ? [offsets[feature], scales[feature]] : [offsets[step], scales[step]]
  }

  // Below and above a decoded number.
  around(feature, step, second) {
    const { band } = this
    if (!band) return null
    if (band.step === undefined) {
      const place = band.below.length === this.features.length ? feature : step
      return [band.below[place], band.above[place]]
    }
    const at = (second[step * this.features.length + feature] - band.first) / band.step
    const place = Math.max(0, Math.min(band.below.length - 2, Math.floor(at)))
    const share = Math.max(0, Math.min(1, at - place))
    return [band.below, band.above].map(values => values[place] + (values[place + 1] - values[place]) * share)
  }

  // Lines on a canvas, a panel for each feature; `isSmall` without words.
  draw(canvas, layers, isSmall = false) {
    const shown = Math.min(this.features.length, isSmall ? 3 : mostFeatures)
    const ratio = isSmall ? 1 : devicePixelRatio || 1
    const width = isSmall ? 104 : canvas.parentElement.clientWidth || 320
    const [left, foot, gap] = isSmall ? [2, 2, 2] : [46, 20, 10]
    const panel = isSmall ? (104 - foot) / shown - gap : shown === 1 ? 190 : shown < 4 ? 110 : 76
    const height = shown * (panel + gap) + foot
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
    if (!isSmall) canvas.style.height = `${height}px`
    const context = canvas.getContext('2d')
    context.scale(ratio, ratio)
    const style = getComputedStyle(document.documentElement)
    const color = name => style.getPropertyValue(name).trim()
    const colors = { data: color('--soft'), expected: color('--accent') }
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`
    for (let feature = 0; feature < shown; feature++) {
      const [top, right] = [gap / 2 + feature * (panel + gap), width - 4]
      const [low, high] = this.ends(feature)
      const x = step => left + step / Math.max(this.steps - 1, 1) * (right - left)
      const y = value => top + (1 - (value - low) / (high - low)) * panel
      context.save()
      context.beginPath()
      context.rect(left, top - 1, right - left, panel + 2)
      context.clip()
      for (const { name, values, band } of layers.map(layer => layer[feature])) {
        context.fillStyle = context.strokeStyle = colors[name]
        if (band) {
          context.globalAlpha = 0.2
          context.beginPath()
          band[0].forEach((value, step) => context.lineTo(x(step), y(value)))
          for (let step = this.steps - 1; step >= 0; step--) context.lineTo(x(step), y(band[1][step]))
          context.fill()
          context.globalAlpha = 1
        }
        context.lineWidth = isSmall ? 2 : 1.6
        context.beginPath()
        let isDrawing = false
        values.forEach((value, step) => {
          if (Number.isFinite(value)) isDrawing ? context.lineTo(x(step), y(value)) : context.moveTo(x(step), y(value))
          isDrawing = Number.isFinite(value)
        })
        context.stroke()
      }
      context.restore()
      if (isSmall) continue
      context.strokeStyle = color('--line')
      context.strokeRect(left, top, right - left, panel)
      context.fillStyle = color('--soft')
      context.textAlign = 'right'
      context.fillText(this.number(high), left - 5, top + 9)
      context.fillText(this.number(low), left - 5, top + panel)
      context.textAlign = 'left'
      if (this.features.length > 1) context.fillText(this.features[feature], left + 5, top + 12)
    }
    if (isSmall) return
    context.fillStyle = color('--soft')
    context.fillText('step 0', left, height - 6)
    // What is what, in the middle.
    const words = layers.map(layer => layer[0]).map(({ name, band }) => [name, band ? `${name}, 90%${width < 420 ? '' : ' in the band'}` : name])
    let at = (left + width - words.reduce((sum, [, text]) => sum + context.measureText(text).width + 36, -14)) / 2
    for (const [name, text] of words) {
      context.strokeStyle = colors[name]
      context.lineWidth = 2
      context.beginPath()
      context.moveTo(at, height - 10)
      context.lineTo(at + 16, height - 10)
      context.stroke()
      context.fillText(text, at + 22, height - 6)
      at += context.measureText(text).width + 36
    }
    context.textAlign = 'right'
    context.fillText(`${this.steps - 1}`, width - 4, height - 6)
  }

  // Of a feature's axis: a tenth beyond the data.
  ends(feature) {
    const [low, high] = [this.low[feature], this.high[feature]]
    return [low - (high - low) / 10, high + (high - low) / 10]
  }

  number(value) { return Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(1) : `${Number(value.toPrecision(4))}` }
}

// The words of the page about images, for what is no image.
function rename(root, { singular, plural }) {
  const renamed = text => text.replace(/\b([Ii]mage)(s?)\b/g, (_, word, many) => {
    const name = many ? plural : singular
    return word[0] === 'I' ? name[0].toUpperCase() + name.slice(1) : name
  }).replace(/\b([Aa])n (series|vector)/g, '$1 $2')
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) texts.currentNode.data = renamed(texts.currentNode.data)
  for (const element of root.querySelectorAll('[aria-label]')) element.ariaLabel = renamed(element.ariaLabel)
}
