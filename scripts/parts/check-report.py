"""What scripts/check-report does: trains small models, opens their pages, uses every control, and compares each image with
what `vae-train decode` makes of the same point; and scores a series, whose page must count the alarms that `vae-train score`
finds."""

import argparse
import csv
import json
import math
import os
import random
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import npy  # noqa: E402
import scored_page  # noqa: E402
from browser import Browser, Page  # noqa: E402

# Decoders have the default sizes of their architectures, since their speed is checked too; encoders are small.
SMALL = ["--hidden-size", "16"]
RUNS = {
    "lstm": SMALL, "gru-1": ["--model", "gru", "--latent-size", "1"] + SMALL, "bilstm": ["--model", "bilstm"] + SMALL,
    "lstm-lstm": ["--model", "lstm-lstm"] + SMALL, "mlp": ["--model", "mlp"], "conv": ["--model", "conv", "--learning-rate", "0.003", "--beta", "0.01"],
    "conditional": ["--model", "mlp", "--conditional", "--latent-size", "3", "--decoder-size", "64"],
    "conditional-lstm": ["--model", "lstm-lstm", "--conditional", "--loss", "gaussian", "--decoder-size", "24"] + SMALL,
    "sizes": ["--data", "images", "--latent-size", "5", "--loss", "mse"] + SMALL,
    "sizes-conv": ["--data", "images", "--model", "conv", "--learning-rate", "0.003", "--beta", "0.01"],
    "colours": ["--data", "colours.npy", "--model", "conv", "--learning-rate", "0.003", "--beta", "0.01"],
    "series": ["--data", "series.csv", "--window", "25", "--model", "conv1d", "--latent-size", "3"],
    "series-lstm": ["--data", "series.csv", "--window", "16", "--model", "lstm-lstm", "--latent-size", "3", "--decoder-size", "24",
                    "--loss", "gaussian-element"] + SMALL,
    "float64": ["--precision", "float64", "--decoder-size", "32", "--validation-split", "0"] + SMALL,
    "latent-128": ["--model", "mlp", "--latent-size", "128", "--decoder-size", "64"],
}
MOST_BYTES, MOST_MILLISECONDS = 3_000_000, 16


