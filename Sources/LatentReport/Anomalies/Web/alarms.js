// Which alarms there are above a threshold, by the rule of AnomalyEvents in Swift.

// Events in the order of time: bins from `from` to before `to`, the highest at `peak`. An event ends with the last alarm before
// `cooldown` rows without one; a row without a score is neither. It has at least `minLength` rows. `size`: rows of a bin
function alarmEvents(scores, { threshold, minLength, cooldown }, size) {
  const events = []
  let open = null
  let quiet = 0
  const finish = () => {
    if ((open.to - open.from) * size >= minLength) events.push(open)
    open = null
  }
  for (let bin = 0; bin < scores.length; bin++) {
    const score = scores[bin]
    if (score > threshold) {
      open ??= { from: bin, to: bin, peak: bin, score }
      if (score > open.score) [open.peak, open.score] = [bin, score]
      open.to = bin + 1
      quiet = 0
    } else if (open && score === score) {
      quiet += size
      if (quiet >= cooldown) finish()
    }
  }
  if (open) finish()
  return events
}

// How many scores are above a threshold, and how many there are.
function countAbove(scores, threshold) {
  let [above, known] = [0, 0]
  for (let bin = 0; bin < scores.length; bin++) {
    if (scores[bin] > threshold) above++
    if (scores[bin] === scores[bin]) known++
  }
  return { above, known }
}

// What labels say of events: how many labelled stretches have an alarm in them, and which events touch none. Both ascend.
function compareWithLabels(events, labelled) {
  let found = 0
  for (const event of events) event.isFalse = true
  let next = 0
  for (const [from, to] of labelled) {
    while (next < events.length && events[next].to <= from) next++
    let isFound = false
    for (let index = next; index < events.length && events[index].from < to; index++) {
      events[index].isFalse = false
      isFound = true
    }
    if (isFound) found++
  }
  return { found, falseAlarms: events.filter(event => event.isFalse).length }
}

// Each feature's part of the scores of some bins. shares: a list for each feature
function partsOf(shares, ranges) {
  const sums = shares.map(share => {
    let sum = 0
    for (const [from, to] of ranges) {
      for (let bin = from; bin < to; bin++) if (share[bin] > 0) sum += Math.min(share[bin], 1e200)
    }
    return sum
  })
  const total = sums.reduce((a, b) => a + b, 0)
  return sums.map(sum => total > 0 ? sum / total : 1 / sums.length)
}

// The slider's way from no row above the threshold (1) to all (0): each step changes the number of rows by about the same
// share of it, and so ends where thresholds matter.
class ThresholdScale {
  constructor(scores) {
    this.sorted = scores.filter(Number.isFinite).sort((a, b) => b - a)
    this.reach = Math.log(this.sorted.length + 1)
  }

  threshold(position) {
    const { sorted, reach } = this
    if (sorted.length === 0) return 0
    const rank = Math.expm1((1 - position) * reach)
    const place = Math.min(Math.floor(rank), sorted.length - 1)
    const below = sorted[Math.min(place + 1, sorted.length - 1)]
    return sorted[place] + (below - sorted[place]) * (rank - place)
  }

  position(threshold) {
    const { sorted, reach } = this
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      sorted[middle] > threshold ? low = middle + 1 : high = middle
    }
    if (low === 0 || reach === 0) return 1
    // `low` rows are above; the threshold lies between the last of them and the next.
    const [above, below] = [sorted[low - 1], sorted[Math.min(low, sorted.length - 1)]]
    const rank = low - 1 + (above > below ? Math.min((above - threshold) / (above - below), 1) : 1)
    return 1 - Math.log1p(rank) / reach
  }
}
