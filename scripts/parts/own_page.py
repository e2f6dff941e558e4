"""Uses the charts of a run's page in a browser: that each shows the values that it was given, at the places that its axes say,
in both colour schemes, by keys and by pointer, and on a phone."""

import calendar
import math
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Page, checked  # noqa: E402

CHART = """
(figure => {
  const numbers = path => [...path.matchAll(/[ML](-?[\\d.]+)[ ,](-?[\\d.]+)/g)].map(([_, x, y]) => [Number(x), Number(y)])
  const svg = figure.querySelector('.plot svg')
  return {
    heading: figure.querySelector('h3, h4')?.textContent ?? null,
    plot: figure.querySelector('.plot').ariaValueText,
    ticks: [...svg.querySelectorAll(':scope > text:not(.span-name)')].map(text =>
      ({ text: text.textContent, x: Number(text.getAttribute('x')), y: Number(text.getAttribute('y')), end: text.getAttribute('text-anchor') === 'end' })),
    curves: [...svg.querySelectorAll('path.curve')].map(path =>
      ({ points: numbers(path.getAttribute('d')), color: getComputedStyle(path).stroke, dashed: getComputedStyle(path).strokeDasharray !== 'none' })),
    bands: [...svg.querySelectorAll('path.band')].map(path => numbers(path.getAttribute('d'))),
    spans: [...svg.querySelectorAll('rect.span')].map(rect =>
      ({ from: Number(rect.getAttribute('x')), to: Number(rect.getAttribute('x')) + Number(rect.getAttribute('width')), name: rect.textContent })),
    marks: [...svg.querySelectorAll('path.dot')].length,
  }
})(document.querySelectorAll('.own figure.chart')[%d])
"""


def value_of(text, axis):
    """What a tick's label says."""
    if axis == "time":
        for pattern in ("%Y-%m-%d", "%Y-%m", "%Y"):
            try:
                return calendar.timegm(time.strptime(text, pattern))
            except ValueError:
                pass
        return None  # a time of the day
    number = float(text.replace(",", ""))
    return math.log10(number) if axis == "logarithmic" else number


def line(ticks, axis, key):
    """From pixels to values, by the first and last label; the others have to fit."""
    found = [(tick[key] - (4 if key == "y" else 0), value_of(tick["text"], axis)) for tick in ticks]
    found = [(place, value) for place, value in found if value is not None]
    assert len(found) > 1, f"{axis}: {[tick['text'] for tick in ticks]}"
    (a, start), (b, end) = found[0], found[-1]
    for place, value in found:
        expected = start + (place - a) / (b - a) * (end - start)
        assert abs(expected - value) <= 2e-3 * abs(end - start), f"{axis}: {value} stands at {expected}"
    return lambda place: start + (place - a) / (b - a) * (end - start)


def near(found, expected, size, what):
    assert abs(found - expected) <= 0.006 * size + 1e-9, f"{what}: {found}, not {expected}"


def check_chart(page, number, panel):
    """A chart's curves, bands and spans against the values that went in."""
    chart = page.evaluate(CHART % number)
    what = f"chart {number}"
    x = line([tick for tick in chart["ticks"] if not tick["end"]], panel["x"], "x")
    y = line([tick for tick in chart["ticks"] if tick["end"]], panel["y"], "y")
    scale = [math.log10 if axis == "logarithmic" else float for axis in (panel["x"], panel["y"])]
    shown = [
        [(scale[0](a), scale[1](b)) for a, b in zip(series["x"], series["y"])
         if b is not None and not (panel["y"] == "logarithmic" and b <= 0)]
        for series in panel["series"]]
    places = [a for series in shown for a, _ in series]
    values = [b for series in shown for _, b in series]
    wide, high = max(places) - min(places), max(values) - min(values)
    assert len(chart["curves"]) == len(shown), f"{what}: {len(chart['curves'])} curves"
    for curve, series in zip(chart["curves"], shown):
        assert len(curve["points"]) == len(series), f"{what}: {len(curve['points'])} points, not {len(series)}"
        for (a, b), (c, d) in zip(curve["points"], series):
            near(x(a), c, wide, what)
            near(y(b), d, high, what)
    looks = [(curve["color"], curve["dashed"]) for curve in chart["curves"]]
    assert panel["same"] or len(set(looks)) == len(looks), f"{what}: looks {looks}"
    for series, band in zip([series for series in panel["series"] if series.get("low")], chart["bands"]):
        count = len(series["x"])
        assert len(band) == 2 * count, f"{what}: a band of {len(band)} points"
        for index in range(count):
            near(x(band[index][0]), scale[0](series["x"][index]), wide, what)
            near(y(band[index][1]), scale[1](series["high"][index]), high, what)
            near(y(band[2 * count - 1 - index][1]), scale[1](series["low"][index]), high, what)
    for span, (name, start, end) in zip(chart["spans"], panel["spans"]):
        assert span["name"] == name, f"{what}: {span}"
        near(x(span["from"]), max(scale[0](start), min(places)), wide, what)
        near(x(span["to"]), min(scale[0](end), max(places)), wide, what)
    assert len(chart["spans"]) == len(panel["spans"]), f"{what}: {len(chart['spans'])} spans"