class Checked:
    """A run, and the points that its page has decoded."""

    def __init__(self, program, folder, name, options):
        self.program, self.folder, self.name, self.options = program, folder, name, options
        self.decoded = []

    def run(self, *arguments):
        result = subprocess.run([self.program, *arguments], cwd=self.folder, capture_output=True, text=True)
        assert result.returncode == 0, f"{arguments}: {result.stderr}"
        return result.stdout

    def train(self):
        data = [] if "--data" in self.options else ["--data", "synthetic"]
        self.run(
            "train", "--output", self.name, "--limit", "256", "--epochs", "2", "--batch-size", "64", "--quiet", *data,
            *self.options)

    @property
    def path(self):
        return os.path.join(self.folder, self.name, "report.html")

    def open(self, browser, **size):
        assert os.path.getsize(self.path) < MOST_BYTES, f"{os.path.getsize(self.path)} bytes"
        return Page(browser, "file://" + self.path, **size)

    # The decoded image and its point, as the page shows them.
    def note(self, page, what, changes=True):
        state = self.state(page)
        if changes and self.decoded:
            before = self.decoded[-1][1]
            # Where the machine is busy, an event may arrive after the call that sent it.
            for _ in range(40):
                if state["pixels"] != before["pixels"]:
                    break
                time.sleep(0.05)
                state = self.state(page)
            assert state["point"] != before["point"] or state["label"] != before["label"], f"{what}: the point stays"
            assert state["pixels"] != before["pixels"], f"{what}: no pixel changes"
        self.decoded.append((what, state))
        return state["point"]

    @staticmethod
    def state(page):
        return page.evaluate("""(() => {
          const canvas = document.getElementById('image')
          const words = {
            point: JSON.parse(document.getElementById('point').textContent),
            label: document.getElementById('class-choice').hidden ? null : Number(document.getElementById('class').value),
          }
          // Series are drawn as lines; their numbers, step by step, are what decode writes.
          if (canvas.lines) {
            const steps = canvas.lines[0].values
            return { ...words, pixels: steps.flatMap((_, step) => canvas.lines.map(({ values }) => values[step])) }
          }
          const { channels } = JSON.parse(document.getElementById('playground-data').textContent)
          // A copy, since a canvas that is read again and again gets a warning.
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')
          copy.drawImage(canvas, 0, 0)
          const data = copy.getImageData(0, 0, canvas.width, canvas.height).data
          return {
            ...words,
            pixels: Array.from(data).filter((_, index) => index % 4 < channels),
          }
        })()""")

    def use(self, page, generator):
        difference = float(page.evaluate("document.getElementById('agreement').dataset.difference"))
        assert difference <= 1e-4, f"the decoders differ by {difference}"
        page.wait("document.getElementById('speed').textContent !== ''")
        milliseconds = float(page.evaluate("document.getElementById('speed').dataset.milliseconds"))

        self.note(page, "at first")
        first = page.evaluate("document.querySelector('#sliders input').id")
        index = int(first[1:])
        page.focus(f"#{first}")
        page.press("ArrowRight", 40)
        moved = self.note(page, "arrow keys in a slider")
        assert abs(moved[index] - 0.4) < 1e-6, f"40 arrow keys lead to {moved[index]}"
        page.press("Home")
        assert self.note(page, "Home in a slider")[index] <= -3
        page.click(f"#{first}", 0.7)
        self.note(page, "a click in a slider")
        for button in ("random", "zero", "mean"):
            page.click(f"#{button}")
            self.note(page, button)

        page.click(".thumb:nth-child(3)")
        mean = self.note(page, "an image")
        if not self.options.count("--conditional"):
            data = self.options[self.options.index("--data") + 1] if "--data" in self.options else "synthetic"
            self.run(
                "encode", "--model", self.name, "--data", data, "--limit", "2000", "--output", f"{self.name}.npy", "--force")
            size = len(mean)
            nearest = min(
                max(abs(a - b) for a, b in zip(row[:size], mean)) for row in npy.read(f"{self.folder}/{self.name}.npy"))
            assert nearest < 1e-4, f"no test image has the mean {mean}, the nearest is {nearest} away"
        page.click("#next")
        self.note(page, "the next image")
        page.focus("#previous")
        page.press("Enter")
        assert self.note(page, "the previous image") == mean
        page.focus("#between")
        page.press("ArrowRight", 30)
        straight = self.note(page, "between two images")
        page.focus("input[name=way]")
        page.press("ArrowRight")
        between = self.note(page, "on the arc between them", changes=False)
        assert len(between) == 1 or between != straight, "the arc is the line"
        page.drag(page.place(".thumb:nth-child(2)"), page.place(".thumb:nth-child(4)", 0.2))
        self.note(page, "a drag from one image to another")
        assert page.evaluate("document.getElementById('from').value") == "1"
        assert page.evaluate("document.getElementById('to').value") in ("2", "3")

        for x, y in ((0.3, 0.4), (0.72, 0.2)):
            page.click("#map", x, y)
            self.note(page, "a click in the map")
        page.press("ArrowLeft", 9)
        page.press("Enter")
        self.note(page, "arrow keys and Enter in the map")
        if "--conditional" in self.options:
            page.focus("#class")
            page.press("ArrowDown", 2)
            self.note(page, "another class")
        for _ in range(2):
            page.click("#random")
            self.note(page, "random")

        if page.evaluate("document.querySelectorAll('#legend button').length") > 0:
            page.click("#legend button")
            assert page.evaluate("document.querySelector('#legend button').ariaPressed") == "true"
        page.focus(".plot")
        page.press("ArrowLeft")
        text = page.evaluate("document.querySelector('.plot').ariaValueText")
        assert text.startswith("epoch 1: training "), text
        nameless = page.nameless()
        assert not nameless, f"controls without a name: {nameless}"
        return difference, milliseconds

    def fits_phone(self, page):
        for width in (360, 390):
            page.resize(width, 740, mobile=True)
            found = page.evaluate("document.documentElement.scrollWidth")
            assert found <= width, f"the page is {found} pixels wide on a phone of {width}"

    # Every image that the page has shown, against the program's.
    def compare(self):
        worst = 0
        for label in {state["label"] for _, state in self.decoded}:
            part = [(what, state) for what, state in self.decoded if state["label"] == label]
            npy.write(f"{self.folder}/points.npy", [state["point"] for _, state in part])
            choice = [] if label is None else ["--label", str(label)]
            self.run("decode", "--model", self.name, "points.npy", "--output", "decoded.npy", "--force", *choice)
            for (what, state), expected in zip(part, npy.read(f"{self.folder}/decoded.npy")):
                assert len(expected) == len(state["pixels"]), f"{len(state['pixels'])} pixels on the canvas"
                if "series.csv" in self.options:
                    size = max(expected) - min(expected)
                    difference = max(abs(a - b) for a, b in zip(state["pixels"], expected)) / size
                    assert difference <= 1e-4, f"{what}: a number differs by {difference} of {size}"
                else:
                    difference = max(abs(a / 255 - b) for a, b in zip(state["pixels"], expected))
                    assert difference <= 0.5 / 255 + 1e-4, f"{what}: a pixel differs by {difference * 255} of 255"
                worst = max(worst, difference)
        return worst


