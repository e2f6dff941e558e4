"""Uses the page of a scored series as people do: `scored_page.py PAGE EXPECTED.json [--screenshots PREFIX]`.

EXPECTED.json: `scores` (null where a row has none), `labels` (0 or 1 of each row, or null), `rules`, each with `threshold`,
`minLength`, `cooldown` and the `events` that Swift finds ([from, to, peak] each), `times`: what Swift writes for places on
axes of several formats (`pattern`, `seconds`, `texts`), `ends`: the labels of the first and the last row, and, where the page was
given events, `found`."""

import json
import math
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Page, checked  # noqa: E402

PAGE = "document.getElementById('chart').page"


def alarms(scores, threshold, min_length, cooldown):
    """The events above a threshold, from the words of AnomalyEvents."""
    above = [row for row, score in enumerate(scores) if score is not None and score > threshold]
    events = []
    for row in above:
        quiet = cooldown if not events else sum(score is not None for score in scores[events[-1][-1] + 1:row])
        if quiet < cooldown:
            events[-1].append(row)
        else:
            events.append([row])
    return [
        [rows[0], rows[-1] + 1, max(rows, key=lambda row: (scores[row], -row))]
        for rows in events if rows[-1] + 1 - rows[0] >= min_length]


def against_labels(events, labels):
    """Labelled stretches with an event in them, all of them, and the events that touch no labelled row."""
    runs, start = [], None
    for row, label in enumerate(labels + [0]):
        if label and start is None:
            start = row
        if not label and start is not None:
            runs.append((start, row))
            start = None
    touches = lambda a, b: a[0] < b[1] and b[0] < a[1]  # noqa: E731
    found = sum(any(touches(run, event) for event in events) for run in runs)
    return found, len(runs), sum(not any(touches(run, event) for run in runs) for event in events)


