// What the programs of all pages use.

const byId = id => document.getElementById(id)

// The JSON in an element; null where it is not there.
const read = id => {
  const element = byId(id)
  return element ? JSON.parse(element.textContent) : null
}

// An element of the page.
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

// A number with as many digits as people read.
function measure(value) {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 9999.5) return Math.round(value).toLocaleString('en')
  return size >= 9.995 ? value.toFixed(2) : size >= 0.001 || size === 0 ? value.toFixed(3) : value.toExponential(1)
}

// Round numbers between two, about so many.
function ticks(low, high, count) {
  const rough = (high - low) / count || 1
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].find(factor => factor * power >= rough) * power
  const first = Math.ceil(low / step - 1e-9)
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  const result = []
  for (let index = first; index * step <= high + 1e-9 * step; index++) {
    result.push({ value: index * step, text: (index * step).toFixed(digits) })
  }
  return result
}