def write_images(folder, generator):
    """Images of 12 rows of 20 pixels, without labels."""
    os.makedirs(folder)
    for part in ("train", "t10k"):
        with open(f"{folder}/{part}-images-idx3-ubyte", "wb") as file:
            file.write(struct.pack(">4i", 0x803, 300, 12, 20))
            for _ in range(300):
                row, column = generator.randrange(12), generator.randrange(20)
                file.write(bytes(255 if abs(y - row) + abs(x - column) < 6 else 20 for y in range(12) for x in range(20)))


def write_colours(path, generator):
    """Squares of 15 rows, 18 columns and three colours, each a number of its own."""
    images = []
    for _ in range(300):
        row, column = generator.randrange(9), generator.randrange(12)
        colour = [generator.randrange(256) for _ in range(3)]
        images.append(bytes(
            value for y in range(15) for x in range(18)
            for value in (colour if 0 <= y - row < 6 and 0 <= x - column < 6 else (20, 40, 60))))
    npy.write_bytes(path, images, (15, 18, 3))


def write_series(path, generator):
    """Two waves in units of their own, with a value missing now and then."""
    with open(path, "w") as file:
        file.write("load,heat\n")
        for row in range(400):
            load, heat = 400 + 90 * math.sin(row / 4), 0.02 + 0.01 * math.cos(row / 3)
            file.write(f"{'' if row % 37 == 5 else load + generator.random()},{heat}\n")


def write_plant(path, rows, anomalies, generator):
    """Two waves over time, with labels; in rows that are labelled one of them is not as usual."""
    with open(path, "w") as file:
        file.write("time,load,heat,label\n")
        for row in range(rows):
            event = next((number for number, part in enumerate(anomalies) if row in part), None)
            load = 400 + 90 * math.sin(row / 8) + 4 * generator.random() + (150 if event is not None and event % 2 == 0 else 0)
            heat = 20 + 3 * math.cos(row / 6) + 0.1 * generator.random() + (4 if event is not None and event % 2 == 1 else 0)
            day, minutes = divmod(5 * row, 24 * 60)
            missing = 700 <= row < 720
            file.write(
                f"2024-02-{day + 1:02} {minutes // 60:02}:{minutes % 60:02}:00,{'' if missing else load},{heat},{int(event is not None)}\n")


def scored(program, folder, browser, screenshots):
    """The page of a scored series: at several thresholds, its events are those that `vae-train score` writes."""
    generator = random.Random(1)
    write_plant(f"{folder}/plant.csv", 3000, [], generator)
    write_plant(f"{folder}/today.csv", 1500, [range(400, 420), range(900, 904), range(910, 930), range(1300, 1301)], generator)
    run = Checked(program, folder, "plant", ["--data", "plant.csv"])
    run.run(
        "train", "--output", "plant", "--data", "plant.csv", "--window", "24", "--model", "conv1d", "--latent-size", "3", "--epochs", "3",
        "--batch-size", "64", "--quiet")

    def score(output, *options):
        run.run("score", "--model", "plant", "--data", "today.csv", "--output", output, "--force", *options)
        with open(f"{folder}/{output}/scores.csv") as file:
            rows = list(csv.DictReader(file))
        with open(f"{folder}/{output}/events.json") as file:
            events = json.load(file)
        places = {row["time"]: number for number, row in enumerate(rows)}
        return rows, [[places[event["start"]], places[event["end"]] + 1, places[event["peak"]]] for event in events]

    rows, _ = score("first")
    known = sorted(float(row["score"]) for row in rows if row["score"])
    rules = []
    for number, (rank, minimum, cooldown) in enumerate(((0.97, 1, 1), (0.9, 1, 1), (0.9, 3, 4), (0.5, 2, 2), (1, 1, 1))):
        # Between two scores, which the table has in single precision.
        place = min(int(rank * len(known)), len(known) - 1)
        threshold = known[-1] * 2 if rank == 1 else (known[place - 1] + known[place]) / 2
        _, events = score(f"scored-{number}", "--threshold", repr(threshold), "--min-length", str(minimum), "--cooldown", str(cooldown))
        rules.append({"threshold": threshold, "minLength": minimum, "cooldown": cooldown, "events": events})
    path = f"{folder}/scored-0/report.html"
    page = Page(browser, "file://" + path)
    scores = page.evaluate("Array.from(document.getElementById('chart').page.source.scores)")
    page.close()
    assert len(scores) == len(rows) == 1500
    for row, found in zip(rows, scores):
        assert (found is None) == (row["score"] == ""), row
        assert found is None or abs(found - float(row["score"])) <= 1e-6 * max(1, abs(found)), row
    with open(f"{folder}/today.csv") as file:
        labels = [int(row["label"]) for row in csv.DictReader(file)]
    expected = {
        "scores": scores, "labels": labels, "rules": rules, "times": [], "ends": [rows[0]["time"], rows[-1]["time"]]}
    milliseconds = scored_page.check(browser, path, expected, screenshots and f"{screenshots}/scored")
    print(
        f"scored: {len(rules)} thresholds as vae-train score has them, the first with {len(rules[0]['events'])} events; {milliseconds:.1f} ms a frame; "
        f"{os.path.getsize(path) / 1e6:.2f} MB", flush=True)


