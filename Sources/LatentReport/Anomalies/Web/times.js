// Where rows stand on the axis: at their times, in seconds, or at their numbers; and how the file writes both.

class Axis {
  // data: the page's; times: of the first row of each bin, null where rows have numbers only; count: of bins
  constructor(data, times, count) {
    Object.assign(this, { times, count, size: data.scoreSize, rows: data.rows, format: data.time })
    this.start = this.at(0)
    // From a bin to the next, as most are: the median of some.
    const steps = []
    for (let bin = 1; bin < count; bin += Math.ceil(count / 2000)) steps.push(this.at(bin) - this.at(bin - 1))
    this.step = steps.sort((a, b) => a - b)[steps.length >> 1] || (times ? 1 : this.size)
    this.end = this.last(count - 1)
    if (!(this.end > this.start)) this.end = this.start + this.step
  }

  // Where a bin begins.
  at(bin) { return this.times ? this.times[bin] : bin * this.size }

  // Where the last row of a bin is; of times only those of first rows are known.
  last(bin) { return this.times ? this.times[bin] : Math.min((bin + 1) * this.size, this.rows) - 1 }

  // The last bin that begins at a place or before it, as far as there is one.
  bin(place) {
    if (!this.times) return Math.max(0, Math.min(this.count - 1, Math.floor(place / this.size)))
    let [low, high] = [0, this.count]
    while (low < high) {
      const middle = (low + high) >> 1
      this.times[middle] <= place ? low = middle + 1 : high = middle
    }
    return Math.max(0, low - 1)
  }

  // The bin that is nearest to a place.
  nearest(place) {
    const bin = this.bin(place)
    return bin + 1 < this.count && this.at(bin + 1) - place < place - this.at(bin) ? bin + 1 : bin
  }

  // A place as the file writes it.
  text(place) {
    const { format } = this
    if (!format) return `row ${Math.round(place)}`
    const unit = 10 ** format.digits
    const ticks = Math.round((format.unit === 'milliseconds' ? place * 1000 : place) * unit)
    if (format.unit === 'calendar') return this.date(ticks, unit, format.text) ?? `${place}`
    const [size, sign] = [Math.abs(ticks), ticks < 0 ? '-' : '']
    return sign + Math.floor(size / unit) + (format.digits > 0 ? `.${padded(size % unit, format.digits)}` : '')
  }

  date(ticks, unit, text) {
    const whole = Math.floor(ticks / unit)
    const date = new Date((whole + this.format.offset * 60) * 1000)
    const year = date.getUTCFullYear()
    if (!(year >= 0 && year <= 9999)) return null
    const parts = {
      Y: padded(year, 4), M: padded(date.getUTCMonth() + 1, 2), D: padded(date.getUTCDate(), 2), h: padded(date.getUTCHours(), 2),
      m: padded(date.getUTCMinutes(), 2), s: padded(date.getUTCSeconds(), 2), f: padded(ticks - whole * unit, this.format.digits),
    }
    return text.replace(/\{(.)\}/g, (_, name) => parts[name])
  }

  // Round places between two, at most so many.
  ticks(from, to, most) {
    const { format } = this
    if (!format) return ticks(from, to, most).filter(({ value }) => Number.isInteger(value)).map(({ value }) => ({ value, text: (value || 0).toLocaleString('en') }))
    if (format.unit !== 'calendar') {
      const scale = format.unit === 'milliseconds' ? 1000 : 1
      return ticks(from * scale, to * scale, most).map(({ value, text }) => ({ value: value / scale, text }))
    }
    const rough = (to - from) / most
    const step = timeSteps.find(step => step >= rough && step * 10 ** format.digits > 0.999)
    return step ? this.steps(from, to, step) : this.months(from, to, rough / 2_629_800)
  }

  // Ticks of the same number of seconds.
  steps(from, to, step) {
    const date = this.format.text.slice(0, this.format.text.indexOf('{D}') + 3)
    // Weeks begin on Mondays; 1970 began on a Thursday.
    const shift = this.format.offset * 60 + (step === 7 * day ? 3 * day : 0)
    const result = []
    for (let number = Math.ceil((from + shift) / step); number * step - shift <= to; number++) {
      const local = number * step
      const isDay = step >= day || local % day === 0
      const text = isDay ? date : step >= 60 ? '{h}:{m}' : step >= 1 ? '{h}:{m}:{s}' : '{s}.{f}'
      const unit = 10 ** this.format.digits
      result.push({ value: local - shift, text: this.date(Math.round((local - shift) * unit), unit, text) ?? '', isDay })
    }
    return result
  }

  // Ticks at the beginnings of months, or of years.
  months(from, to, rough) {
    const step = [1, 2, 3, 6].find(step => step >= rough) ?? 12 * [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find(step => 12 * step >= rough)
    const begin = new Date(0)
    const first = new Date((from + this.format.offset * 60) * 1000)
    const text = step >= 12 ? '{Y}' : this.format.text.slice(0, this.format.text.indexOf('{M}') + 3)
    const result = []
    let month = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step
    for (; ; month += step) {
      begin.setUTCFullYear(Math.floor(month / 12), month % 12, 1)
      const value = begin / 1000 - this.format.offset * 60
      if (value > to) return result
      const unit = 10 ** this.format.digits
      if (value >= from) result.push({ value, text: this.date(Math.round(value * unit), unit, text) ?? '', isDay: true })
    }
  }
}

const day = 86_400
const timeSteps = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600,
  43_200, day, 2 * day, 7 * day, 14 * day,
]

const padded = (number, width) => `${number}`.padStart(width, '0')