def check_reading(page, number, panel):
    """What is read at each place, by the arrow keys, is what went in there."""
    page.evaluate(f"document.querySelectorAll('.own figure.chart .plot')[{number}].focus()")
    page.press("Home")
    places = sorted({a for series in panel["series"] for a, b in zip(series["x"], series["y"]) if b is not None})
    for place in places[:40]:
        text = page.evaluate(f"document.querySelectorAll('.own figure.chart .plot')[{number}].ariaValueText")
        for series in panel["series"]:
            said = text.split(f"{series['name']} ")[-1].split(",  ")[0].split(" (")[0].split(", ")[0]
            known = [(abs(a - place), index) for index, (a, b) in enumerate(zip(series["x"], series["y"])) if b is not None]
            ends = [series["x"][index] for _, index in known]
            if place < min(ends) or place > max(ends):
                assert said == "–", f"chart {number}: {text} at {place}"
                continue
            distance = min(known)[0]
            candidates = [series["y"][index] for a, index in known if a <= distance * (1 + 1e-9)]
            value = float(said.replace(",", ""))
            assert any(abs(value - other) <= 0.006 * max(abs(other), 0.1) for other in candidates), f"chart {number}: {text}: {value}, not {candidates}"
        for name, start, end in panel["spans"]:
            assert (name in text.split(":")[0] or name in text) == (start <= place <= end) or any(
                other == name and a <= place <= b for other, a, b in panel["spans"]), f"chart {number}: {text} at {place}"
        page.press("ArrowRight")


def check(browser, path, expected, screenshots=None):
    page = Page(browser, "file://" + os.path.abspath(path), width=1200)
    panels = expected["panels"]
    page.wait(f"document.querySelectorAll('.own figure.chart .plot svg').length >= {len(panels)}")
    colors = {}
    for scheme in ("light", "dark"):
        page.emulate(scheme)
        for number, panel in enumerate(panels):
            check_chart(page, number, panel)
        colors[scheme] = page.evaluate("[...document.querySelectorAll('.own path.curve')].map(path => getComputedStyle(path).stroke)")
        if screenshots:
            page.screenshot(f"{screenshots}-{scheme}.png")
    assert all(a != b for a, b in zip(colors["light"], colors["dark"])), "both colour schemes are alike"
    for number, panel in enumerate(panels):
        check_reading(page, number, panel)
    # The pointer reads too.
    first = "document.querySelectorAll('.own figure.chart .plot')[0].ariaValueText"
    page.mouse("mouseMoved", *page.place(".own figure.chart .plot", 0.2))
    left = page.evaluate(first)
    page.mouse("mouseMoved", *page.place(".own figure.chart .plot", 0.9))
    assert page.evaluate(first) != left, "the pointer reads nothing"
    if expected.get("empty"):
        last = "[...document.querySelectorAll('.own figure.chart .plot')].at(-1)"
        assert page.evaluate(f"{last}.textContent") == "no data", page.evaluate(f"{last}.textContent")
        page.evaluate(f"{last}.focus()")
        page.press("ArrowRight")
    nameless = page.nameless()
    assert not nameless, f"controls without a name: {nameless}"
    for width in (360, 400):
        page.resize(width, 740, mobile=True)
        found = page.evaluate("document.documentElement.scrollWidth")
        assert found <= width, f"the page is {found} pixels wide on a phone of {width}"
    if screenshots:
        time.sleep(0.3)
        page.screenshot(f"{screenshots}-phone.png")
        page.resize(1200, 900)
        page.emulate("light")
    complaints = page.complaints()
    assert not complaints, complaints
    page.close()


def main():
    expected, _ = checked(check)
    print(f"{len(expected['panels'])} charts as they were given")


if __name__ == "__main__":
    main()