def without_playground(program, folder, browser):
    """Pages that can have no playground say why, and nothing breaks."""
    large = Checked(program, folder, "large", ["--model", "mlp", "--decoder-size", "900"])
    large.train()
    wrong = Checked(program, folder, "not-finite", ["--model", "mlp", "--decoder-size", "16"])
    wrong.train()
    path = f"{folder}/not-finite/model.safetensors"
    with open(path, "r+b") as file:
        file.seek(-4, os.SEEK_END)
        file.write(struct.pack("<f", float("nan")))
    said = wrong.run("report", "--model", "not-finite")
    assert "not finite" in said, said
    bare = Checked(program, folder, "bare", [])
    os.makedirs(f"{folder}/bare")
    bare.run("report", "--model", "large/model.safetensors", "--output", "bare/report.html")
    for run, reason in ((large, "the most"), (wrong, "not finite"), (bare, "no config.json")):
        page = run.open(browser)
        assert page.evaluate("document.getElementById('playground')") is None
        notes = page.evaluate("document.getElementById('notes').textContent")
        assert reason in notes, notes
        run.fits_phone(page)
        complaints = page.complaints()
        assert not complaints, complaints
        page.close()
    print("without playground: large, not-finite, bare: each says why")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--screenshots")
    parser.add_argument("--only", choices=[*RUNS, "scored"])
    arguments = parser.parse_args()
    if arguments.screenshots:
        os.makedirs(arguments.screenshots, exist_ok=True)
    generator, start, failures = random.Random(0), time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="latent-report-") as folder, Browser() as browser:
        write_images(f"{folder}/images", generator)
        write_series(f"{folder}/series.csv", generator)
        write_colours(f"{folder}/colours.npy", generator)
        for name, options in RUNS.items():
            if arguments.only not in (None, name):
                continue
            run = Checked(os.path.abspath(arguments.program), folder, name, options)
            try:
                run.train()
                page = run.open(browser)
                difference, milliseconds = run.use(page, generator)
                if arguments.screenshots:
                    for scheme in ("light", "dark"):
                        page.emulate(scheme)
                        page.screenshot(f"{arguments.screenshots}/{name}-{scheme}.png")
                run.fits_phone(page)
                if arguments.screenshots:
                    page.emulate("light")
                    page.screenshot(f"{arguments.screenshots}/{name}-phone.png")
                worst = run.compare()
                complaints = page.complaints()
                assert not complaints, complaints
                page.close()
                # One page alone is what the tests open, beside everything else that runs then.
                assert arguments.only or milliseconds < MOST_MILLISECONDS, f"an image takes {milliseconds} ms"
                print(
                    f"{name}: {len(run.decoded)} images as vae-train decodes them, at most {worst * 255:.3f} of 255 apart; "
                    f"float32 {difference:.1e} apart; {milliseconds:.1f} ms an image; "
                    f"{os.path.getsize(run.path) / 1e6:.2f} MB", flush=True)
            except (AssertionError, RuntimeError) as error:
                failures.append(f"{name}: {error}")
                print(f"{name}: FAILED: {error}", flush=True)
        if arguments.only in (None, "scored"):
            try:
                scored(os.path.abspath(arguments.program), folder, browser, arguments.screenshots)
            except (AssertionError, RuntimeError) as error:
                failures.append(f"scored: {error}")
                print(f"scored: FAILED: {error}", flush=True)
        if arguments.only is None:
            without_playground(os.path.abspath(arguments.program), folder, browser)
    print(f"{time.monotonic() - start:.0f} s")
    if failures:
        sys.exit("scripts/check-report: FAILED: " + json.dumps(failures, indent=1))


main()
