// Makes the page alive.

const curves = read('curves-data')
if (curves) showCurves(byId('charts'), curves)
read('own-data')?.charts.forEach((chart, index) => showCurves(byId(`own-chart-${index}`), chart, 'h4'))

const data = read('playground-data')
if (data) {
  const playground = new Playground(data)
  const { largest, count } = playground.largestDifference()
  const points = `${count} ${count === 1 ? 'point' : 'points'}`
  const agreement = byId('agreement')
  agreement.dataset.difference = largest
  agreement.textContent = largest <= 1e-4
    ? `The decoder in this page agrees with the Swift decoder to ${largest.toExponential(1)} on ${points}.`
    : `The decoder in this page differs from the Swift decoder by ${largest.toExponential(1)} on ${points}: don't trust it.`
  agreement.classList.toggle('wrong', !(largest <= 1e-4))
  playground.medianMilliseconds(60).then(milliseconds => {
    const speed = byId('speed')
    speed.dataset.milliseconds = milliseconds
    speed.textContent = `It takes ${milliseconds.toFixed(1)} ms for ${data.singular === 'image' ? 'an' : 'a'} ${data.singular} here, the median of 60.`
  })
}
