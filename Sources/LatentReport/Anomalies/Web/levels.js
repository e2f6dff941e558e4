// Numbers in bins of 1, 2, 4, … neighbours, each from its least to its greatest: a chart draws no more of them than it has
// pixels, however long the series is.

// The numbers in an element; null where it is not there. They are taken out of the page, which needs them once.
function numbers(id, type) {
  const element = byId(id)
  if (!element) return null
  const text = element.textContent
  element.remove()
  if (Uint8Array.fromBase64) return new type(Uint8Array.fromBase64(text).buffer)
  const characters = atob(text)
  const bytes = new Uint8Array(characters.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index)
  return new type(bytes.buffer)
}

// The lesser, or the greater, of each two neighbours; NaN where both are.
function halved(values, isLess) {
  const half = new values.constructor(Math.ceil(values.length / 2))
  for (let index = 0; index < half.length; index++) {
    const a = values[2 * index]
    const b = 2 * index + 1 < values.length ? values[2 * index + 1] : NaN
    half[index] = b !== b || (isLess ? a <= b : a >= b) ? a : b
  }
  return half
}

class Levels {
  // low, high: of each bin; the same list where a bin is one row
  constructor(low, high = low) {
    this.low = [low]
    this.high = [high]
    while (this.low[this.low.length - 1].length > 64) {
      this.low.push(halved(this.low[this.low.length - 1], true))
      this.high.push(halved(this.high[this.high.length - 1], false))
    }
  }

  // The finest level that has at most so many of `count` neighbours.
  static of(count, most) {
    let level = 0
    while (count / 2 ** level > most) level++
    return level
  }

  // The ends of what is drawn of some bins: [low, high] with `ends` taken in.
  reach(level, from, to, ends) {
    const [lows, highs] = [this.low[level], this.high[level]]
    for (let bin = from; bin < to; bin++) {
      if (lows[bin] < ends[0]) ends[0] = lows[bin]
      if (highs[bin] > ends[1]) ends[1] = highs[bin]
    }
    return ends
  }
}