class ScoredPage:
    def __init__(self, page, expected):
        self.page, self.expected = page, expected
        self.first = expected.get("found") or expected["rules"][0]["events"]
        page.wait(f"!!({PAGE} && {PAGE}.view && {PAGE}.view.milliseconds.length)")

    def get(self, expression):
        return self.page.evaluate(f"(page => {expression})({PAGE})")

    def settled(self):
        """After all that waits for a frame."""
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")

    def view(self):
        self.settled()
        return self.get("[page.state.from, page.state.to]")

    def events(self):
        self.settled()
        return self.get("page.state.events.map(({ from, to, peak }) => [from, to, peak])")

    def number(self, name):
        return self.page.evaluate(f"document.getElementById('{name}').textContent")

    def write(self, name, value):
        """Types into a field, as its user does."""
        self.page.focus(f"#{name}")
        self.page.evaluate(f"document.getElementById('{name}').select()")
        self.page.call("Input.insertText", text=f"{value!r}")
        self.page.press("Enter")

    def judge(self, what, events):
        """That the page shows these events, and the figures of them."""
        found = self.events()
        assert found == events, f"{what}: {len(found)} events in the page, {len(events)} expected: {found[:3]}, {events[:3]}"
        assert self.number("count") == f"{len(events):,}", f"{what}: the page says {self.number('count')} alarms"
        if self.expected["labels"]:
            labelled, runs, false = against_labels(events, self.expected["labels"])
            assert self.number("found") == f"{labelled} of {runs}", f"{what}: {self.number('found')}, not {labelled} of {runs}"
            assert self.number("false") == f"{false:,}", f"{what}: {self.number('false')} false alarms, not {false}"

    def thresholds(self):
        """Swift's events at Swift's thresholds, and a plain count at those of the slider."""
        page, scores = self.page, self.expected["scores"]
        self.judge("at first", self.first)
        for rule in self.expected["rules"]:
            self.write("threshold-number", rule["threshold"])
            self.write("min-length", rule["minLength"])
            self.write("cooldown", rule["cooldown"])
            what = f"threshold {rule['threshold']}, {rule['minLength']} rows, cooldown {rule['cooldown']}"
            # The first rule is the page's own.
            self.judge(what, self.first if rule is self.expected["rules"][0] else rule["events"])
            # The plain rule is slow where there are many alarms.
            if len(scores) < 5000:
                plain = alarms(scores, rule["threshold"], rule["minLength"], rule["cooldown"])
                assert plain == rule["events"], f"{what}: Swift has {rule['events'][:3]}, the plain rule {plain[:3]}"
        page.click("#reset-threshold")
        first = self.expected["rules"][0]
        self.judge("reset", self.first)
        page.focus("#threshold")
        before = self.get("page.state.threshold")
        for _ in range(3):
            page.press("ArrowRight", 25)
            threshold = self.get("page.state.threshold")
            assert threshold > before, f"the slider goes from {before} to {threshold}"
            self.judge(f"the slider at {threshold}", alarms(scores, threshold, first["minLength"], first["cooldown"]))
            above = sum(score is not None and score > threshold for score in scores)
            assert self.number("above") == f"{above:,}", f"{self.number('above')} rows above {threshold}, not {above}"
            before = threshold
        page.press("End")
        self.judge("the slider at its end", [])
        page.click("#reset-threshold")
        self.settled()
        # The line of the threshold, dragged down.
        x, y = page.place("#chart")
        top = page.evaluate("document.getElementById('chart').getBoundingClientRect().top")
        line = top + self.get("page.panels.thresholdY")
        page.drag((x, line), (x, line + 12))
        self.settled()
        assert self.get("page.state.threshold") < first["threshold"], "the threshold's line can't be dragged"
        page.click("#reset-threshold")
        self.judge("reset again", self.first)

    def moves(self):
        """Keys, wheel, drags and the strip below."""
        page, count = self.page, len(self.first)
        whole = self.view()
        page.focus("#chart")

        def after(*keys):
            for key in keys:
                page.press(key)
            return self.view()

        near, far = after("+"), None
        assert near[1] - near[0] < 0.7 * (whole[1] - whole[0]), f"+ shows {near} of {whole}"
        right = after("ArrowRight")
        assert right[0] > near[0] and abs(right[1] - right[0] - near[1] + near[0]) < 1e-6 * (whole[1] - whole[0]), f"→ leads to {right}"
        assert after("ArrowLeft", "ArrowLeft")[0] < right[0]
        far = after("-")
        assert far[1] - far[0] > near[1] - near[0], f"- shows {far}"
        assert after("0") == whole, "0 does not show all"
        if count > 1:
            places = []
            for key in "nnpp":
                page.press(key)
                shown = self.view()
                place, times = self.get("[page.state.events.indexOf(page.state.selected), (({ from, to }) => [from, to - 1].map(bin => page.source.axis.at(bin)))(page.state.selected)]")
                assert shown[0] <= times[0] and times[1] <= shown[1], f"{key}: {times} is not in {shown}"
                places.append(place)
            assert places == [0, 1, 0, count - 1], f"n, n, p, p lead to {places}"
            assert "Alarm " in self.number("shown"), self.number("shown")
            page.press("Escape")
            self.settled()
            assert self.get("page.state.selected") is None
        after("0")
        x, y = page.place("#chart", 0.5, 0.2)
        time.sleep(0.5)
        for _ in range(4):
            page.call("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=-100)
        wheel = self.view()
        assert wheel[1] - wheel[0] < 0.6 * (whole[1] - whole[0]), f"the wheel shows {wheel}"
        page.drag((x, y), (x - 60, y))
        dragged = self.view()
        assert dragged[0] > wheel[0], f"a drag leads from {wheel} to {dragged}"
        for clicks in (1, 2):
            for kind in ("mousePressed", "mouseReleased"):
                page.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=clicks)
        assert self.view() == whole, "a double click does not show all"
        page.drag(page.place("#chart", 0.4, 0.2), page.place("#chart", 0.6, 0.2))
        marked = self.view()
        assert marked[1] - marked[0] < 0.5 * (whole[1] - whole[0]), f"marking a part shows {marked}"
        page.click("#overview", 0.9)
        assert self.view()[0] > marked[0], "the strip does not move"
        page.click("#zoom-reset")
        assert self.view() == whole
        # Two fingers that part.
        page.call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)
        x, y = page.place("#chart", 0.5, 0.2)
        for kind, apart in (("touchStart", 30), ("touchMove", 60), ("touchMove", 120), ("touchEnd", None)):
            points = [] if apart is None else [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
            page.call("Input.dispatchTouchEvent", type=kind, touchPoints=points)
        page.call("Emulation.setTouchEmulationEnabled", enabled=False)
        pinched = self.view()
        assert pinched[1] - pinched[0] < 0.5 * (whole[1] - whole[0]), f"two fingers show {pinched}"
        page.click("#zoom-reset")
        # A press on an alarm chooses it.
        if count > 0:
            page.focus("#chart")
            page.press("n")
            self.settled()
            place = self.get("page.panels.x(page.source.axis.at(page.state.selected.peak)) / page.panels.width")
            page.press("Escape")
            self.settled()
            page.click("#chart", place, 0.2)
            self.settled()
            assert self.get("page.state.selected") is not None, "a press on an alarm does not choose it"
            page.press("Escape")
            page.press("0")
            self.settled()
        # What is at the pointer.
        page.mouse("mouseMoved", *page.place("#chart", 0.5, 0.2))
        self.settled()
        assert self.get("page.panels.pointed") is not None

    def lists(self):
        page, events = self.page, self.first
        if events:
            page.evaluate("document.getElementById('order').value = 'score'; document.getElementById('order').dispatchEvent(new Event('change'))")
            found = page.evaluate("[...document.querySelectorAll('#alarm-rows td:nth-child(5)')].map(cell => Number(cell.textContent.replaceAll(',', '')))")
            assert found == sorted(found, reverse=True), f"the order is {found[:9]}"
            page.click("#alarm-rows button")
            assert self.get("page.state.selected.score") == self.get("Math.max(...page.state.events.map(({ score }) => score))")
            assert page.evaluate("document.querySelectorAll('#alarm-rows [aria-current]').length") == 1
        drawn = self.get("page.state.chosen.length")
        page.click("#features button[aria-pressed=true]")
        self.settled()
        assert self.get("page.state.chosen.length") == drawn - 1, "a feature can't be left out"
        page.press("Enter")
        self.settled()
        assert self.get("page.state.chosen.length") == drawn, "a feature can't be drawn again"

    def times(self):
        """Times as Swift writes them, in every format."""
        for case in self.expected["times"]:
            texts = self.get(
                f"(({{ pattern, seconds }}) => {{ const axis = new page.source.axis.constructor({{ scoreSize: 1, rows: 2, time: pattern }}, new Float64Array([0, 1]), 2);"
                f" return seconds.map(second => axis.text(second)) }})({json.dumps(case)})")
            assert texts == case["texts"], f"{case['pattern']}: {texts}, not {case['texts']}"
            ticks = self.get(
                f"(({{ pattern, seconds }}) => {{ const axis = new page.source.axis.constructor({{ scoreSize: 1, rows: 2, time: pattern }}, new Float64Array([0, 1]), 2);"
                f" return [1, 60, 3e3, 1e5, 4e6, 9e7, 3e9].map(span => axis.ticks(seconds[0], seconds[0] + span, 9).map(({{ value }}) => (value - seconds[0]) / span)) }})({json.dumps(case)})")
            for row in ticks:
                assert len(row) < 15 and row == sorted(row) and all(-1e-9 <= value <= 1 + 1e-9 for value in row), f"{case['pattern']}: ticks {row}"
            # A part may lie between two round times, but not of all sizes.
            assert sum(len(row) > 1 for row in ticks) >= 5, f"{case['pattern']}: ticks {ticks}"
        axis = self.get("[0, page.source.axis.count - 1].map(bin => page.source.axis.text(page.source.axis.at(bin)))")
        assert axis == self.expected["ends"], f"the axis goes from {axis[0]} to {axis[1]}, not from {self.expected['ends']}"

    def speed(self):
        """Milliseconds of a frame, the median while it zooms and moves over everything."""
        self.page.focus("#chart")
        self.page.press("0")
        self.settled()
        self.page.evaluate(f"{PAGE}.view.milliseconds.length = 0")
        for keys in ("++++++", "--", [">"], "0"):
            for key in keys:
                self.page.press("ArrowRight" if key == ">" else key)
                self.settled()
        return statistics.median(self.get("page.view.milliseconds"))

    def use(self):
        self.times()
        self.thresholds()
        self.moves()
        self.lists()
        milliseconds = self.speed()
        nameless = self.page.nameless()
        assert not nameless, f"controls without a name: {nameless}"
        return milliseconds

    def fits_phone(self):
        for width in (360, 400):
            self.page.resize(width, 740, mobile=True)
            self.settled()
            found = self.page.evaluate("document.documentElement.scrollWidth")
            assert found <= width, f"the page is {found} pixels wide on a phone of {width}"


def check(browser, path, expected, screenshots=None):
    """Uses a page; the milliseconds that a frame takes.

    Raises AssertionError or RuntimeError where something is not as it should be."""
    page = Page(browser, "file://" + os.path.abspath(path), width=1200)
    scored = ScoredPage(page, expected)
    milliseconds = scored.use()
    if screenshots:
        for scheme in ("light", "dark"):
            page.emulate(scheme)
            scored.settled()
            page.screenshot(f"{screenshots}-{scheme}.png")
    scored.fits_phone()
    if screenshots:
        page.screenshot(f"{screenshots}-phone.png")
    complaints = page.complaints()
    assert not complaints, complaints
    page.close()
    assert math.isfinite(milliseconds)
    return milliseconds


def main():
    expected, milliseconds = checked(check)
    print(f"{len(expected['scores'])} rows: {len(expected['rules'])} thresholds as Swift counts them; {milliseconds:.1f} ms a frame")


if __name__ == "__main__":
    main()
