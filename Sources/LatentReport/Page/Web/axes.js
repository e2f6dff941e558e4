// What the axes of curves are divided into: numbers, logarithms, times.

// A number at a tick.
function tickText(value, text) {
  const size = Math.abs(value)
  if (size >= 1e7 || (size > 0 && size < 1e-4)) return value.toExponential().replace('+', '')
  return size >= 1000 ? value.toLocaleString('en', { maximumFractionDigits: 6 }) : text
}

class NumberAxis {
  constructor(low, high) { Object.assign(this, { low, high }) }
  position(value) { return (value - this.low) / (this.high - this.low) }
  text(value) { return Number.isInteger(value) ? value.toLocaleString('en') : measure(value) }
  // Not more than so many.
  ticks(count) {
    return ticks(this.low, this.high, count).map(({ value, text }) => ({ value, text: tickText(value, text) }))
  }
}

class EpochAxis extends NumberAxis {
  text(value) { return `${value}` }
  ticks(count) {
    return super.ticks(Math.min(count, this.high - this.low)).filter(({ value }) => Number.isInteger(value))
  }
}

class LogarithmicAxis extends NumberAxis {
  position(value) { return Math.log(value / this.low) / Math.log(this.high / this.low) }
  ticks(count) {
    const [first, last] = [Math.floor(Math.log10(this.low)), Math.ceil(Math.log10(this.high))]
    // From the most ticks to the fewest: nine in each decade, five, three, one, one in two decades, …
    const choices = [[1, [1, 2, 3, 4, 5, 6, 7, 8, 9]], [1, [1, 2, 3, 5, 7]], [1, [1, 2, 5]]]
    for (let stride = 1; stride <= last - first + 1; stride++) choices.push([stride, [1]])
    for (const [stride, mantissas] of choices) {
      const result = []
      for (let decade = first; decade <= last; decade++) {
        if (decade % stride !== 0) continue
        for (const mantissa of mantissas) {
          const value = Number(`${mantissa}e${decade}`)
          if (value >= this.low * (1 - 1e-9) && value <= this.high * (1 + 1e-9)) result.push({ value, text: tickText(value, `${value}`) })
        }
      }
      if (result.length <= Math.max(count, 2)) return result
    }
    return []
  }
}

// Times in seconds since 1970, as a file writes them.
class TimeAxis extends NumberAxis {
  constructor(low, high, format) {
    super(low, high)
    this.times = new Axis({ scoreSize: 1, rows: 2, time: format }, [low, high], 2)
  }
  text(value) { return this.times.text(value) }
  ticks(count) { return this.times.ticks(this.low, this.high, count) }
}
